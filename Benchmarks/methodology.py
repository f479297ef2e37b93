#!/usr/bin/env python3
"""What simulation shows of the method's statistics, beside what its design says. See README.md.

Needs the Swift toolchain. Seeded: the same figures come out every time, on a noisy machine too."""

import argparse
import concurrent.futures
import fnmatch
import math
import os
import subprocess
import sys
from decimal import Decimal, getcontext

from common import BUILD, HERE, ROOT, require, run, show_row

# How often each simulation runs: 1 means --runs, less is a share of it.
ITEMS = {
    "queues": 0.05, "stopping": 1, "warmup": 0.2, "bootstrap": 1, "pooling": 1,
    "autocorrelation": 1, "same": 1, "verdict": 1, "sessions": 1, "drift": 1, "peeking": 1}

# (section 17's item, rows, least, most, must hold). What must not hold shows other methods' errors.
EXPECTED = [
    ("1", "pooled/0.01/0.01/*", 0.44, 0.46, False),
    ("1", "pooled/0.02/0.005/*", 0.20, 0.31, False),
    ("1", "launches/*", 0.93, 0.97, True),
    ("1", "covers/*", 0.93, 0.97, True),
    ("2", "bootstrap/L=3", 0.80, 0.86, False),
    ("2", "bootstrap/L=5", 0.86, 0.88, False),
    ("2", "bootstrap/L=10", 0.90, 0.92, False),
    ("2", "bootstrap/L=20", 0.93, 0.95, False),
    ("2", "welch/normal/*", 0.93, 0.98, True),
    ("2", "welch/exponential/*", 0.93, 0.99, True),
    ("2", "welch/bimodal/*", 0.93, 0.99, True),
    ("3", "stopping/normal/*", 0.93, 0.97, True),
    ("3", "stopping/lognormal/*", 0.93, 0.97, True),
    ("3", "stopping/exponential/*", 0.90, 0.97, True),
    ("3", "exact/rho=0.5/n=30", 0.79, 0.81, False),
    ("3", "widened/*", 0.93, 0.99, True),
    ("4", "peeking/one look", 0.005, 0.012, True),
    ("4", "peeking/ten looks", 0.034, 0.040, False),
    ("4", "peeking/after each query", 0.09, 0.12, False),
    ("5", "warmup/CoV(10)/step at 40", 0.18, 0.20, False),
    ("5", "warmup/CoV(10)/decay, tau 20", 0.02, 0.04, False),
    ("5", "warmup/two windows/step at 40", -0.005, 0.005, True),
    ("5", "warmup/two windows/decay, tau 20", -0.005, 0.005, True),
    ("5", "warmup/two windows/slow trend*", 0.02, 0.025, False),
    ("6", "drift/false alarms/n=*", 0, 0.008, True),
    ("6", "drift/false alarms/rho=*", 0, 0.10, True),
    ("6", "drift/bare 2 % shift/n=30/cv=0.03", 0.18, 0.22, False),
    ("6", "drift/5 % found/n=30/cv=0.01", 0.94, 1, True),
    ("6", "drift/5 % found/n=150/cv=0.03", 0.93, 1, True),
    ("7", "power/welch 2 %/sd=0.003/L=5", 0.98, 1, True),
    ("7", "power/welch 2 %/sd=0.01/L=5", 0.25, 0.27, True),
    ("7", "power/welch 2 %/sd=0.01/L=10", 0.53, 0.55, True),
    ("7", "power/welch 2 %/sd=0.01/L=20", 0.85, 0.87, True),
    ("7", "same/welch/sd=0.01/L=5", 0.015, 0.025, True),
    ("7", "same/welch/sd=0.01/L=10", 0.16, 0.18, True),
    ("7", "same/welch/sd=0.01/L=20", 0.72, 0.74, True),
    ("7", "power/interval has 5 %/*", 0.93, 0.97, True),
    ("7", "A/A plain p<.05/*", 0.04, 0.055, False),
    ("7", "A/A welch/*", 0, 0.01, True),
    ("7", "A/A paired/*", 0, 0.01, True),
    ("§8", "sessions/launches alone/night=0.005", 0.04, 0.07, False),
    ("§8", "sessions/launches alone/night=0.01", 0.29, 0.35, False),
    ("§8", "sessions/included/*", 0, 0.01, True),
    ("§8", "sessions/covers/*", 0.93, 1, True),
    ("§1", "pilot/covers/*", 0.93, 0.97, True),
    ("10", "queues/corrected/*", 0, 0.03, True),
]
# False passes of the plain rule as designed: utilisation, service, then 2 010, 10 000, 60 000.
PLAIN = {
    "det0.3": (0.07, 0.06, 0.08), "det0.5": (0.20, 0.16, 0.14), "det0.8": (0.52, 0.40, 0.31),
    "det0.9": (0.75, 0.58, 0.46), "exp0.3": (0.12, 0.12, 0.11), "exp0.5": (0.23, 0.22, 0.19),
    "exp0.8": (0.61, 0.47, 0.39), "exp0.9": (0.84, 0.65, 0.48)}
WIDTHS = (4, 42, 9, 19, 15, 9)


def build():
    """Compiles simulations and statistics together; returns the program's path."""
    require("swiftc")
    BUILD.mkdir(parents=True, exist_ok=True)
    program = BUILD / "simulations"
    sources = sorted((HERE / "simulations").glob("*.swift"))
    sources += sorted((ROOT / "Sources" / "Statistics").glob("*.swift"))
    newest = max(source.stat().st_mtime for source in sources)
    if not program.exists() or program.stat().st_mtime < newest:
        features = []
        for feature in ("ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"):
            features += ["-enable-upcoming-feature", feature]
        run("swiftc", "-O", "-wmo", "-parse-as-library", "-swift-version", "6", *features,
            "-package-name", "assay", "-module-name", "Simulations", *sources, "-o", program)
    return program


def true_p99(utilisation, is_constant):
    """The p99 of the time in a queue of one server with mean service time 1, exactly."""
    if not is_constant:
        return math.log(100) / (1 - utilisation)
    # Crommelin's alternating sum needs many digits where the queue is long.
    getcontext().prec = 120
    load = Decimal(str(utilisation))

    def shorter(wait):
        total, factorial = Decimal(0), Decimal(1)
        for k in range(int(wait) + 1):
            factorial *= k if k else 1
            rest = load * (wait - k)
            total += (-rest) ** k / factorial * rest.exp() if k else rest.exp()
        return (1 - load) * total

    low, high = Decimal(0), Decimal(200)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if shorter(middle) < Decimal("0.99") else (low, middle)
    return float(low) + 1


def simulate(program, item, runs, seed):
    """(name, value, runs) of each figure of an item."""
    extra = []
    if item == "queues":
        for name in PLAIN:
            extra.append(f"{name}={true_p99(float(name[3:]), name.startswith('det'))}")
    command = [program, item, str(runs), str(seed), *extra]
    text = subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True).stdout
    figures = []
    for line in text.splitlines():
        name, value, count = line.split("\t")
        figures.append((name, float(value), int(count)))
    return figures


def expectation(name):
    """(item, least, most, must hold) of a figure; None where the design says nothing."""
    for item, pattern, least, most, must in EXPECTED:
        if fnmatch.fnmatchcase(name, pattern):
            return item, least, most, must
    if name.startswith("queues/plain/"):
        _, _, queue, count = name.split("/")
        designed = PLAIN[queue][("n=2010", "n=10000", "n=60000").index(count)]
        # The design's own figures are of 500 runs.
        error = 2.6 * math.sqrt(designed * (1 - designed) / 500)
        return "10", designed - error, designed + error, False
    return None


def binomial(value, runs):
    """Wilson's 95 % interval of a share."""
    z = 1.96
    centre = (value + z * z / (2 * runs)) / (1 + z * z / runs)
    half = z / (1 + z * z / runs) * math.sqrt(
        value * (1 - value) / runs + z * z / (4 * runs * runs))
    return max(0, centre - half), min(1, centre + half)


def text(value):
    return f"{100 * value:.2f} %"


def judge(value, runs, least, most):
    """Whether a figure agrees: chance may carry a share over a bound, but not far."""
    if not runs:
        return least <= value <= most

    def room(bound):
        bound = min(max(bound, 0.5 / runs), 1 - 0.5 / runs)
        return 2.6 * math.sqrt(bound * (1 - bound) / runs)
    return least - room(least) <= value <= most + room(most)


def show(figure):
    """Prints a row; returns whether what must hold does."""
    name, value, runs = figure
    expected = expectation(name)
    share = text(value) if abs(value) < 1.5 else f"{value:.2f}"
    low_high = binomial(value, runs) if runs else None
    error = f"[{100 * low_high[0]:.2f}, {100 * low_high[1]:.2f}]" if low_high else ""
    if not expected:
        show_row(("", name, share, error, "", ""), WIDTHS)
        return True
    item, least, most, must = expected
    agrees = judge(value, runs, least, most)
    word = ("holds" if agrees else "BROKEN") if must else ("as said" if agrees else "differs")
    show_row(
        (item, name, share, error, f"{100 * least:.1f} to {100 * most:.1f} %", word), WIDTHS)
    return agrees or not must


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000, help="simulated sessions for a row")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--items", default=",".join(ITEMS), help="some of: " + ", ".join(ITEMS))
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--quick", action="store_true", help="few runs: does it run?")
    options = parser.parse_args()
    if options.quick:
        options.runs = 200
    program = build()
    items = options.items.split(",")
    print("Shares of simulated sessions with their 95 % binomial interval, beside the design's. Rows"
          "\nthat must hold are the product's; the others show what other methods get wrong.")
    show_row(("item", "what", "found", "95 % interval", "designed", ""), WIDTHS)
    good = True
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [
            pool.submit(simulate, program, item,
                        max(20, int(options.runs * ITEMS[item])), options.seed)
            for item in items]
        for job in jobs:
            for figure in job.result():
                good = show(figure) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
