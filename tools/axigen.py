#!/usr/bin/env python3
"""Everything that is made of the AXI catalogue (libaxi/catalogue/*.axi):

    include/axi/catalogue_ids.h    the ids of types, attributes, enumerations and values
    libaxi/catalogue_tables.inc    the tables that libaxi/catalogue.c looks things up in
    docs/axi/*.md                  the reference pages

    axigen.py            writes them
    axigen.py --check    writes nothing; says which of them is not what the catalogue gives, and exits with 1

The format of the catalogue is described in libaxi/catalogue/README.md. A mistake in it is reported as FILE:LINE and
nothing is written. The output depends on nothing but the catalogue and this file.
"""

import hashlib
import os
import re
import sys

import axigen_pages

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCE = os.path.join("libaxi", "catalogue")

FORMS = {"text": "STR", "int": "INT", "int16": "INT16", "uint32": "UINT32", "int64": "INT64", "list": "INT_LIST",
         "bool": "BOOL", "hex": "HEX"}
FORM_IDS = ["STR", "INT", "INT16", "UINT32", "INT64", "INT_LIST", "BOOL", "HEX", "ENUMERATED"]
NUMBERS = ("int", "int16", "uint32", "int64")
FLAGS = {"required": 1, "secret": 2, "readonly": 4, "own": 8}
KINDS = {"type": 0, "request": 1, "response": 2, "event": 3}
BASES = {"schema": 0, "capture": 1, "client": 2, "name": 3, "inferred": 4}
RELEASES = ["6.1", "7.1", "8.0", "9.1"]
PERMISSIONS = ["nothing", "AllCnfWrite", "AllCnfRead", "InfoMessaging", "Messaging", "Alerting", "LocatingAlert",
               "Locating", "Monitoring", "Conferencing", "Video"]
FILTERS = {"ppn": 1, "uid": 2, "rfpId": 4, "omm": 8, "trigger": 16, "scheme": 32}
ATTR_SLOTS = 2048
TYPE_SLOTS = 2048


class Mistake(Exception):
    """Something in the catalogue that cannot be right, with its place."""


# --- the model --------------------------------------------------------------------------------------


class Item:
    """Anything that can have words of its own: an area, a topic, an enumeration, a type, a message …"""

    def __init__(self, name, place):
        self.name = name
        self.place = place
        self.words = []


class Enum(Item):
    def __init__(self, name, place):
        super().__init__(name, place)
        self.open = False
        self.values = []  # (text, meaning)


class Field:
    def __init__(self, name, form, words):
        self.name = name
        self.form = form  # a key of FORMS, or the name of an enumeration
        self.max = 0
        self.flags = 0
        self.default = self.range = self.since = None
        self.words = words

    def key(self):
        return (self.name, self.form, self.max, self.flags)

    def bounds(self):
        """The least and the greatest number, (0, 0) when no more is known than the form says."""
        return tuple(int(number) for number in self.range.split("..")) if self.range else (0, 0)


class Child:
    def __init__(self, name, type_name, least, most, words):
        self.name = name
        self.type = type_name  # of a type, or of an enumeration
        self.min = least
        self.max = most  # 0: any number
        self.words = words


class Type(Item):
    """A message or a record."""

    def __init__(self, kind, name, place):
        super().__init__(name, place)
        self.kind = kind
        self.bases = []
        self.own_fields = []
        self.own_children = []
        self.open = False
        self.since = "6.1"
        self.basis = "schema"
        self.version = None
        self.needs = None
        self.needs_is_reading = True
        self.pages = None  # key, element, first, key of the records
        self.response = None
        self.fields = self.children = None  # with those of the bases; set by resolve()
        self.used_by = []


class EventType(Item):
    def __init__(self, name, place):
        super().__init__(name, place)
        self.filters = []
        self.needs = None
        self.brings = []


class Area(Item):
    def __init__(self, name, place):
        super().__init__(name, place)
        self.title = name
        self.topics = []  # (title, items)


class Catalogue:
    def __init__(self):
        self.areas = []
        self.enums = {}
        self.types = {}
        self.event_types = {}


# --- reading ----------------------------------------------------------------------------------------


def split_words(text, place):
    """Words of a line; a word in double quotes may have blanks in it."""
    words = re.findall(r'"[^"]*"|\S+', text)
    if text.count('"') % 2:
        raise Mistake(f"{place}: a quote is not closed")
    return words


class Reader:
    """Reads one file into the catalogue. `item` is what an indented line belongs to."""

    def __init__(self, catalogue, path):
        self.catalogue = catalogue
        self.path = path
        self.area = None
        self.item = None
        self.place = path

    def fail(self, text):
        raise Mistake(f"{self.place}: {text}")

    def read(self):
        with open(os.path.join(ROOT, self.path), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                self.place = f"{self.path}:{number}"
                self.line(line.rstrip())
        if self.area is None:
            self.fail("no area line")

    def line(self, line):
        body, _, words = line.partition("|")
        text = body.strip()
        if not line.strip() or line.lstrip().startswith("#"):
            return
        if not text:
            self.words(words.strip())
        elif line[0] == " ":
            self.inner(split_words(text, self.place), words.strip())
        else:
            if words:
                self.item = None
            self.outer(split_words(text, self.place))

    def words(self, words):
        if self.item is None:
            self.fail("words that belong to nothing")
        self.item.words.append(words)

    def outer(self, words):
        kind = words[0]
        reader = {"area": self.read_area, "topic": self.read_topic, "enum": self.read_enum, "type": self.read_type,
                  "request": self.read_type, "event": self.read_type, "answer": self.read_answer,
                  "eventtype": self.read_event_type}.get(kind)
        if reader is None:
            self.fail(f"what is {kind}?")
        if kind != "area" and (self.area is None or not (self.area.topics or kind == "topic")):
            self.fail("an area and a topic come first")
        reader(words)

    def read_area(self, words):
        if self.area is not None or len(words) < 2:
            self.fail("a file has one area, with a title")
        self.area = self.item = Area(os.path.basename(self.path)[:-len(".axi")], self.place)
        self.area.title = " ".join(words[1:])
        self.catalogue.areas.append(self.area)

    def read_topic(self, words):
        topic = Item(" ".join(words[1:]), self.place)
        self.area.topics.append((topic, []))
        self.item = topic

    def add(self, item, table):
        if item.name in table:
            self.fail(f"{item.name} is there already, in {table[item.name].place}")
        if not re.fullmatch(r"[A-Za-z]\w*", item.name):
            self.fail(f"{item.name} is no name")
        table[item.name] = item
        self.area.topics[-1][1].append(item)
        self.item = item

    def read_enum(self, words):
        enum = Enum(words[1], self.place)
        enum.open = words[2:] == ["open"]
        if words[2:] not in ([], ["open"]):
            self.fail("an enumeration is open or not")
        self.add(enum, self.catalogue.enums)

    def read_type(self, words):
        item = Type(words[0], words[1], self.place)
        self.add(item, self.catalogue.types)
        rest, answer = words[2:], None
        if rest[:1] == [":"]:
            rest = rest[1:]
            item.bases, rest = self.take_bases(rest)
        if item.kind == "request":
            answer = Type("response", item.name + "Resp", self.place)
            if rest[:1] == ["->"]:
                answer.bases, rest = self.take_bases(rest[1:])
            if answer.name in self.catalogue.types:
                self.fail(f"{answer.name} is there already")
            self.catalogue.types[answer.name] = answer
            item.response = answer
        self.options(item, rest)

    @staticmethod
    def take_bases(words):
        at = 0
        while at < len(words) and re.fullmatch(r"[A-Z]\w*", words[at]):
            at += 1
        return words[:at], words[at:]

    def read_answer(self, words):
        if not isinstance(self.item, Type) or self.item.kind != "request":
            self.fail("an answer follows its request")
        self.item = self.item.response
        self.options(self.item, words[1:])

    def read_event_type(self, words):
        item = EventType(words[1], self.place)
        self.add(item, self.catalogue.event_types)
        if "EventType" not in self.catalogue.enums:
            self.fail("the enumeration EventType, whose values the event types are, comes first")
        self.catalogue.enums["EventType"].values.append((item.name, ""))
        self.options(item, words[2:])

    def options(self, item, words):
        at = 0
        while at < len(words):
            name, values = words[at], []
            at += 1
            while at < len(words) and words[at] not in self.OPTIONS:
                values.append(words[at])
                at += 1
            if name not in self.OPTIONS:
                self.fail(f"what is {name}?")
            self.OPTIONS[name](self, item, values)

    def option_since(self, item, values):
        if len(values) != 1 or values[0] not in RELEASES:
            self.fail(f"since one of {' '.join(RELEASES)}")
        item.since = values[0]
        if isinstance(item, Type) and item.response:
            item.response.since = values[0]

    def option_basis(self, item, values):
        if len(values) != 1 or values[0] not in BASES:
            self.fail(f"basis is one of {' '.join(BASES)}")
        item.basis = values[0]
        if item.response:
            item.response.basis = values[0]

    def option_version(self, item, values):
        if len(values) != 1 or not re.fullmatch(r"\d+\.\d+\.\d+", values[0]):
            self.fail("a version has three numbers")
        item.version = values[0]

    def option_needs(self, item, values):
        if len(values) != 1 or values[0].rstrip("?") not in PERMISSIONS:
            self.fail(f"needs one of {' '.join(PERMISSIONS)}")
        item.needs = values[0].rstrip("?")
        item.needs_is_reading = values[0].endswith("?")

    def option_pages(self, item, values):
        if len(values) != 3 or item.kind != "request":
            self.fail("a request pages KEY ELEMENT FIRST")
        key, _, of_records = values[0].partition(":")
        item.pages = (key, values[1], int(values[2]), of_records or key)

    def option_open(self, item, values):
        item.open = not values or self.fail("open stands alone")

    def option_by(self, item, values):
        if not values or any(value not in FILTERS for value in values):
            self.fail(f"filters are {' '.join(FILTERS)}")
        item.filters = values

    def option_brings(self, item, values):
        item.brings += values

    OPTIONS = {"since": option_since, "basis": option_basis, "version": option_version, "needs": option_needs,
               "pages": option_pages, "open": option_open, "by": option_by, "brings": option_brings}

    def inner(self, words, meaning):
        if words[0] == "@":
            self.options(self.item, words[1:])
        elif words[0] == "->" and isinstance(self.item, Type) and self.item.response:
            self.item.response.bases = words[1:]
        elif isinstance(self.item, Enum):
            texts = [word.strip('"') for word in words]
            if meaning and len(texts) != 1:
                self.fail("a meaning is that of one value")
            self.item.values += [(text, meaning) for text in texts]
        elif isinstance(self.item, Type):
            if words[0] == "+":
                self.item.own_children.append(self.child(words[1:], meaning))
            else:
                self.item.own_fields.append(self.field(words, meaning))
        else:
            self.fail("an indented line that belongs to nothing")

    def child(self, words, meaning):
        if len(words) != 3 or not re.fullmatch(r"\d+\.\.(\d+|\*)", words[2]):
            self.fail("a child is + ELEMENT TYPE MIN..MAX")
        least, most = words[2].split("..")
        return Child(words[0], words[1], int(least), 0 if most == "*" else int(most), meaning)

    def field(self, words, meaning):
        if len(words) < 2:
            self.fail("an attribute has a form")
        field = Field(words[0], words[1], meaning)
        for word in words[2:]:
            name, _, value = word.partition("=")
            if word.isdigit():
                field.max = int(word)
            elif word in FLAGS:
                field.flags |= FLAGS[word]
            elif name in ("default", "range", "since") and value:
                setattr(field, name, value)
            else:
                self.fail(f"what is {word}?")
        return field


def read_catalogue():
    catalogue = Catalogue()
    folder = os.path.join(ROOT, SOURCE)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".axi"):
            Reader(catalogue, os.path.join(SOURCE, name)).read()
    return catalogue


# --- putting it together ----------------------------------------------------------------------------


def resolve(catalogue):
    for item in list(catalogue.types.values()):
        flatten(catalogue, item, ())
    for item in catalogue.types.values():
        check_type(catalogue, item)
    for item in catalogue.event_types.values():
        for name in item.brings:
            if name not in catalogue.types or catalogue.types[name].kind != "event":
                raise Mistake(f"{item.place}: {name} is no event")


def flatten(catalogue, item, path):
    """Fields and children of a type with those of the types that it is made of before them."""
    if item.fields is not None:
        return
    if item in path:
        raise Mistake(f"{item.place}: {item.name} is made of itself")
    fields, children = [], []
    for name in item.bases:
        base = catalogue.types.get(name)
        if base is None:
            raise Mistake(f"{item.place}: there is no type {name}")
        flatten(catalogue, base, path + (item,))
        fields += base.fields
        children += base.children
        item.open = item.open or base.open
    item.fields = fields + item.own_fields
    item.children = children + item.own_children


def check_type(catalogue, item):
    for what, names in (("attribute", [f.name for f in item.fields]), ("element", [c.name for c in item.children])):
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise Mistake(f"{item.place}: {item.name} has the {what} {', '.join(sorted(twice))} twice")
    for field in item.own_fields:
        if field.form not in FORMS and field.form not in catalogue.enums:
            raise Mistake(f"{item.place}: {item.name}.{field.name}: there is no form or enumeration {field.form}")
        if field.range and (field.form not in NUMBERS or not re.fullmatch(r"-?\d+\.\.\d+", field.range)):
            raise Mistake(f"{item.place}: {item.name}.{field.name}: a range is of numbers, LEAST..MOST")
    for child in item.own_children:
        if child.type in catalogue.types:
            catalogue.types[child.type].used_by.append(item.name)
            if catalogue.types[child.type].kind != "type":
                raise Mistake(f"{item.place}: {item.name}: {child.type} is a message")
        elif child.type not in catalogue.enums:
            raise Mistake(f"{item.place}: {item.name}: there is no type {child.type}")
    if item.pages:
        key, element, _, of_records = item.pages
        rows = [child for child in item.response.children if child.name == element]
        if not rows or not any(f.name == key for f in item.fields) or \
                not any(f.name == of_records for f in catalogue.types[rows[0].type].fields):
            raise Mistake(f"{item.place}: {item.name} cannot page over {element} by {key}")
    if item.kind == "request" and item.needs is None:
        item.needs = "AllCnfRead" if item.name.startswith("Get") else "AllCnfWrite"


def value_ident(text):
    """A value's text as part of an identifier: what is no letter or digit becomes one underscore."""
    ident = re.sub(r"\W+", "_", text).strip("_")
    if len(ident) > 40:
        ident = ident[:41].rpartition("_")[0]
    return ident or "EMPTY"


class Ids:
    """The names in the order of their ids; id 0 is nothing. Sorted by bytes, so that they can be searched."""

    def __init__(self, catalogue):
        values = {text for enum in catalogue.enums.values() for text, _ in enum.values}
        attrs = {field.name for item in catalogue.types.values() for field in item.fields}
        self.types = sorted(catalogue.types, key=str.encode)
        self.attrs = sorted(attrs, key=str.encode)
        self.values = sorted(values, key=str.encode)
        self.enums = sorted(catalogue.enums, key=str.encode)
        self.type, self.attr, self.value, self.enum = (
            {name: i for i, name in enumerate(names, 1)} for names in (self.types, self.attrs, self.values, self.enums))
        self.value_idents = self.name_values()
        text = "\n".join("\n".join(names) for names in (self.types, self.attrs, self.value_idents, self.enums))
        self.hash = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)

    def name_values(self):
        idents, seen = [], {}
        for text in self.values:
            ident = value_ident(text)
            seen[ident] = seen.get(ident, 0) + 1
            idents.append(ident if seen[ident] == 1 else f"{ident}_{seen[ident]}")
        if len(set(idents)) != len(idents):
            raise Mistake("two values have the same identifier")
        return idents


# --- ids --------------------------------------------------------------------------------------------


def enumerators(tag, prefix, zero, names):
    lines = [f"enum {tag} {{", f"    {prefix}{zero} = 0,"]
    lines += [f"    {prefix}{name}," for name in names]
    lines += [f"    {prefix}COUNT,", f"    {prefix}WIDTH_ = 0x7fffffff", "};"]
    return lines


def make_ids(ids):
    lines = ["/*", " * The ids of the catalogue. Made by tools/axigen.py of the .axi files in libaxi/catalogue: change those.", " */",
             "#ifndef AXI_CATALOGUE_IDS_H", "#define AXI_CATALOGUE_IDS_H", "", "/* clang-format off */", "",
             "/* Changes whenever an id does. */", f"#define AXI_CATALOGUE_HASH 0x{ids.hash:08x}u", "",
             "/* Names of attributes. */"]
    lines += enumerators("axi_attr", "AXI_A_", "NONE", ids.attrs)
    lines += ["", "/* Values of enumerations. */"]
    lines += enumerators("axi_value", "AXI_V_", "NOTHING", ids.value_idents)
    lines += ["", "/* Enumerations. */"]
    lines += enumerators("axi_enum", "AXI_E_", "NOTHING", ids.enums)
    lines += ["", "/* Messages and records. */"]
    lines += enumerators("axi_type", "AXI_T_", "NONE", ids.types)
    lines += ["", "/* clang-format on */", "", "#endif"]
    return "\n".join(lines) + "\n"


# --- tables -----------------------------------------------------------------------------------------


class Pool:
    """All texts in one array; a text that is the end of another shares its bytes."""

    def __init__(self, texts):
        backwards = sorted({text.encode()[::-1] for text in texts})
        kept = [text[::-1] for i, text in enumerate(backwards)
                if i + 1 == len(backwards) or not backwards[i + 1].startswith(text)]
        self.texts = sorted(kept)
        self.at = {}
        offset = 0
        for text in self.texts:
            for start in range(len(text) + 1):
                self.at.setdefault(text[start:], offset + start)
            offset += len(text) + 1
        self.size = offset
        if self.size > 0xffff:
            raise Mistake("the texts no longer fit 16 bit offsets")

    def __getitem__(self, text):
        return self.at[text.encode()]


class Lists:
    """Lists of numbers in one array; a list that stands within another shares its place."""

    def __init__(self, lists):
        self.array = []
        self.at = {}
        for wanted in sorted({tuple(numbers) for numbers in lists}, key=lambda numbers: (-len(numbers), numbers)):
            self.at[wanted] = self.find(wanted)

    def find(self, wanted):
        for start in range(len(self.array) - len(wanted) + 1):
            if tuple(self.array[start:start + len(wanted)]) == wanted:
                return start
        self.array += wanted
        return len(self.array) - len(wanted)

    def __getitem__(self, numbers):
        return self.at[tuple(numbers)]


def name_hash(name):
    """The same as axi__name_hash() in libaxi/catalogue.h."""
    b = name.encode()
    n = len(b)
    h = (n * 0x9E3779B1 + b[0] * 0x85EBCA6B + b[n - 1] * 0xC2B2AE35 + b[n // 2] * 0x27D4EB2F +
         b[n // 4] * 0x165667B1 + b[n - 1 - n // 4] * 0x2C1B3C6D) & 0xffffffff
    return h ^ h >> 15


def make_slots(names, count):
    slots = [0] * count
    for number, name in enumerate(names, 1):
        at = name_hash(name) % count
        while slots[at]:
            at = (at + 1) % count
        slots[at] = number
    return slots


def array(declaration, numbers, width=116):
    """A C array of numbers, wrapped."""
    lines, line = [f"{declaration} = {{"], ""
    for number in numbers:
        text = f"{number},"
        if len(line) + len(text) > width:
            lines.append(line)
            line = ""
        line += text
    return lines + [line, "};"]


def c_text(text):
    return "".join(chr(b) if chr(b).isalnum() or chr(b) in " _-./,()?'!:" else f"\\{b:03o}" for b in text)


def pool_lines(pool):
    lines, line = ["const char axi__pool[] ="], ""
    for text in pool.texts:
        piece = c_text(text) + "\\0"
        # The next text may begin with a digit, which would belong to the escape.
        if line and (len(line) + len(piece) > 110 or piece[0].isdigit()):
            lines.append(f'"{line}"')
            line = ""
        line += piece
    return lines + [f'"{line}";']


class Tables:
    def __init__(self, catalogue, ids):
        self.catalogue, self.ids = catalogue, ids
        self.ordered = [catalogue.types[name] for name in ids.types]
        self.versions = sorted({item.version for item in self.ordered if item.version})
        self.maxes = sorted({field.max for item in self.ordered for field in item.fields} | {0})
        self.ranges = sorted({field.bounds() for item in self.ordered for field in item.fields} - {(0, 0)})
        self.ranges.insert(0, (0, 0))
        self.pool = Pool(ids.attrs + ids.values + ids.types + ids.enums + self.versions + RELEASES +
                         [child.name for item in self.ordered for child in item.children])
        self.enums_of_attr = {}
        for field in (field for item in self.ordered for field in item.fields):
            if field.form in catalogue.enums and not catalogue.enums[field.form].open:
                self.enums_of_attr.setdefault(field.name, set()).add(field.form)
        self.number_fields()
        self.number_children()
        self.shapes = sorted({self.shape(i) for i in range(len(self.ordered))})

    def pack(self, field):
        enum = self.catalogue.enums.get(field.form)
        if enum is None:
            # Numbers have no enumeration: its bits say which range.
            form, of = FORM_IDS.index(FORMS[field.form]), self.ranges.index(field.bounds())
        else:
            form, of = FORM_IDS.index("STR" if enum.open else "ENUMERATED"), self.ids.enum[field.form]
        packed = self.ids.attr[field.name] | form << 11 | of << 15 | field.flags << 22 | self.maxes.index(field.max) << 26
        if self.ids.attr[field.name] >= 1 << 11 or of >= 1 << 7 or len(self.maxes) > 1 << 6:
            raise Mistake("fields no longer fit 32 bits")
        return packed

    def number_fields(self):
        packed = [[self.pack(field) for field in item.fields] for item in self.ordered]
        self.fields = sorted({number for numbers in packed for number in numbers})
        index = {number: i for i, number in enumerate(self.fields)}
        self.field_numbers = [[index[number] for number in numbers] for numbers in packed]
        self.field_lists = Lists(self.field_numbers)

    def number_children(self):
        rows = [[self.child_row(child) for child in item.children] for item in self.ordered]
        self.children = sorted({row for part in rows for row in part})
        index = {row: i for i, row in enumerate(self.children)}
        self.child_numbers = [[index[row] for row in part] for part in rows]
        self.child_lists = Lists(self.child_numbers)

    def child_row(self, child):
        return (self.pool[child.name], self.ids.type.get(child.type, 0), self.ids.enum.get(child.type, 0), child.min,
                child.max)

    def shape(self, i):
        item = self.ordered[i]
        return (self.field_lists[self.field_numbers[i]], self.child_lists[self.child_numbers[i]], len(item.fields),
                len(item.children))

    def type_row(self, i):
        item = self.ordered[i]
        bits = KINDS[item.kind] | BASES[item.basis] << 2 | RELEASES.index(item.since) << 5 | int(item.open) << 7
        permission = PERMISSIONS.index(item.needs) if item.needs else 0
        # An answer comes soon behind its request in the order of names.
        answer = self.ids.type[item.response.name] - self.ids.type[item.name] if item.response else 0
        if answer > 0xff:
            raise Mistake(f"{item.place}: the answer is too far away")
        return "{%d,%d,%d,%d,%d,%d}," % (
            self.pool[item.name], self.shapes.index(self.shape(i)), bits, permission,
            self.versions.index(item.version) + 1 if item.version else 0, answer)

    def names(self):
        ids, pool = self.ids, self.pool
        lines = pool_lines(pool)
        lines += array("const uint16_t axi__attr_at[AXI_A_COUNT]", [pool.size - 1] + [pool[name] for name in ids.attrs])
        lines += array("const uint8_t axi__attr_len[AXI_A_COUNT]", [0] + [len(name) for name in ids.attrs])
        lines += array("const uint16_t axi__attr_slots[AXI__ATTR_SLOTS]", make_slots(ids.attrs, ATTR_SLOTS))
        lines += array("static const uint16_t type_slots[TYPE_SLOTS]", make_slots(ids.types, TYPE_SLOTS))
        lines += array("static const uint16_t value_at[AXI_V_COUNT]", [0] + [pool[text] for text in ids.values])
        lines += array("static const uint16_t enum_at[AXI_E_COUNT]", [0] + [pool[name] for name in ids.enums])
        return lines

    def enums(self):
        starts, values = [0], []
        for name in self.ids.enums:
            starts.append(len(values))
            values += [self.ids.value[text] for text, _ in self.catalogue.enums[name].values]
        return array("static const uint16_t value_starts[]", starts + [len(values)]) + \
            array("static const uint16_t enum_values[]", values) + \
            array("static const uint8_t attr_enums[AXI_A_COUNT]", [0] + [self.only_enum(name) for name in self.ids.attrs])

    def only_enum(self, attr):
        """The enumeration of an attribute where all types that enumerate it agree, else 0."""
        found = self.enums_of_attr.get(attr, set())
        return self.ids.enum[min(found)] if len(found) == 1 else 0

    def types(self):
        lines = ["static const struct type_row types[AXI_T_COUNT] = {"]
        row = "{0,0,0,0,0,0},"
        for text in (self.type_row(i) for i in range(len(self.ordered))):
            if len(row) + len(text) > 116:
                lines.append(row)
                row = ""
            row += text
        lines += [row, "};"]
        lines += array("static const struct shape_row shapes[]", ["{%d,%d,%d,%d}" % shape for shape in self.shapes])
        lines += array("static const uint32_t fields[]", [f"0x{number:x}" for number in self.fields])
        lines += array("static const uint16_t max_lengths[]", self.maxes)
        lines += array("static const struct range_row ranges[]", ["{%d,%d}" % bounds for bounds in self.ranges])
        lines += array("static const uint16_t field_lists[]", self.field_lists.array)
        lines += array("static const struct child_row children[]", ["{%d,%d,%d,%d,%d}" % row for row in self.children])
        lines += array("static const uint8_t child_lists[]", self.child_lists.array)
        lines += array("static const uint16_t version_at[]", [self.pool[text] for text in self.versions])
        lines += array("static const uint16_t release_at[]", [self.pool[text] for text in RELEASES])
        return lines

    def conversation(self):
        """Paged requests and event types."""
        ids, rows, brought, events = self.ids, [], [], []
        for item in self.ordered:
            if item.pages:
                key, element, first, of_records = item.pages
                rows.append("{%d,%d,%d,%d,%d}" % (ids.type[item.name], ids.attr[key], ids.attr[of_records],
                                                  self.pool[element], first))
        for text, _ in self.catalogue.enums["EventType"].values:
            item = self.catalogue.event_types[text]
            events.append("{%d,%d,%d,%d,%d}" % (ids.value[text], len(brought), len(item.brings), sum(
                FILTERS[name] for name in item.filters), PERMISSIONS.index(item.needs) if item.needs else 0))
            brought += [ids.type[name] for name in item.brings]
        return array("static const struct page_row pages[]", rows) + \
            array("static const struct event_row event_types[]", events) + \
            array("static const uint16_t brought[]", brought)

    def text(self):
        lines = ["/* Tables of the catalogue. Made by tools/axigen.py of the .axi files in libaxi/catalogue: change those. */",
                 "/* clang-format off */", f"_Static_assert(AXI_CATALOGUE_HASH == 0x{self.ids.hash:08x}u, \"ids and tables differ\");",
                 f"enum {{ TYPE_SLOTS = {TYPE_SLOTS} }};"]
        lines += self.names() + self.enums() + self.types() + self.conversation()
        return "\n".join(lines + ["/* clang-format on */"]) + "\n"


# --- files ------------------------------------------------------------------------------------------


def outputs():
    catalogue = read_catalogue()
    resolve(catalogue)
    ids = Ids(catalogue)
    files = {os.path.join("include", "axi", "catalogue_ids.h"): make_ids(ids),
             os.path.join("libaxi", "catalogue_tables.inc"): Tables(catalogue, ids).text()}
    files.update(axigen_pages.pages(catalogue))
    return files


def on_disk(path):
    try:
        with open(os.path.join(ROOT, path), encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        files = outputs()
    except Mistake as mistake:
        print(f"axigen: {mistake}", file=sys.stderr)
        return 1
    stale = [path for path, text in files.items() if on_disk(path) != text]
    if arguments:
        for path in stale:
            print(f"axigen: {path} is not what the catalogue gives: make catalogue", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        os.makedirs(os.path.dirname(os.path.join(ROOT, path)), exist_ok=True)
        with open(os.path.join(ROOT, path), "w", encoding="utf-8", newline="") as file:
            file.write(files[path])
        print(f"  GEN     {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
