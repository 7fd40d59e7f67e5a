#!/usr/bin/env python3
"""The whole of libmomsync as two files: momsync.c and momsync.h.

    amalgamate.py FOLDER      writes both there
    amalgamate.py options     the options that leave out every file that can be left out

momsync.h is the public headers, momsync.c all the rest. In one translation unit the names that are private to a file
would collide, so each gets the name of its file before it (gather of import.c: import_gather), macros of a file are
undefined at its end, and the functions that files share become static (MOM__PRIVATE). Names are found by reading the
tokens of each file: nobody has to choose names with an eye on other files.
"""
import os
import re
import sys

SOURCES = "libmomsync"
PUBLIC = "include"
FIRST = "momsync/momsync.h"

# Files that a host can leave out: file -> the macro that leaves it out. The system headers that only such files include
# go with them.
OPTIONAL = {
    "store_lmdb.c": "MOM_NO_LMDB",
}
# Files that others of the library call stay: they look at the macro themselves, around the headers of the library that
# they need and around what they do with it, and have something else to do without.
KEEPS_ITSELF = {
    "pack.c": "MOM_NO_ZLIB",
}

TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
      | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
      | (?P<directive>^[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])*)
      | (?P<number>\.?[0-9](?:[eEpP][+-]|[A-Za-z0-9_.])*)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<space>\s+)
      | (?P<sign>->|\.\.\.|\#\#|.)""",
    re.X | re.S | re.M,
)
INCLUDE = re.compile(r'\s*#\s*include\s+([<"])([^>"]+)[>"]')
DEFINE = re.compile(r"\s*#\s*define\s+([A-Za-z_]\w*)(\(([^)]*)\))?(.*)", re.S)
FEATURE = re.compile(r"_[A-Z0-9_]*_SOURCE$")
KEYWORDS = set(
    """auto break case char const continue default do double else enum extern float for goto if inline int long
    register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
    _Bool _Alignof _Noreturn _Static_assert bool""".split()
)


def die(text):
    sys.exit("amalgamate: " + text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tokens(text):
    """(kind, text) pairs; together they are the text."""
    return [(match.lastgroup, match.group()) for match in TOKEN.finditer(text)]


def significant(toks):
    """Indexes of the tokens that the compiler sees."""
    return [i for i, (kind, _) in enumerate(toks) if kind not in ("comment", "space", "directive")]


def declarations(toks):
    """The file-scope declarations, each a list of token indexes; bodies of functions are part of them."""
    current, depth, out = [], 0, []
    previous = ""
    for i in significant(toks):
        text = toks[i][1]
        current.append(i)
        if text in "({[":
            depth += 1
        elif text in ")}]":
            depth -= 1
        body = text == "}" and depth == 0 and is_function([toks[k][1] for k in current])
        if depth == 0 and (text == ";" or body):
            out.append(current)
            current = []
        previous = text
    if current and previous:
        die("a declaration does not end: " + " ".join(toks[k][1] for k in current[:12]))
    return out


def is_function(words):
    """Does the declaration have a parameter list before its first brace, and no '=' there?"""
    head = words[: words.index("{")]
    return "(" in head and "=" not in head and head[0] != "typedef"


def close(words, at):
    """Index of the bracket that ends the one at `at`."""
    depth = 0
    for i in range(at, len(words)):
        depth += words[i] in "({["
        depth -= words[i] in ")}]"
        if depth == 0:
            return i
    die("a bracket does not end")


def enumerators(words):
    for i in range(1, len(words) - 1):
        if words[i - 1] in "{," and re.match(r"[A-Za-z_]", words[i]) and words[i + 1] in ",=}":
            yield words[i]


def tags_and_enumerators(words, names, tags):
    """Tags that are defined, and enumerators, in the declaration (not in bodies of functions)."""
    for i, word in enumerate(words):
        if word not in ("struct", "union", "enum"):
            continue
        brace = i + 1
        if brace < len(words) and re.match(r"[A-Za-z_]", words[brace]):
            brace += 1
        if brace >= len(words) or words[brace] != "{":
            continue
        if brace == i + 2:
            tags.add(words[i + 1])
        if word == "enum":
            names.update(enumerators(words[brace : close(words, brace) + 1]))


def without_braces(words):
    """What is declared, without bodies of structures and initialisers."""
    out, i = [], 0
    while i < len(words):
        if words[i] == "{":
            i = close(words, i)
        else:
            out.append(words[i])
        i += 1
    return out


def declared(words):
    """The names that a declaration of objects, functions or types declares."""
    depth, fresh = 0, True
    for i, word in enumerate(words):
        if word in "([":
            following = [w for w in words[i + 1 : i + 4] if w not in ("const", "volatile")]
            if depth == 0 and word == "(" and following[:1] == ["*"]:  # a pointer to a function, or a table of them
                yield following[1]
                fresh = False
            depth += 1
        elif word in ")]":
            depth -= 1
        elif depth == 0 and word == ",":
            fresh = True
        elif depth == 0 and word == "=":
            fresh = False
        elif depth == 0 and fresh and re.match(r"[A-Za-z_]", word) and word not in KEYWORDS:
            if i > 0 and words[i - 1] in ("struct", "union", "enum"):
                continue
            if i + 1 < len(words) and words[i + 1] in "(=[;,":
                yield word
                fresh = False


def private_names(toks):
    """Names and tags that a source file keeps to itself."""
    names, tags = set(), set()
    for declaration in declarations(toks):
        words = [toks[i][1] for i in declaration]
        if words[0] == "_Static_assert":
            continue
        head = words
        if "{" in words and is_function(words):
            head = words[: words.index("{")] + [";"]
        tags_and_enumerators(head, names, tags)
        if words[0] in ("static", "typedef"):
            names.update(declared(without_braces(head)))
    # What headers know, if only by name, has its library's prefix and is the same everywhere.
    shared = ("mom_", "MOM_")
    names = {n for n in names if not n.startswith(shared)}
    tags = {n for n in tags if not n.startswith(shared)}
    return names, tags


def pasting(text):
    """Function-like macros that make names or texts of their arguments."""
    out = set()
    for kind, piece in tokens(text):
        match = DEFINE.match(piece) if kind == "directive" else None
        if match and match.group(2) and "#" in match.group(4):
            out.add(match.group(1))
    return out


def macro_words(text):
    """Words in the bodies of macros, without their parameters."""
    out = set()
    for kind, piece in tokens(text):
        match = DEFINE.match(piece) if kind == "directive" else None
        if match:
            formal = set(re.findall(r"\w+", match.group(3) or ""))
            out |= {word for sort, word in tokens(match.group(4)) if sort == "word"} - formal
    return out


class Renamer:
    """Gives the private names of one file its prefix."""

    def __init__(self, prefix, toks, pasters, in_macros):
        self.prefix, self.toks, self.pasters = prefix, toks, pasters
        self.names, self.tags = private_names(toks)
        self.members = self.find_members()
        # A table in a header may name what each file that uses it defines for itself: the preprocessor renames there.
        self.by_macro = sorted(self.names & in_macros)

    def find_members(self):
        """Tokens that name a member where a structure is defined."""
        order = significant(self.toks)
        words = [self.toks[i][1] for i in order]
        out = set()
        for i, word in enumerate(words):
            if word not in ("struct", "union") or "{" not in words[i + 1 : i + 3]:
                continue
            start = words.index("{", i)
            depth = 0
            for k in range(start, close(words, start)):
                depth += words[k] == "["
                depth -= words[k] == "]"
                member = depth == 0 and words[k + 1] in ";,[:)" and words[k] not in KEYWORDS
                if member and words[k - 1] not in ("struct", "union", "enum"):
                    out.add(order[k])
        return out

    def rename(self, i, before):
        word = self.toks[i][1]
        if before in (".", "->") or i in self.members:
            return word
        known = self.tags if before in ("struct", "union", "enum") else self.names
        return self.prefix + word if word in known else word

    def directive(self, text):
        """The body of a macro and of a condition is code too."""
        match = DEFINE.match(text)
        if not match:
            return text
        formal = set(re.findall(r"\w+", match.group(3) or ""))
        out, before = [], ""
        at = match.start(4)
        for kind, piece in tokens(match.group(4)):
            word = piece
            if kind == "word" and piece not in formal and before not in (".", "->", "#", "##"):
                known = self.tags if before in ("struct", "union", "enum") else self.names
                word = self.prefix + piece if piece in known else piece
            out.append(word)
            if kind not in ("space", "comment"):
                before = piece
        return text[:at] + "".join(out)

    def text(self):
        out, before, pasted = [], "", 0
        first = significant(self.toks)[0]
        for i, (kind, piece) in enumerate(self.toks):
            if i == first:
                out += ["#define %s %s%s\n" % (name, self.prefix, name) for name in self.by_macro]
            if kind == "directive":
                out.append(self.directive(piece))
                continue
            if kind in ("comment", "space"):
                out.append(piece)
                continue
            if pasted:
                pasted += piece == "("
                pasted -= piece == ")"
                pasted = 0 if pasted == 1 else pasted
            elif piece == "(" and before in self.pasters:
                pasted = 2
            out.append(piece if pasted or kind != "word" else self.rename(i, before))
            before = piece
        return "".join(out)


class Amalgamation:
    def __init__(self):
        self.done = set()  # guarded headers that are in already
        self.system = {}  # system header -> set of files that include it
        self.features = {}  # feature-test macro -> set of files

    def header(self, path, owner):
        """Text of one of our headers, with those that it includes; empty when it was there before."""
        if path in self.done:
            return ""
        text = read(path)
        guard = re.search(r"^#ifndef (\w+)\n#define \1\n", text, re.M)
        if guard:
            self.done.add(path)
            text = text[: guard.start()] + text[guard.end() :]
            text = text[: text.rindex("#endif")]
        if path.startswith(SOURCES) and guard:
            text = private_functions(text)
        return self.included(text, owner).strip("\n") + "\n"

    def locate(self, mark, name):
        path = os.path.join(PUBLIC, name) if mark == "<" else os.path.join(SOURCES, name)
        return path if os.path.exists(path) else None

    def included(self, text, owner):
        """Replace includes: ours by their text, the system's are moved to the top."""
        out, nesting = [], 0
        for kind, piece in tokens(text):
            if kind == "directive":
                piece = self.one_directive(piece, owner, nesting)
                nesting += bool(re.match(r"\s*#\s*if", piece)) - bool(re.match(r"\s*#\s*endif", piece))
            out.append(piece)
        return re.sub(r"\n{3,}", "\n\n", "".join(out))

    def one_directive(self, piece, owner, nesting):
        match = INCLUDE.match(piece)
        if match:
            path = self.locate(match.group(1), match.group(2))
            if path:
                return self.header(path, owner)
            if match.group(1) == '"':
                die("%s includes %s, which is not there" % (owner, match.group(2)))
            if nesting > 0 and owner and owner not in KEEPS_ITSELF:
                return piece
            self.system.setdefault(match.group(2), set()).add(owner)
            return ""
        match = DEFINE.match(piece)
        if match and FEATURE.match(match.group(1)):
            self.features.setdefault(match.group(1), set()).add(owner)
            return ""
        return piece

    def source(self, name, pasters, in_macros):
        text = read(os.path.join(SOURCES, name))
        toks = tokens(text)
        prefix = name[:-2] + "_"
        renamer = Renamer(prefix, toks, pasters | pasting(text), in_macros)
        body = self.included(renamer.text(), name)
        macros = [m.group(1) for m in map(DEFINE.match, (t for k, t in toks if k == "directive")) if m]
        undone = re.findall(r"^\s*#\s*undef\s+(\w+)", text, re.M)
        left = [m for m in dict.fromkeys(macros + renamer.by_macro) if m not in undone and not FEATURE.match(m)]
        body = "/* === %s %s */\n\n%s" % (name, "=" * max(3, 88 - len(name)), body.strip("\n") + "\n")
        body += "".join("#undef %s\n" % macro for macro in left)
        if name in OPTIONAL:
            body = "#ifndef %s\n%s#endif\n" % (OPTIONAL[name], body)
        return body

    def top(self):
        """Feature macros and system headers, those of optional files under their macro."""
        out = []
        for table, line in ((self.features, "#define %s"), (self.system, "#include <%s>")):
            always, when = [], {}
            for item, owners in sorted(table.items()):
                macros = {{**OPTIONAL, **KEEPS_ITSELF}.get(owner) for owner in owners}
                if None in macros:
                    always.append(line % item)
                else:
                    when.setdefault(tuple(sorted(macros)), []).append(line % item)
            for macros, lines in when.items():
                out.append("#if %s" % " || ".join("!defined(%s)" % m for m in macros))
                for text in lines:
                    name = text.split()[1]
                    out += ["#ifndef " + name, text, "#endif"] if text.startswith("#define") else [text]
                out.append("#endif")
            out += always
        return "\n".join(out) + "\n"


def private_functions(text):
    """Functions that an internal header declares are static here; objects stay external (C has no static array of unknown
    size), with a mom__ name."""
    toks = tokens(text)
    starts = set()
    for declaration in declarations(toks):
        words = [toks[i][1] for i in declaration]
        head = words[: words.index("{")] if "{" in words else words
        if words[0] in ("static", "typedef", "extern", "_Static_assert"):
            continue
        if "(" in head and any(w.startswith("mom__") for w in head):
            starts.add(declaration[0])
    return "".join(("MOM__PRIVATE " if i in starts else "") + piece for i, (_, piece) in enumerate(toks))


NOTE = """/*
 * libmomsync in one file, made by tools/amalgamate.py: do not change it, change what it is made of.
 *%s
 */
"""
C_NOTE = """
 * Compile it as C11 and put momsync.h beside it. Nothing is exported but mom_…: what files of the library share is static
 * here (MOM__PRIVATE; -DMOM__PRIVATE= makes it visible to tests).
 *
%s *
 * The bounds of compile time are at the top of momsync.h and can be set with -D, for this file and for all that
 * include momsync.h alike."""
H_NOTE = """
 * All public headers of libmomsync, in the order in which they are to be read."""


def main():
    if len(sys.argv) != 2:
        die("usage: amalgamate.py FOLDER|options")
    folder = sys.argv[1]
    if folder == "options":
        print(" ".join("-D" + macro for macro in {**OPTIONAL, **KEEPS_ITSELF}.values()))
        return
    if not os.path.isdir(SOURCES):
        die("to be started in the root of the project")
    names = sorted(n for n in os.listdir(SOURCES) if n.endswith(".c"))
    headers = [os.path.join(SOURCES, n) for n in sorted(os.listdir(SOURCES)) if n.endswith(".h")]
    headers += [os.path.join(PUBLIC, "momsync", n) for n in os.listdir(os.path.join(PUBLIC, "momsync")) if n.endswith(".h")]
    pasters = set().union(*(pasting(read(path)) for path in headers))
    in_macros = set().union(*(macro_words(read(path)) for path in headers))

    whole = Amalgamation()
    public = whole.header(os.path.join(PUBLIC, FIRST), None)
    public_system = "".join("#include <%s>\n" % name for name in sorted(whole.system))
    header = NOTE % H_NOTE + "#ifndef MOMSYNC_H\n#define MOMSYNC_H\n\n" + public_system + "\n" + public + "#endif\n"

    whole.system = {}
    body = "\n".join(whole.source(name, pasters, in_macros) for name in names)
    version = re.search(r"^VERSION := (\S+)", read("Makefile"), re.M).group(1)
    options = "".join(
        " *   -D%s leaves %s out\n" % (macro, name)
        for name, macro in sorted({**OPTIONAL, **KEEPS_ITSELF}.items())
        if name in names
    )
    source = NOTE % (C_NOTE % options)
    source += whole.top() + '#include "momsync.h"\n\n'
    source += '#ifndef MOM_VERSION_TEXT\n#define MOM_VERSION_TEXT "%s"\n#endif\n' % version
    source += "/* Some functions are called by optional files or by tests alone. */\n#ifndef MOM__PRIVATE\n"
    source += "#if defined(__GNUC__)\n#define MOM__PRIVATE static __attribute__((unused))\n#else\n"
    source += "#define MOM__PRIVATE static\n#endif\n#endif\n"
    source += "#if defined(__GNUC__)\n#pragma GCC visibility push(hidden)\n#endif\n\n"
    source += body + "\n#if defined(__GNUC__)\n#pragma GCC visibility pop\n#endif\n"

    os.makedirs(folder, exist_ok=True)
    for name, text in (("momsync.h", header), ("momsync.c", source)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(re.sub(r"[ \t]+\n", "\n", text))


main()
