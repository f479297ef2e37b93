"""Writes fixed.tsv and functions.tsv: expected values from Python's own formatting and math."""
import math
import random
import struct

random.seed(20251121)


def bits(value):
    return struct.pack(">d", value).hex()


with open("fixed.tsv", "w") as out:
    values = [0.0, -0.0, 0.5, 1.5, 2.5, 0.125, 0.375, 2.675, 1.005, 0.675, 999.9995, 99.995, 9.5,
              -0.004, -1.5, 1e-7, 123456789.987654321, 1e14 + 0.5, 0.1, 0.3, 1 / 3]
    values += [random.uniform(-1000, 1000) for _ in range(200)]
    values += [random.randrange(0, 10**6) / 1000 for _ in range(200)]
    for value in values:
        for decimals in (0, 1, 2, 3, 6):
            text = f"{value:.{decimals}f}"
            if float(text) == 0:
                text = text.lstrip("-")
            out.write(f"{bits(value)}\t{decimals}\t{text}\n")

with open("functions.tsv", "w") as out:
    for _ in range(200):
        value = 10 ** random.uniform(-15, 18)
        out.write(f"ln\t{bits(value)}\t{bits(math.log(value))}\n")
    for _ in range(100):
        value = 10 ** random.uniform(-3, 3)
        out.write(f"atan\t{bits(value)}\t{bits(math.degrees(math.atan(value)))}\n")
