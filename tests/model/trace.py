#!/usr/bin/env python3
"""Tells a trail of the verifier in words: trace.py FOLDER (with MODEL.pml, its trail and words.txt)."""
import re
import subprocess
import sys


def names(source, prefix):
    return {int(n): w for w, n in re.findall(rf"#define {prefix}_(\w+) (\d+)", source)}


def main():
    folder, model, *options = sys.argv[1:]
    source = open(f"{folder}/{model}.pml").read()
    whats = {**names(source, "I"), **names(source, "A")}
    commands = names(source, "C")
    rows = {int(n): r for n, r in re.findall(r"^row (\d+) (.*)$", open(f"{folder}/words.txt").read(), re.M)}
    events = dict(enumerate(re.findall(r"^event \d+ (\w+)$", open(f"{folder}/words.txt").read(), re.M), 1))
    done = subprocess.run(["spin", "-t", "-T", "-g", *options, f"{model}.pml"], cwd=folder, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        words = line.split()
        if words[:1] != ["trace"]:
            if "assert" in line or "<<<<<START OF CYCLE>>>>>" in line:
                print(line.strip())
            continue
        kind, values = words[1], [int(v) for v in words[2:]]
        if kind == "what" and values[0] >= 8:
            print(f"site {values[1]}: {whats[values[0]]} (phone at {values[2]}, time {values[3]})")
        elif kind == "what":
            print(f"site {values[1]} says", end=" ")
        elif kind == "answer":
            print(f"{whats[values[0]]} of time {values[1]}")
        elif kind == "obey":
            print(f"    obeys {commands[values[0]]}")
        elif kind == "tell":
            print(f"    site {values[1]} is told {commands[values[0]]}")
        elif kind == "row":
            print(f"    row {values[0]}: {rows.get(values[0], events[values[1]] + ' means nothing')}")
    print(re.sub(r"\n\t\t", "\n  ", done.stdout[done.stdout.find("\t\tqueue"):]) if "-v" in options else "", end="")


if __name__ == "__main__":
    main()
