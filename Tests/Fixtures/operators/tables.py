#!/usr/bin/env python3
"""Writes the tables of the data generator as Swift source (needs mpmath).

    python3 tables.py [DIRECTORY]      default: Sources/Operators of this checkout

Every entry is the double nearest to the true value, so the file is the same on every machine.

NormalTable: 24 octaves of 65 entries. Entry 65*k + j is the standard normal quantile |z| of the
tail probability p = 2^-(k+2) * (1 + j/64), k = 0..23, j = 0..64.
SineTable: entry i is sin(pi/2 * i/512), i = 0..512.
"""
import pathlib
import struct
import sys

import mpmath

mpmath.mp.prec = 200
OCTAVES, CELLS, SINE_CELLS = 24, 64, 512


def normal_table():
    table = []
    for octave in range(OCTAVES):
        for cell in range(CELLS + 1):
            p = mpmath.mpf(CELLS + cell) / (CELLS * 2 ** (octave + 2))
            table.append(float(mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * p)))
    return table


def sine_table():
    return [float(mpmath.sin(mpmath.pi / 2 * i / SINE_CELLS)) for i in range(SINE_CELLS + 1)]


def swift(name, summary, values):
    bits = [struct.unpack("<Q", struct.pack("<d", value))[0] for value in values]
    lines = ["// Written by Tests/Fixtures/operators/tables.py; do not edit.", "",
             f"/// {summary}", f"let {name}: [UInt64] = ["]
    for start in range(0, len(bits), 4):
        lines.append("    " + " ".join(f"0x{b:016x}," for b in bits[start:start + 4]))
    return "\n".join(lines + ["]", ""])


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve()
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here.parents[3] / "Sources/Operators"
    (target / "NormalTable.swift").write_text(swift(
        "normalTableBits", "Bit patterns of normal quantiles: 24 octaves of the tail, 65 entries each.",
        normal_table()))
    (target / "SineTable.swift").write_text(swift(
        "sineTableBits", "Bit patterns of sin(π/2 · i/512) for i from 0 to 512.", sine_table()))
