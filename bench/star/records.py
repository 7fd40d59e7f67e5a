#!/usr/bin/env python3
"""The records of an OMM, as axicat printed them (--json --all GetPPUser, then GetPPDev), in the form that another system loads.

    records.py FORM USERS DEVICES [COUNT]    all of them, or the first COUNT
        ldif      an entry for a user and its phone, without empty values, which LDAP does not have
        schema    the LDAP attributes for that
        redis     a hash for a user and its phone, as commands for redis-cli --pipe
        size      bytes of a pair as text: names and values
    records.py ldif-changes|redis-changes|names FIRST COUNT STAMP    COUNT users change: a new name each, and a time stamp

User attributes are u-NAME, those of a phone p-NAME.
"""
import base64
import itertools
import json
import random
import sys

OID = "1.3.6.1.4.1.32473.1"  # for documentation (RFC 5612)


def elements(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            for child in json.loads(line).get("children", []):
                yield child["attributes"]


def text(value):
    return {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)


def pairs(users, devices):
    phones = {d["ppn"]: d for d in elements(devices)}
    for number, user in enumerate(elements(users), 1):
        pair = {"u-" + k: text(v) for k, v in user.items()}
        pair.update(("p-" + k, text(v)) for k, v in phones[user["ppn"]].items())
        yield number, pair


def ldif(records):
    yield "dn: o=star\nobjectClass: organization\no: star\n\n"
    for number, pair in records:
        lines = ["dn: n=%d,o=star" % number, "objectClass: pair", "n: %d" % number]
        for name, value in pair.items():
            if value.isascii() and value.isprintable() and value[:1] not in ("", " ", ":", "<"):
                lines.append("%s: %s" % (name, value))
            elif value:
                lines.append("%s:: %s" % (name, base64.b64encode(value.encode()).decode()))
        yield "\n".join(lines) + "\n\n"


def schema(records):
    names = sorted({name for _, pair in records for name in pair})
    string = "EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE"
    for number, name in enumerate(["n"] + names, 1):
        yield "attributetype ( %s.%d NAME '%s' %s )\n" % (OID, number, name, string)
    yield "objectclass ( %s.0 NAME 'pair' SUP top STRUCTURAL MUST n MAY ( %s ) )\n" % (OID, " $ ".join(names))


def command(*words):
    words = [w.encode() for w in words]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)


def redis(records):
    for number, pair in records:
        yield command("HSET", "n=%d" % number, *(word for item in pair.items() for word in item))


def size(records):
    total = [sum(len(k) - 2 + len(v.encode()) + 4 for k, v in pair.items()) for _, pair in records]
    yield "%d\n" % (sum(total) // len(total))


def new_names(numbers, stamp):
    """Names that nothing can guess, the same for the same stamp."""
    chance = random.Random(stamp)
    return [(n, "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=14)).capitalize()) for n in numbers]


def names(numbers, stamp):
    for number, name in new_names(numbers, stamp):
        yield "%d %s\n" % (number, name)


def ldif_changes(numbers, stamp):
    for number, name in new_names(numbers, stamp):
        yield (
            "dn: n=%d,o=star\nchangetype: modify\nreplace: u-name\nu-name: %s\n-\n"
            "replace: u-timeStamp\nu-timeStamp: %d\n-\n\n" % (number, name, stamp)
        )


def redis_changes(numbers, stamp):
    for number, name in new_names(numbers, stamp):
        yield command("HSET", "n=%d" % number, "u-name", name, "u-timeStamp", str(stamp))


FORMS = {"ldif": ldif, "schema": schema, "redis": redis, "size": size}
CHANGES = {"ldif-changes": ldif_changes, "redis-changes": redis_changes, "names": names}

if sys.argv[1] in FORMS:
    count = int(sys.argv[4]) if len(sys.argv) > 4 else None
    made = FORMS[sys.argv[1]](itertools.islice(pairs(sys.argv[2], sys.argv[3]), count))
else:
    first, count, stamp = map(int, sys.argv[2:5])
    made = CHANGES[sys.argv[1]](range(first, first + count), stamp)
for piece in made:
    sys.stdout.buffer.write(piece if isinstance(piece, bytes) else piece.encode())
