#!/usr/bin/env python3
"""Makes the Promela table of a row table of libmomsync, so that the model cannot have rows of its own.

rows.py NAME HEADER ROWS MODEL OUT
    NAME    handoff: the lists of words in HEADER are MOM__HANDOFF_STATES, _EVENTS, _GUARDS, _ACTIONS
    HEADER  the header with the lists, ROWS the file of ROW(from, event, guard, action, to) lines
    MODEL   the hand-written model: it must say what every word means
    OUT     folder for words.pml, table.pml and words.txt (numbers, names and rows, for compare.py)

The C preprocessor ($CC -E) reads HEADER and ROWS, as the compiler does. A word without a meaning in MODEL is an
error that names it: a guard needs GUARD_word, an action action_word, an event has to be raised (E_word) or to be listed
as `not modelled: word` in the comments of the model.
"""
import os
import re
import subprocess
import sys

KINDS = ("STATE", "EVENT", "GUARD", "ACTION")


def fail(text):
    sys.exit(f"rows.py: {text}")


def preprocess(name, header, rows):
    lists = "\n".join(
        f"#define W_{k}(id, ...) @{k} id @\nMOM__{name.upper()}_{k}S(W_{k})" for k in KINDS)
    source = f'''#include "{os.path.abspath(header)}"
@BEGIN @
{lists}
#undef ROW
#define ROW(from, event, guard, action, to) @ROW from event guard action to @
#include "{os.path.abspath(rows)}"
'''
    command = [*os.environ.get("CC", "cc").split(), "-E", "-P", "-Iinclude", "-I" + os.path.dirname(header), "-xc", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True)
    if done.returncode:
        fail(f"{rows} cannot be read:\n{done.stderr}")
    return done.stdout.split("@BEGIN @", 1)[1]


def read(name, header, rows):
    words, table = {k: [] for k in KINDS}, []
    for entry in re.findall(r"@([A-Z]+) ([^@]*)@", preprocess(name, header, rows)):
        parts = entry[1].split()
        if entry[0] == "ROW":
            table.append(parts)
        else:
            words[entry[0]].append(parts[0])
    for k in KINDS:
        if not words[k]:
            fail(f"MOM__{name.upper()}_{k}S of {header} has no words")
    if not table:
        fail(f"{rows} has no rows")
    return words, table


def check_words(words, table, rows, model):
    text = open(model).read()
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    absent = re.findall(r"not modelled: (\w+)", text)
    wrong = []
    for number, row in enumerate(table, 1):
        for word, kind in zip(row, ("STATE", "EVENT", "GUARD", "ACTION", "STATE")):
            if word not in words[kind]:
                wrong.append(f"row {number} of {rows}: {word} is not among the {kind.lower()}s")
    for k, form, cure in (
            ("GUARD", r"#define GUARD_%s\b", "guard %s has no meaning: define GUARD_%s"),
            ("ACTION", r"\binline action_%s\(", "action %s has no meaning: write inline action_%s()"),
            ("EVENT", r"\bE_%s\b", "event %s never happens: raise E_%s, or say `not modelled: %s` and why")):
        for word in words[k]:
            if not re.search(form % word, code) and word not in absent:
                wrong.append(f"{model}: " + cure.replace("%s", word))
    if wrong:
        fail("the model lacks something:\n  " + "\n  ".join(wrong))


def rows_of(table, state, event):
    return [(n, row) for n, row in enumerate(table, 1) if row[0] == state and row[1] == event]


def find_inline(name, words, table):
    """The first row whose state and event match and whose guard holds; row 0: none does."""
    lines = [f"inline {name}_find()", "{", "    if"]
    for state in words["STATE"]:
        for event in words["EVENT"]:
            found = rows_of(table, state, event)
            if not found:
                continue
            lines.append(f"    :: st == S_{state} && ev == E_{event} ->")
            for depth, (n, row) in enumerate(found):
                pad = "    " * (depth + 2)
                lines.append(f"{pad}if")
                lines.append(f"{pad}:: (GUARD_{row[2]}) -> row = {n}; action = ACT_{row[3]}; next = S_{row[4]}")
                lines.append(f"{pad}:: else ->" if depth + 1 < len(found) else f"{pad}:: else -> row = 0")
            lines += ["    " * (depth + 2) + "fi" for depth in reversed(range(len(found)))]
    return lines + ["    :: else -> row = 0", "    fi", "}"]


def act_inline(name, words, table):
    lines = [f"inline {name}_act()", "{", "    if"]
    used = [a for a in words["ACTION"] if any(row[3] == a for row in table)]
    lines += [f"    :: action == ACT_{a} -> action_{a}()" for a in used]
    return lines + ["    fi", "}"]


def write(name, words, table, out):
    lines = [f"/* Made by rows.py of the rows of the {name}: not to be changed by hand. */"]
    # Event 0 is none; the other words count from 0 in the order of their list, states as in the store.
    for k, prefix, first in zip(KINDS, ("S", "E", "G", "ACT"), (0, 1, 0, 0)):
        lines += [f"#define {prefix}_{w} {i}" for i, w in enumerate(words[k], first)]
    with open(os.path.join(out, "words.pml"), "w") as f:
        f.write("\n".join(lines) + "\n")
    guards = lines[:1] + [f"#define {k}S {len(words[k])}" for k in KINDS] + [f"#define TABLE_find {name}_find"]
    guards += [f"#define GUARD_{g} (all || {i} == 0 || first == {i} || second == {i})"
               for i, g in enumerate(words["GUARD"])]
    with open(os.path.join(out, "guards.pml"), "w") as f:
        f.write("\n".join(guards) + "\n")
    lines = lines[:1] + find_inline(name, words, table) + act_inline(name, words, table)
    with open(os.path.join(out, "table.pml"), "w") as f:
        f.write("\n".join(lines) + "\n")
    with open(os.path.join(out, "words.txt"), "w") as f:
        for k in KINDS:
            f.writelines(f"{k.lower()} {i} {w}\n" for i, w in enumerate(words[k]))
        f.writelines(f"row {n} {' '.join(row)}\n" for n, row in enumerate(table, 1))


def main():
    if len(sys.argv) != 6:
        fail("NAME HEADER ROWS MODEL OUT")
    name, header, rows, model, out = sys.argv[1:]
    words, table = read(name, header, rows)
    check_words(words, table, rows, model)
    write(name, words, table, out)
    print(f"{name}: {len(words['STATE'])} states, {len(words['EVENT'])} events, {len(words['GUARD'])} guards, "
          f"{len(words['ACTION'])} actions, {len(table)} rows")


if __name__ == "__main__":
    main()
