#!/usr/bin/env python3
"""Checks a model exhaustively: its table is made of the code's rows and compared with them, every run of MODEL.runs is
searched completely, the rows that were reached are told, and every mutant in mutants/ has to be found.

run.py [--deep|--share] BUILD NAME HEADER ROWS     e.g. build/model handoff handoff.h handoff_rows.h
    --share: the comparison, the runs that are named so and two mutants; which rows they reach is not judged.
    CC, JOBS (verifiers at a time, 2), MEMORY (MB for each) come from the environment.
"""
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CODE = "libmomsync"
CC = os.environ.get("CC") or "cc"
FAST_CC = shutil.which("clang") or CC.split()[0]  # for programs that run for less than a second
JOBS = int(os.environ.get("JOBS") or 2)
DEEP = "--deep" in sys.argv
SHARE = "--share" in sys.argv
MEMORY = int(os.environ.get("MEMORY") or (8000 if DEEP else 1800))
DEPTH = 1000000  # more than any run needs: a search that was cut off is no proof, and is refused


def call(command, cwd=None):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def must(command, cwd=None):
    done = call(command, cwd)
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def number(pattern, text):
    found = re.search(pattern, text, re.M)
    return int(float(found[1])) if found else 0


def prepare(folder, name, header, rows):
    """A folder with the model and its table, ready for spin."""
    os.makedirs(folder, exist_ok=True)
    for file in (f"{name}.pml", "reached.h"):
        shutil.copy(f"{HERE}/{file}", folder)
    return call([sys.executable, f"{HERE}/rows.py", name, f"{CODE}/{header}", rows, f"{HERE}/{name}.pml", folder])


class Search:
    """One run of the verifier: assertions, states that are stuck, and cycles in which nothing comes to rest."""

    def __init__(self, folder, name, bounds, small=False):
        self.folder, self.name, self.bounds, self.small = folder, name, bounds, small

    def run(self):
        must(["spin", "-a", *("-D" + b for b in self.bounds), f"{self.name}.pml"], self.folder)
        # What a small run costs is its compilation. COLLAPSE is slower, in less memory.
        how = [FAST_CC, "-O0"] if self.small else [*CC.split(), "-O1", "-DCOLLAPSE"] if DEEP else [*CC.split(), "-Og"]
        must([*how, "-w", "-DNP", "-DNOREDUCE", "-DVECTORSZ=2048", f"-DMEMLIM={MEMORY}", "-o", "pan", "pan.c"], self.folder)
        with open(f"{self.folder}/pan.out", "w") as f:
            verifier = subprocess.Popen(["./pan", "-l", f"-m{DEPTH}", *(["-w18"] if self.small else [])], cwd=self.folder, stdout=f, stderr=f)
            used = os.wait4(verifier.pid, 0)[2]
        self.seconds = used.ru_utime + used.ru_stime
        with open(f"{self.folder}/pan.out") as f:
            out = f.read()
        self.states = number(r"^ *([\d.e+]+) states, stored", out)
        self.transitions = number(r"^ *([\d.e+]+) transitions", out)
        self.depth = number(r"depth reached (\d+)", out)
        self.errors = number(r"errors: (\d+)", out)
        self.megabytes = number(r"^ *([\d.]+)\s+total actual memory", out)
        self.reached = {int(n): int(times) for n, times in re.findall(r"^reached (\d+) (\d+)$", out, re.M)}
        found = re.search(r"^pan:\d+: (.*?)(?: \(at depth.*)?$", out, re.M)
        self.found = found[1] if found else ""
        incomplete = re.search(r"max search depth too small|reached -DMEMLIM|out of memory|Search not completed", out)
        self.complete = self.states > 0 and not incomplete and not self.errors
        return self


def table(folder):
    """The rows by number, as words."""
    with open(f"{folder}/words.txt") as f:
        return {int(n): row.split() for n, row in re.findall(r"^row (\d+) (.*)$", f.read(), re.M)}


def search_all(base, name):
    with open(f"{HERE}/{name}.runs") as f:
        wanted = [line.split() for line in f if line.strip() and line[0] != "#"]
    searches = []
    for depth, title, *bounds in wanted:
        if depth == ("deep" if DEEP else "share" if SHARE else "usual"):
            folder = f"{base}/{title}"
            shutil.copytree(f"{base}/table", folder, dirs_exist_ok=True)
            searches.append((title, Search(folder, name, bounds, small=SHARE)))
    good = True
    print(f"{'run':11} {'states':>9} {'transitions':>12} {'depth':>7} {'MB':>5} {'CPU s':>6}  bounds", flush=True)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for (title, _), s in zip(searches, pool.map(lambda pair: pair[1].run(), searches)):
            print(f"{title:11} {s.states:9} {s.transitions:12} {s.depth:7} {s.megabytes:5} {s.seconds:6.0f}  "
                  f"{' '.join(s.bounds)}", flush=True)
            if not s.complete:
                good = False
                print(f"  FAILED: {s.found or 'the search was not complete, see ' + s.folder + '/pan.out'}")
                print(f"  in words: {HERE}/trace.py {s.folder} {name} {' '.join('-D' + b for b in s.bounds)}")
    total = [s for _, s in searches]
    print(f"{name}: {sum(s.states for s in total)} states, {sum(s.transitions for s in total)} transitions, every one")
    return good, total


def tell_reached(base, name, searches):
    """Every row is reached by a run, or somebody wrote down why it is not."""
    rows = table(f"{base}/table")
    with open(f"{HERE}/{name}.unreached") as f:
        text = re.sub(r"^#.*$", "", f.read(), flags=re.M)
    reasons = [(k.split(), why.strip()) for k, why in re.findall(r"^([^:\n]+):(.*)$", text, re.M)]
    reached = {n for s in searches for n in s.reached if n}
    good, explained = True, [0] * len(reasons)
    print(f"{name}: {len(reached)} of {len(rows)} rows reached"
          f", {sum(s.reached.get(0, 0) for s in searches)} times an event had no row")
    for n, row in rows.items():
        fits = [i for i, (key, _) in enumerate(reasons)
                if len(key) == 3 and all(k in ("*", word) for k, word in zip(key, row))]
        if fits:
            explained[fits[0]] += n not in reached
        good &= bool(fits) != (n in reached)
        if not fits and n not in reached:
            print(f"  not reached: {' '.join(row)}: WHY IS NOT WRITTEN DOWN in {name}.unreached")
        if fits and n in reached:
            print(f"  reached, although {name}.unreached says: {' '.join(row)}: {reasons[fits[0]][1]}")
    for (key, why), count in zip(reasons, explained):
        good &= count > 0
        print(f"  not reached: {' '.join(key)} ({count}): {why}" if count else
              f"  {name}.unreached names a row that there is not: {' '.join(key)}")
    return good


class Mutant:
    """mutants/NAME.X (known-X: no mutant but a gap of the code, which is found as long as it is there): its text (#), a sed script for the rows (rows:), bounds and switches for the model (bounds:)."""

    def __init__(self, path, base, name, header, rows):
        self.title = os.path.basename(path).split(".", 1)[1]
        with open(path) as f:
            lines = f.read().splitlines()
        self.text = " ".join(x[1:].strip() for x in lines if x[:1] == "#")
        self.sed = [x[5:].strip() for x in lines if x.startswith("rows:")]
        self.bounds = " ".join(x[7:] for x in lines if x.startswith("bounds:")).split()
        self.folder, self.name, self.header = f"{base}/mutant-{self.title}", name, header
        self.rows = f"{CODE}/{rows}"

    def run(self):
        os.makedirs(self.folder, exist_ok=True)
        rows = f"{self.folder}/rows.h"
        shutil.copy(self.rows, rows)
        for script in self.sed:
            must(["sed", "-i", "-E", script, rows])
            if call(["cmp", "-s", self.rows, rows]).returncode == 0:
                return False, f"`{script}` changes no row"
        made = prepare(self.folder, self.name, self.header, rows)
        if made.returncode:
            return False, made.stderr
        search = Search(self.folder, self.name, self.bounds, small=True).run()
        return search.errors > 0, search.found or f"NOT FOUND in {search.states} states"


def run_mutants(base, name, header, rows):
    mutants = [Mutant(p, base, name, header, rows) for p in sorted(glob.glob(f"{HERE}/mutants/{name}.*"))]
    mutants = mutants[:2] if SHARE else mutants
    found = 0
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for m, (good, what) in zip(mutants, pool.map(Mutant.run, mutants)):
            found += good
            print(f"  {'found' if good else 'MISSED'}: {m.text}\n    {what[:110]}", flush=True)
    known = sum(m.title.startswith("known-") for m in mutants)
    print(f"{name}: {found} of {len(mutants)} found: {len(mutants) - known} mutants, {known} known gaps of the code")
    return found == len(mutants) > 0


def main():
    arguments = [a for a in sys.argv[1:] if a not in ("--deep", "--share")]
    build, name, header, rows = arguments
    base = f"{build}/{name}"
    start = time.monotonic()
    shutil.rmtree(base, ignore_errors=True)
    made = prepare(f"{base}/table", name, header, f"{CODE}/{rows}")
    print(made.stdout, end="", flush=True)
    if made.returncode:
        sys.exit(made.stderr)
    print(must([f"{HERE}/compare.sh", name, header, rows, f"{base}/table"]), end="", flush=True)
    good, searches = search_all(base, name)
    good &= SHARE or tell_reached(base, name, searches)
    good &= run_mutants(base, name, header, rows)
    print(f"{name}: {'the model holds' if good else 'FAILED'}, {time.monotonic() - start:.0f} s")
    sys.exit(not good)


if __name__ == "__main__":
    main()
