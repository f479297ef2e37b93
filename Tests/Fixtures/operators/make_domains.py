"""Makes domains.json: integers, truth values, eight-bit floats and narrower domains, a second time.

    python3 Tests/Fixtures/operators/make_domains.py
"""
import json

import ml_dtypes
import numpy as np

from generate import HERE, MASK, below, data, fnv, seeded, text
from vectors import NUMPY

RANGES = {"bool": (0, 1), "i8": (-128, 127), "u8": (0, 255), "i16": (-2 ** 15, 2 ** 15 - 1),
          "u16": (0, 2 ** 16 - 1), "i32": (-2 ** 31, 2 ** 31 - 1), "u32": (0, 2 ** 32 - 1),
          "i64": (-2 ** 63, 2 ** 63 - 1), "u64": (0, 2 ** 64 - 1)}


def integers(dtype, low, high, pattern, seed, count):
    generator = seeded(seed)
    nearest = max(low, min(high, 0))
    values = []
    for _ in range(count):
        if pattern == "zeros":
            values.append(nearest)
            continue
        is_zero = pattern.startswith("sparse") and (
            (next(generator) >> 11) / 2.0 ** 53 < float(pattern[7:-1]))
        width = high - low + 1
        draw = next(generator) if width == 1 << 64 else below(generator, width)
        # u64 is drawn as a number with a sign, whose bits it has.
        value = (draw + (0 if dtype == "u64" else low)) if not is_zero else nearest
        values.append((value + 2 ** 63) % 2 ** 64 if dtype == "u64" and not is_zero else value)
    return np.array(values, dtype=NUMPY[dtype])


def within(dtype, low, high, seed, count):
    generator = seeded(seed)
    shares = [below(generator, 2 ** 24 + 1) / 2.0 ** 24 for _ in range(count)]
    return np.array([low + s * (high - low) for s in shares]).astype(NUMPY[dtype])


def special(values, seed):
    generator = seeded(~seed & MASK)
    values = values.copy()
    for place in range(len(values)):
        draw = next(generator)
        if draw >> 60 == 0:
            values[place] = [np.nan, np.inf, -np.inf, -0.0][(draw >> 58) & 3]
    return values


def stored(values, dtype):
    """Rounded once, to the nearest; larger eight-bit floats do not occur."""
    return values.astype(NUMPY[dtype])


def entry(domain, dtype, pattern, seed, values):
    return {"domain": domain, "dtype": dtype, "pattern": pattern, "seed": f"{seed:x}",
            "count": len(values), "fnv": fnv(values.tobytes())}


def main():
    golden = []
    for seed in (1, 0x0123456789ABCDEF):
        for dtype, (low, high) in RANGES.items():
            for pattern in ("normal", "sparse(0.25)", "zeros"):
                values = integers(dtype, low, high, pattern, seed, 501)
                golden.append(entry("any", dtype, pattern, seed, values))
        for dtype in ("i8", "u8", "i64"):
            low, high = (0 if dtype == "u8" else -3), 7
            golden.append(entry("within", dtype, "normal", seed,
                                integers(dtype, low, high, "normal", seed, 501)))
        for dtype in ("f32", "f64", "f16"):
            golden.append(entry("within", dtype, "normal", seed, within(dtype, -3, 7, seed, 501)))
            plain = stored(data("normal", dtype, seed, 501), dtype)
            golden.append(entry("whole", dtype, "normal", seed, np.rint(plain)))
            scaled = stored(plain.astype(np.float64) * 0.25 + 1, dtype)
            golden.append(entry("scaled", dtype, "normal", seed, scaled))
        for dtype in ("f32", "f64"):
            plain = stored(data("normal", dtype, seed, 501), dtype)
            # The bits of NaN are compared as a count of NaN, not here.
            found = special(plain, seed)
            golden.append(entry("special", dtype, "normal", seed,
                                np.where(np.isnan(found), 7.5, found).astype(NUMPY[dtype])))
        for dtype in ("f8e4m3", "f8e5m2"):
            golden.append(entry("any", dtype, "normal", seed,
                                stored(data("normal", "f64", seed, 501), dtype)))
    patterns = np.arange(256, dtype=np.uint8)
    rng = np.random.default_rng(8)
    numbers = np.concatenate([rng.standard_normal(300) * 10.0 ** rng.uniform(-7, 4, 300),
                              [0.0, -0.0, 2.0 ** -10, 1.5 * 2.0 ** -10, 448, 57344]])
    numbers = numbers[np.abs(numbers) <= 448]
    formats = {}
    for name, own in (("f8e4m3", ml_dtypes.float8_e4m3fn), ("f8e5m2", ml_dtypes.float8_e5m2)):
        formats[name] = {"decoded": text(patterns.view(own).astype(np.float64)),
                         "encoded": text(numbers.astype(own).view(np.uint8))}
    (HERE / "domains.json").write_text(json.dumps(
        {"golden": golden, "numbers": text(numbers), "formats": formats}, indent=0) + "\n")
    print(len(golden), "golden")


if __name__ == "__main__":
    main()
