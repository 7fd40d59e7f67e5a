"""The reference pages docs/axi/*.md of the AXI catalogue. axigen.py calls pages(); it has the model."""

import os
import re
import textwrap

ANSWER = ["seq", "errCode", "info", "bad", "maxLen"]
BASIS_TEXT = {"schema": "schema", "capture": "recorded", "client": "clients", "name": "name only", "inferred": "inferred"}
FORM_TEXT = {"list": "integers"}
KIND_TEXT = {"type": "record", "request": "request", "response": "answer", "event": "event"}
FLAG_TEXT = {1: "required", 2: "secret", 4: "read-only", 8: "own reading"}
MADE = "<!-- Made by tools/axigen.py of libaxi/catalogue: change that. -->"


def paragraph(text):
    return textwrap.wrap(text, 118, break_long_words=False, break_on_hyphens=False)


def words_of(item):
    return paragraph(" ".join(item.words)) + [""] if item.words else []


def table(head, rows):
    """A Markdown table; columns in which no row has anything are left out."""
    kept = [i for i in range(len(head)) if any(row[i] for row in rows)]
    lines = ["| " + " | ".join(head[i] for i in kept) + " |", "|" + " --- |" * len(kept)]
    return lines + ["| " + " | ".join(row[i] for i in kept) + " |" for row in rows] + [""]


class Pages:
    def __init__(self, catalogue):
        self.catalogue = catalogue
        self.page_of = {}
        self.bases_of = {}
        self.brought_by = {}
        for area in catalogue.areas:
            for _, items in area.topics:
                for item in items:
                    self.page_of[id(item)] = area.name
        for item in catalogue.types.values():
            for base in item.bases:
                self.bases_of.setdefault(base, []).append(item)
        for event_type in catalogue.event_types.values():
            for name in event_type.brings:
                self.brought_by.setdefault(name, []).append(event_type.name)

    def page(self, item):
        owner = item
        if item.kind == "response":
            owner = self.catalogue.types[item.name[:-len("Resp")]]
        return self.page_of[id(owner)] + ".md"

    def link(self, item, here):
        page = self.page(item)
        anchor = "#" + (item.name[:-len("Resp")] if item.kind == "response" else item.name).lower()
        return f"[{item.name}]({'' if page == here else page}{anchor})"

    def is_record(self, item):
        """A record is what stands in messages as an element, or what several types are made of."""
        return bool(item.used_by) or not item.bases and len(self.bases_of.get(item.name, [])) > 1 and \
            not re.match(r"(Get|Set|Create|Delete|Event)", item.name)

    # --- parts of a page

    def attribute_rows(self, fields):
        rows = []
        for field in fields:
            notes = [f"≤ {field.max}"] if field.max else []
            notes += [text for bit, text in FLAG_TEXT.items() if field.flags & bit]
            notes += [field.range.replace("..", " to ")] if field.range else []
            notes += [f"default {field.default}"] if field.default else []
            notes += [f"since {field.since}"] if field.since else []
            enum = self.catalogue.enums.get(field.form)
            form = f"`{field.form}`{'…' if enum.open else ''}" if enum else FORM_TEXT.get(field.form, field.form)
            rows.append((f"`{field.name}`", form, ", ".join(notes), field.words))
        return rows

    def content(self, item, here):
        """Attributes and elements of a message or record, without those that every message has."""
        lines, fields = [], list(item.fields)
        for name in item.bases:
            base = self.catalogue.types[name]
            for part in [base] + [self.catalogue.types[under] for under in base.bases]:
                if self.is_record(part) and len(part.fields) > 5 and part.fields[0] in fields:
                    fields = [field for field in fields if field not in part.fields]
                    lines += [f"All attributes of {self.link(part, here)}.", ""]
        if item.kind != "type" or "RespType" in item.bases or "ReqType" in item.bases:
            fields = [field for field in fields if field.name not in ANSWER]
        if fields:
            lines += table(("attribute", "form", "", "meaning"), self.attribute_rows(fields))
        if item.children:
            lines += table(("element", "type", "number", "meaning"), [self.child_row(child, here) for child in item.children])
        return lines + (["Attributes of any name.", ""] if item.open else [])

    def child_row(self, child, here):
        record = self.catalogue.types.get(child.type)
        what = self.link(record, here) if record else f"text, `{child.type}`"
        most = "any" if child.max == 0 else str(child.max)
        number = f"{child.min} to {most}" if str(child.min) != most else most
        return (f"`{child.name}`", what, number, child.words)

    def facts(self, item, here):
        facts = [KIND_TEXT[item.kind], f"since {item.since}"]
        if item.version:
            facts.append(f"version {item.version} in AXI 7.1")
        if item.needs and item.kind == "request":
            facts.append(("needs no permission" if item.needs == "nothing" else f"needs {item.needs}") +
                         (" (reading)" if item.needs_is_reading else ""))
        if item.kind == "event":
            brought = self.brought_by.get(item.name, [])
            facts.append(f"event type {', '.join(brought[:3])}{' …' if len(brought) > 3 else ''}" if brought
                         else "event type not known")
        if item.pages:
            key, element, first, of_records = item.pages
            key = f"`{key}`" if key == of_records else f"`{key}`, which is their `{of_records}`,"
            facts.append(f"pages of `{element}` by {key} from {first} on")
        facts.append(f"basis: {BASIS_TEXT[item.basis]}")
        return paragraph("*" + " · ".join(facts) + "*") + [""]

    def message(self, item, here):
        lines = [f"### {item.name}", ""] + self.facts(item, here) + words_of(item) + self.content(item, here)
        if item.response:
            answer = item.response
            content = self.content(answer, here)
            basis = f", basis: {BASIS_TEXT[answer.basis]}" if answer.basis != item.basis else ""
            lines += paragraph(f"Answer **{answer.name}**{basis}{':' if content or answer.words else ', with nothing of its own.'}")
            lines += [""] + words_of(answer) + content
        return lines

    def record(self, item, here):
        lines = [f"### {item.name}", ""] + self.facts(item, here) + words_of(item) + self.content(item, here)
        users = sorted(set(item.used_by))
        if users:
            more = f" and {len(users) - 6} more" if len(users) > 6 else ""
            lines += paragraph("In " + ", ".join(users[:6]) + more + ".") + [""]
        return lines

    @staticmethod
    def enum(item):
        lines = [f"### {item.name}", "", "*enumeration" + (", others are possible" if item.open else "") + "*", ""]
        lines += words_of(item)
        if item.name == "EventType":
            return lines
        if any(meaning for _, meaning in item.values):
            return lines + table(("value", "meaning"), [(f"`{text}`", meaning) for text, meaning in item.values])
        return lines + paragraph(", ".join(f"`{text}`" if text else "(empty)" for text, _ in item.values)) + [""]

    def definitions(self, items):
        """Types that only say what a message is made of: one line each."""
        rows = []
        for item in items:
            own = [f"`{field.name}`" for field in item.own_fields] + [f"`<{child.name}>`" for child in item.own_children]
            rows.append((f"`{item.name}`", ", ".join(item.bases), f"{', '.join(own[:3])}{' …' if len(own) > 3 else ''}"))
        return ["### Definitions", "", "Types of the schema that only say what a message consists of.", ""] + \
            table(("type", "made of", "and of"), rows)

    def event_types(self, items):
        rows, notes = [], []
        for item in items:
            few = len(item.brings) <= 2
            rows.append((f"`{item.name}`", " ".join(item.filters), item.needs or "not known",
                         (" ".join(item.brings) or "not known") if few else f"{len(item.brings)} messages, see below"))
            text = " ".join(item.words + ([] if few else [f"Brings {', '.join(item.brings)}."]))
            notes += [""] + paragraph(f"**{item.name}**: {text}") if text else []
        return table(("event type", "filters", "permission", "brings"), rows)[:-1] + notes + [""]

    def area(self, area):
        here = area.name + ".md"
        lines = [MADE, f"# {area.title}", ""]
        for text in "\n".join(area.words).split("\n\n"):
            lines += paragraph(text.replace("\n", " ")) + [""] if text else []
        for topic, items in area.topics:
            lines += [f"## {topic.name}", ""] + words_of(topic)
            records = [item for item in items if getattr(item, "kind", "") == "type" and self.is_record(item)]
            others = [item for item in items if getattr(item, "kind", "") == "type" and not self.is_record(item)]
            for item in items:
                if getattr(item, "kind", "type") != "type":
                    lines += self.message(item, here)
            for item in records:
                lines += self.record(item, here)
            for item in items:
                if hasattr(item, "values"):
                    lines += self.enum(item)
            lines += self.definitions(others) if others else []
            event_types = [item for item in items if hasattr(item, "filters")]
            lines += self.event_types(event_types) if event_types else []
        return "\n".join(lines).rstrip() + "\n"

    def readme(self):
        types = self.catalogue.types.values()
        count = {kind: sum(item.kind == kind for item in types) for kind in KIND_TEXT}
        lines = [MADE, "# AXI, message by message", ""]
        lines += paragraph(f"What libaxi knows of AXI, the XML protocol of SIP-DECT OpenMobility Managers: {count['request']} "
                           f"requests with their answers, {count['event']} events, {count['type']} records, "
                           f"{len(self.catalogue.enums)} enumerations and {len(self.catalogue.event_types)} event types. "
                           "The pages are made of libaxi/catalogue, whose README has the format; ids, checks and "
                           "look-ups of the library are made of the same.")
        lines += ["", INTRODUCTION, ""]
        rows = []
        for area in self.catalogue.areas:
            kinds = [getattr(item, "kind", "") for _, items in area.topics for item in items]
            rows.append((f"[{area.title}]({area.name}.md)", str(kinds.count("request")), str(kinds.count("event")),
                         str(kinds.count("type"))))
        lines += ["## Pages", ""] + table(("page", "requests", "events", "records"), rows)
        lines += ["## All messages", ""]
        for kind, title in (("request", "Requests"), ("event", "Events")):
            links = [self.link(item, "README.md") for item in sorted(types, key=lambda item: item.name.lower())
                     if item.kind == kind]
            lines += [f"### {title}", ""] + paragraph(", ".join(links)) + [""]
        return "\n".join(lines).rstrip() + "\n"


INTRODUCTION = """## How to read the pages

Messages are XML elements, in UTF-8, each with a zero byte behind it. Data are attributes, and elements that are records
of their own. A request `X` is answered by `XResp`; a message whose name begins with `Event` comes unasked.
Every request may have `seq`, every answer `seq`, `errCode`, `info`, `bad` and `maxLen`: the tables leave those out.

| form | text of the attribute |
| --- | --- |
| text | anything; the number behind ≤ counts characters, not bytes |
| int, int16, uint32, int64 | decimal; int64 is for times: seconds since 1970, UTC unless the meaning says otherwise |
| integers | decimal, with commas between them |
| bool | 1, 0, true or false; releases differ |
| hex | upper case hexadecimal without prefix; empty for none |
| name of an enumeration | one of its values, in that case; … means that there may be others |

*Required*: the message is not valid without it. *Secret*: encrypted on its way, or a key; never shown.
*Read-only*: what a server reports and a client cannot set. *Own reading*: not public; this project's choice.

**Basis** says where the knowledge comes from: the *schema* of AXI 6.1, messages *recorded* from an OMM, public
*clients* and configuration files, the *name only* (from a list of 7.1), or *inferred* from sibling messages.
**Since** is the earliest release in which something is known to exist; 6.1 stands for everything older.
**Version** is what an OMM of release 7.1 says of the message in `GetVersions`.
A **permission** marked (reading) is concluded from what the request does: reading configuration needs AllCnfRead,
changing it AllCnfWrite. No source names it, and a real OMM may think otherwise.
A request that has **pages** reads up to 20 records from an id on: ask on from the last id plus one until fewer come, or
`ENoEnt`."""


def pages(catalogue):
    made = Pages(catalogue)
    files = {os.path.join("docs", "axi", "README.md"): made.readme()}
    for area in catalogue.areas:
        files[os.path.join("docs", "axi", area.name + ".md")] = made.area(area)
    return files
