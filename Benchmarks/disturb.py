#!/usr/bin/env python3
"""Whether a deliberate disturbance is named: no result stays VALID without a flag that says so.

Runs one case while a neighbour is busy on another core or on the same core, while memory is
hogged, and while the measuring process is stopped now and then; and undisturbed, where none of
these flags may come in most runs. Needs the programs (`make build`) and two cores."""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from common import ROOT, show_row

ASSAY = ROOT / ".build" / "release" / "assay"
WIDTHS = (34, 8, 46, 10)
# What names a disturbance. An outlier alone names nothing.
NAMES = {"preempted", "highLoad", "pressure", "stopped", "hostSpeedChanged", "hostSpeedUnsteady",
         "steal", "stealNoted"}
SPIN = "while True: pass"
HOG = ("import mmap\nm = mmap.mmap(-1, 512 << 20)\nblock = b'x' * (1 << 20)\n"
       "while True:\n for at in range(0, 512 << 20, 1 << 20): m[at:at + (1 << 20)] = block\n")


def pinned(cpu, text):
    return subprocess.Popen(["taskset", "-c", str(cpu), sys.executable, "-c", text])


class Stopper(threading.Thread):
    """Stops every assay-worker that measures for 0.3 s, twice a second."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(0.2):
            workers = subprocess.run(["pgrep", "assay-worker"], capture_output=True, text=True)
            for pid in map(int, workers.stdout.split()):
                try:
                    os.kill(pid, signal.SIGSTOP)
                    time.sleep(0.3)
                    os.kill(pid, signal.SIGCONT)
                except ProcessLookupError:
                    pass

    def end(self):
        self.ended.set()
        self.join()


def flags(results, cpu):
    """The ids of all flags of the case's headline, and whether it is VALID."""
    command = [str(ASSAY), "run", "op/matmul", "--set", "types=f32", "--set", "size=s512",
               "--set", "cache=hot", "--backend", "cpu-simd", "--profile", "trend", "--cpus",
               str(cpu), "--json", "--results", results]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    shutil.rmtree(results, ignore_errors=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    point = json.loads(done.stdout)["points"][0]
    metric = next(m for m in point["metrics"] if m["name"] == "time")
    return {flag["id"] for flag in point["flags"] + metric["flags"]}, metric["status"] == "valid"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        sys.exit("this needs two cores")
    own, other = cpus[0], cpus[1]
    results = tempfile.mkdtemp(prefix="assay-benchmark-")
    cases = [
        ("nothing", lambda: []),
        ("a busy neighbour on another core", lambda: [pinned(other, SPIN)]),
        ("a busy neighbour on the same core", lambda: [pinned(own, SPIN)]),
        ("a memory hog on another core", lambda: [pinned(other, HOG)]),
        ("the process is stopped", lambda: [Stopper()]),
    ]
    show_row(("disturbance", "named", "flags seen", ""), WIDTHS)
    failed = False
    for name, begin in cases:
        named, seen, silent = 0, set(), 0
        for _ in range(options.runs):
            disturbers = begin()
            for disturber in disturbers:
                if isinstance(disturber, Stopper):
                    disturber.start()
            time.sleep(0.3 if disturbers else 0)
            found, is_valid = flags(results, own)
            for disturber in disturbers:
                if isinstance(disturber, Stopper):
                    disturber.end()
                else:
                    disturber.kill()
                    disturber.wait()
            seen |= found & NAMES
            named += bool(found & NAMES)
            silent += is_valid and not found & NAMES
        holds = silent == 0 if name != "nothing" else True
        failed |= not holds
        show_row((name, f"{named}/{options.runs}", " ".join(sorted(seen)) or "-",
                  "" if name == "nothing" else "holds" if holds else "NOT NAMED"), WIDTHS)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
