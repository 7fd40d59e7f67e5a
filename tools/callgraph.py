#!/usr/bin/env python3
"""The stack that chains of calls need, from gcc's -fcallgraph-info=su.

    callgraph.py FILE.ci over BYTES       functions with a larger frame: "function bytes"
    callgraph.py FILE.ci chain FUNCTION…  the chain below each that needs most: "function bytes chain"

Of calls through pointers, two are followed: a step takes inputs (mom__on_…), a scan visits rows (…_visit_…). Those to a store
and to the hooks of the host are not. Functions that call each other in a circle count once each.
"""
import re
import sys

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
THROUGH_POINTERS = (("mom_engine_step", r"mom__on_"), ("mom__scan", r"\w+_visit_"))
FRAME = re.compile(r"\\n(\d+) bytes \((\w+)")


def load(path):
    frames, calls = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            node, edge = NODE.match(line), EDGE.match(line)
            if node:
                frame = FRAME.search(node.group(2))
                frames[node.group(1)] = int(frame.group(1)) if frame else 0
            elif edge:
                calls.setdefault(edge.group(1), set()).add(edge.group(2))
    for caller, callee in THROUGH_POINTERS:
        targets = [title for title in frames if re.match(callee, plain(title))]
        for title in frames:
            if plain(title) == caller:
                calls.setdefault(title, set()).update(targets)
    return frames, calls


def plain(title):
    """momsync.c:merge_decide.isra.0 -> merge_decide"""
    return title.rsplit(":", 1)[-1].split(".")[0]


def deepest(frames, calls):
    known = {}

    def visit(function, above):
        if function in above:
            return 0, ()
        if function in known:
            return known[function]
        below = [visit(callee, above | {function}) for callee in sorted(calls.get(function, ()))]
        size, chain = max(below, default=(0, ()))
        known[function] = frames.get(function, 0) + size, (function,) + chain
        return known[function]

    return lambda function: visit(function, frozenset())


def main():
    frames, calls = load(sys.argv[1])
    if sys.argv[2] == "over":
        for function, size in sorted(frames.items(), key=lambda item: -item[1]):
            if size > int(sys.argv[3]):
                print(plain(function), size)
        return
    visit = deepest(frames, calls)
    for wanted in sys.argv[3:]:
        titles = [title for title in frames if plain(title) == wanted]
        if not titles:
            sys.exit("callgraph: there is no function " + wanted)
        size, chain = max(map(visit, titles))
        print(wanted, size, " > ".join(plain(title) for title in chain if frames.get(title)))


main()
