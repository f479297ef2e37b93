#!/usr/bin/env python3
"""A/A: one backend against itself, launch by launch in turn. FASTER or SLOWER is wrong each time.

Needs the programs (`make build`). Takes 10 to 25 minutes for 40 sessions. See README.md."""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

from common import ROOT, show_row

ASSAY = ROOT / ".build" / "release" / "assay"
WIDTHS = (4, 8, 22, 12, 60)


def session(arguments, compare=(), metric=None, keep=None):
    """The rows of one session of `assay run … --against …`, as `assay compare` judges them."""
    results = tempfile.mkdtemp(prefix="assay-sessions-", dir=keep)
    try:
        command = [str(ASSAY), "run", *arguments, "--results", results]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        bundles = [os.path.join(results, name) for name in os.listdir(results)]
        # The verdict's own exit codes are no failure here.
        if done.returncode not in (0, 1, 3) or len(bundles) != 1:
            sys.exit(f"{' '.join(command)} failed ({done.returncode}):\n{done.stderr}")
        command = [str(ASSAY), "compare", bundles[0], "--json", *compare]
        if metric:
            command += ["--metric", metric]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        if not done.stdout:
            sys.exit(f"{' '.join(command)} failed ({done.returncode}):\n{done.stderr}")
        return json.loads(done.stdout)["rows"]
    finally:
        if not keep:
            shutil.rmtree(results, ignore_errors=True)


def show(number, row):
    """Prints one row of a session."""
    ratio = row.get("ratio") or {}
    found = ratio.get("interval")
    span = f"[{found['low']:.4f}, {found['high']:.4f}]" if found else "–"
    value = f"{ratio['value']:.4f}" if ratio else "–"
    why = row["reasons"][0] if row["reasons"] else ""
    show_row((number, value, span, row["verdict"].upper(), why), WIDTHS)


def options(description, sessions):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--sessions", type=int, default=sessions)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--calibration", help="the machine's A/A calibration, from other data")
    parser.add_argument("--keep", help="a directory that bundles are kept in")
    return parser


def extras(chosen):
    """Options of compare that were given here."""
    return ["--calibration", chosen.calibration] if chosen.calibration else []


def main():
    parser = options(__doc__, 40)
    parser.add_argument("--backend", default="cpu-simd")
    parser.add_argument("--case", default="op/exp")
    parser.add_argument("--set", action="append", default=[], help="axis=value; repeatable")
    parser.add_argument("--profile", default="nightly")
    parser.add_argument("--metric", help="default: headlines and what is not made of them")
    chosen = parser.parse_args()
    limits = chosen.set or ["types=f32", "size=small", "cache=hot"]
    arguments = [chosen.case, "--backend", chosen.backend, "--against", chosen.backend,
                 "--profile", chosen.profile, "--threads", str(chosen.threads)]
    for limit in limits:
        arguments += ["--set", limit]
    print(f"{chosen.sessions} sessions of {chosen.case} on {chosen.backend} against itself")
    show_row(("", "ratio", "95 % interval", "verdict", "why"), WIDTHS)
    verdicts, wrong = collections.Counter(), 0
    for number in range(1, chosen.sessions + 1):
        rows = session(arguments, extras(chosen), chosen.metric, chosen.keep)
        found = {row["verdict"] for row in rows if row["metric"] == rows[0]["metric"]}
        for row in rows:
            if row["metric"] == rows[0]["metric"] or row["verdict"] not in ("same", "inconclusive"):
                show(number, row)
            verdicts[row["verdict"]] += 1
        wrong += bool(found & {"faster", "slower"})
    print("all rows: " + ", ".join(f"{count} {name.upper()}" for name, count in verdicts.items()))
    limit = max(1, chosen.sessions // 40)
    holds = wrong <= limit
    print(f"FASTER or SLOWER in {wrong} of {chosen.sessions} sessions; at most {limit}: "
          + ("holds" if holds else "BROKEN"))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
