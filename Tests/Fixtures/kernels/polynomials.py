#!/usr/bin/env python3
"""Writes vendors/cpu-simd/Kernels/templates/polynomials.h: near-minimax coefficients (mpmath).

    python3 Tests/Fixtures/kernels/polynomials.py > \\
        vendors/cpu-simd/Kernels/templates/polynomials.h"""

from mpmath import atanh, chebyfit, cos, erf, erfc, exp, log, mp, mpf, pi, sin, sqrt

mp.prec = 240
TINY = mpf(10) ** -25


def at_zero(limit, function):
    """The function, with its limit where it would divide by zero."""
    return lambda x: limit if abs(x) < TINY else function(x)


HALF_LN2 = log(mpf(2)) / 2
# Powers of two between 1 and 2 in f32 and f64: as many as a 512-bit register holds.
STEPS = (16, 8)
# name, comment, function, low, high, terms in f32, terms in f64
FITS = (
    ("exp_terms", "(exp(r) - 1 - r) / r^2, |r| <= ln(2)/2",
     at_zero(mpf(1) / 2, lambda r: (exp(r) - 1 - r) / r ** 2), -HALF_LN2, HALF_LN2, 5, 10),
    ("step_terms", "the same, |r| <= ln(2)/32 in f32 and ln(2)/16 in f64",
     at_zero(mpf(1) / 2, lambda r: (exp(r) - 1 - r) / r ** 2), None, None, 2, 6),
    ("log_terms", "(2 atanh(s) / s - 2) / s^2 in s^2, |s| <= 3 - sqrt(8)",
     at_zero(mpf(2) / 3, lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z), mpf(0),
     (3 - sqrt(mpf(8))) ** 2, 3, 7),
    ("sine_terms", "(sin(r) - r) / r^3 in r^2, |r| <= pi/4",
     at_zero(-mpf(1) / 6, lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z), mpf(0), (pi / 4) ** 2,
     4, 6),
    ("cosine_terms", "(cos(r) - 1 + r^2/2) / r^4 in r^2, |r| <= pi/4",
     at_zero(mpf(1) / 24, lambda z: (cos(sqrt(z)) - 1 + z / 2) / z ** 2), mpf(0),
     (pi / 4) ** 2, 3, 6),
    ("erf_terms", "erf(t) / t in t^2, t <= 1",
     at_zero(2 / sqrt(pi), lambda z: erf(sqrt(z)) / sqrt(z)), mpf(0), mpf(1), 7, 13),
)
# log(erfc(t)) in t - 3/2, from 1 to where erf is 1. About a point near 1 no terms cancel
# there, where an error of erfc matters most to erf.
TAILS = ((mpf("9.5"), 13), (mpf(6), 24))


def coefficients(function, low, high, terms):
    return chebyfit(function, [low, high], terms)


def lines(name, comment, values, single):
    suffix, digits = ("f", 9) if single else ("", 17)
    numbers = [mp.nstr(v, digits + 3) + suffix for v in values]
    text = f"/* {comment}; highest power first. */\n"
    text += f"static const T N({name})[{len(values)}] = {{\n"
    row = "   "
    for number in numbers:
        if len(row) + len(number) + 2 > 100:
            text += row + "\n"
            row = "   "
        row += f" {number},"
    return text + row + "\n};\n"


def main():
    print("/* Coefficients of the functions in functions.h, for one floating-point type.\n"
          " * Written by Tests/Fixtures/kernels/polynomials.py; do not edit. */")
    for single in (True, False):
        print("#if SINGLE" if single else "#else")
        for name, comment, function, low, high, *terms in FITS:
            if low is None:
                high = HALF_LN2 / STEPS[0 if single else 1]
                low = -high
            values = coefficients(function, low, high, terms[0 if single else 1])
            print(lines(name, comment, values, single), end="")
        steps = STEPS[0 if single else 1]
        powers = [mpf(2) ** (mpf(j) / steps) for j in range(steps)]
        print(lines("step_powers", f"2^(j/{steps})", powers, single).replace(
            "; highest power first", ""), end="")
        high, terms = TAILS[0 if single else 1]
        middle = mpf("1.5")
        values = coefficients(lambda u: log(erfc(u + middle)), 1 - middle, high - middle, terms)
        comment = f"log(erfc(t)) in t - {mp.nstr(middle, 5)}, 1 <= t <= {mp.nstr(high, 5)}"
        print(lines("erfc_terms", comment, values, single), end="")
    print("#endif")


if __name__ == "__main__":
    main()
