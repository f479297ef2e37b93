#!/usr/bin/env python3
"""A backend that is slower by exactly 5 %, as the product judges it: SLOWER, or why not.

Needs the programs (`make build`) and clang. Ten sessions of profile standard take 15 to 60 minutes.
Sessions that the product calls disturbed must end INCONCLUSIVE; the others SLOWER."""

import sys

from aa import extras, options, session, show, show_row, WIDTHS
from common import BUILD, HERE, plugin

STEPS = 20_000
FOLDER = BUILD / "slowed"


def build():
    """The plug-in at its pace, and the same with 5 % more steps; returns the first's manifest."""
    source = HERE / "slowed.c"
    paced = plugin(FOLDER, "paced", source, f"-DSTEPS={STEPS}")
    plugin(FOLDER, "paced-slower", source, f"-DSTEPS={STEPS * 105 // 100}")
    return paced


def main():
    parser = options(__doc__, 10)
    parser.add_argument("--profile", default="standard")
    chosen = parser.parse_args()
    manifest = build()
    arguments = ["launch/empty", "--set", "timing=batch", "--backend", "paced-slower",
                 "--against", str(manifest), "--plugin-path", str(FOLDER),
                 "--profile", chosen.profile, "--threads", str(chosen.threads)]
    print(f"{chosen.sessions} sessions of a busy loop with 5 % more steps against the shorter one")
    show_row(("", "ratio", "95 % interval", "verdict", "why"), WIDTHS)
    clean = found = contained = unexplained = 0
    for number in range(1, chosen.sessions + 1):
        row = session(arguments, extras(chosen), "time", chosen.keep)[0]
        show(number, row)
        if row["verdict"] == "inconclusive":
            unexplained += not row["reasons"]
            # A wide interval of a clean session is a session in which the difference was missed.
            if not any("disturbed" in why or "vary by" in why for why in row["reasons"]):
                clean += 1
            continue
        clean += 1
        found += row["verdict"] == "slower"
        interval = row["ratio"]["interval"]
        contained += interval["low"] <= 1.05 <= interval["high"]
    print(f"{clean} clean sessions: SLOWER in {found}, 5 % inside {contained} intervals; "
          f"{chosen.sessions - clean} disturbed ones")
    holds = found == clean and contained >= 0.8 * clean and not unexplained
    word = "holds" if holds else "BROKEN"
    print(word if clean else "not shown: no session was clean")
    return 0 if holds and clean else 1


if __name__ == "__main__":
    sys.exit(main())
