#!/usr/bin/env python3
"""Larger tensors for operators that move elements, with CRC-32s of what numpy gives: tiles, blocks,
digits and shares of threads that the small vectors do not reach. Writes JSON to standard output."""

import json
import zlib

import ml_dtypes
import numpy as np

TYPES = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
         "i64": np.int64, "i32": np.int32, "i16": np.int16, "i8": np.int8, "u64": np.uint64,
         "u32": np.uint32, "u16": np.uint16, "u8": np.uint8}
cases = []


def data(dtype, shape, seed):
    """Bits that MoveTests makes too: the upper bits of a product with each element's number."""
    count = int(np.prod(shape, dtype=np.int64))
    bits = (np.arange(count, dtype=np.uint64) + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    size = np.dtype(TYPES[dtype]).itemsize
    bits = (bits >> np.uint64(64 - 8 * size)).astype(f"u{size}")
    return bits.view(TYPES[dtype]).reshape(shape)


def numbers(dtype, shape, seed, modulus):
    """Whole numbers from 0 on, few enough that equal ones meet."""
    count = int(np.prod(shape, dtype=np.int64))
    bits = (np.arange(count, dtype=np.uint64) + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    whole = (bits >> np.uint64(40)).astype(np.int64) % modulus
    return whole.astype(TYPES[dtype]).reshape(shape)


def add(operator, inputs, attributes, outputs, domain=""):
    """Inputs: (dtype, shape, seed, modulus or 0, or values that are constant)."""
    cases.append({
        "operator": operator, "domain": domain, "attributes": attributes,
        "inputs": [i if isinstance(i, dict) else dict(zip(("dtype", "shape", "seed", "modulus"), i))
                   for i in inputs],
        "outputs": [{"dtype": name, "shape": list(value.shape),
                     "crc": zlib.crc32(np.ascontiguousarray(value).tobytes())}
                    for name, value in outputs]})


def constant(values):
    return {"dtype": "i64", "shape": [len(values)], "seed": 0, "modulus": 0, "values": values}


def movements():
    for dtype in ("u8", "bf16", "f32", "f64"):
        for shape, order in (([64, 64], [1, 0]), ([300, 17], [1, 0]), ([1, 130, 257], [0, 2, 1]),
                             ([3, 600, 66], [0, 2, 1]), ([600, 1030], [1, 0]),
                             ([2, 31, 5, 24], [0, 2, 1, 3]), ([2, 64, 5, 24], [0, 2, 1, 3]),
                             ([2, 31, 5, 2], [0, 2, 3, 1]),
                             ([4, 5, 6, 7, 8], [4, 2, 0, 3, 1]), ([33, 66, 70], [2, 1, 0])):
            x = data(dtype, shape, 1)
            add("Transpose", [(dtype, shape, 1, 0)], {"perm": order}, [(dtype, x.transpose(order))])
    for dtype in ("u8", "u16", "f32", "i64"):
        x = data(dtype, [130, 33, 3], 2)
        add("Slice", [(dtype, [130, 33, 3], 2, 0), constant([128, 2]), constant([-1000, 1000]),
                      constant([0, 1]), constant([-3, 5])], {}, [(dtype, x[128::-3, 2::5])])
        add("Expand", [(dtype, [130, 1, 3], 2, 0), constant([2, 130, 90, 3])], {},
            [(dtype, np.broadcast_to(data(dtype, [130, 1, 3], 2), [2, 130, 90, 3]))])
        add("Tile", [(dtype, [130, 33, 3], 2, 0), constant([2, 3, 4])], {},
            [(dtype, np.tile(x, [2, 3, 4]))])
        y = data(dtype, [130, 70, 3], 3)
        add("Concat", [(dtype, [130, 33, 3], 2, 0), (dtype, [130, 70, 3], 3, 0)], {"axis": 1},
            [(dtype, np.concatenate([x, y], 1))])
        add("Split", [(dtype, [130, 33, 3], 2, 0), constant([30, 3])], {"axis": 1},
            [(dtype, x[:, :30]), (dtype, x[:, 30:])])
        for k in (-40, 0, 7):
            for upper in (0, 1):
                z = data(dtype, [3, 65, 130], 4)
                add("Trilu", [(dtype, [3, 65, 130], 4, 0), constant([k])], {"upper": upper},
                    [(dtype, np.triu(z, k) if upper else np.tril(z, k))])


def paddings():
    for dtype in ("u8", "bf16", "f32", "f64"):
        x = data(dtype, [40, 30, 50], 5)
        fill = data(dtype, [1], 6)
        pads = [2, 0, 9, 3, 0, 20]
        widths = list(zip(pads[:3], pads[3:]))
        for mode in ("constant", "reflect", "edge", "wrap"):
            more = {"constant_values": fill[0]} if mode == "constant" else {}
            inputs = [(dtype, [40, 30, 50], 5, 0), constant(pads)]
            if mode == "constant":
                inputs.append((dtype, [1], 6, 0))
            add("Pad", inputs, {"mode": mode}, [(dtype, np.pad(x, widths, mode, **more))])
        add("Pad", [(dtype, [40, 30, 50], 5, 0), constant([3, 0, 0, 1, 0, 0])], {"mode": "edge"},
            [(dtype, np.pad(x, [(3, 1), (0, 0), (0, 0)], "edge"))])


def indexed():
    for dtype in ("u8", "f16", "f32", "f64"):
        for width in (1, 2, 3, 300):
            x = data(dtype, [500, width], 7)
            index = numbers("i64", [3, 400], 8, 500)
            add("Gather", [(dtype, [500, width], 7, 0), ("i64", [3, 400], 8, 500)], {"axis": 0},
                [(dtype, x[index])])
        x = data(dtype, [4, 90, 130], 9)
        add("Gather", [(dtype, [4, 90, 130], 9, 0), ("i32", [700], 10, 130)], {"axis": -1},
            [(dtype, x[:, :, numbers("i32", [700], 10, 130)])])
        for axis, limit in ((0, 4), (1, 90), (2, 130)):
            index = numbers("i32", [4, 90, 130], 11, limit)
            add("GatherElements", [(dtype, [4, 90, 130], 9, 0), ("i32", [4, 90, 130], 11, limit)],
                {"axis": axis}, [(dtype, np.take_along_axis(x, index, axis))])
        pairs = numbers("i64", [1000, 2], 12, 4)
        add("GatherND", [(dtype, [4, 90, 130], 9, 0), ("i64", [1000, 2], 12, 4)], {},
            [(dtype, x[pairs[:, 0], pairs[:, 1]])])
    for dtype in ("u8", "i16", "i32", "u64", "f32", "f64"):
        x = numbers(dtype, [300, 40], 13, 5)
        for axis, limit in ((0, 300), (1, 40)):
            index = numbers("i64", [300, 40], 14, limit)
            for name, ufunc in (("add", np.add), ("max", np.maximum), ("min", np.minimum)):
                y = x.copy()
                place = np.indices(index.shape)
                place[axis] = index
                ufunc.at(y, tuple(place), numbers(dtype, [300, 40], 15, 7))
                add("ScatterElements",
                    [(dtype, [300, 40], 13, 5), ("i64", [300, 40], 14, limit),
                     (dtype, [300, 40], 15, 7)], {"axis": axis, "reduction": name}, [(dtype, y)])
        y = x.copy()
        place = np.indices((100, 20))
        place[0] = numbers("i32", [100, 20], 14, 300)
        np.add.at(y, tuple(place), numbers(dtype, [100, 20], 15, 7))
        add("ScatterElements",
            [(dtype, [300, 40], 13, 5), ("i32", [100, 20], 14, 300), (dtype, [100, 20], 15, 7)],
            {"axis": 0, "reduction": "add"}, [(dtype, y)])
        for width in (3, 2000):
            y = numbers(dtype, [20, width], 16, 5)
            index = numbers("i64", [90, 1], 17, 20)
            np.add.at(y, index[:, 0], numbers(dtype, [90, width], 18, 7))
            add("ScatterND", [(dtype, [20, width], 16, 5), ("i64", [90, 1], 17, 20),
                              (dtype, [90, width], 18, 7)], {"reduction": "add"}, [(dtype, y)])


def order(x, axis, descending):
    """A stable order, in which a NaN is above everything and both zeros are equal."""
    if x.dtype.kind in "iu":
        return np.argsort(np.bitwise_not(x) if descending else x, axis=axis, kind="stable")
    wide = x.astype(np.float64)
    nan = np.isnan(wide)
    number = np.where(nan, 0, wide)
    keys = (-number, ~nan) if descending else (number, nan)
    return np.lexsort(keys, axis=axis)


def orders():
    for dtype in TYPES:
        for shape, axis in (([3, 31], 1), ([3, 2000], 1), ([600, 9], 0)):
            for modulus in (0, 50):
                x = numbers(dtype, shape, 19, modulus) if modulus else data(dtype, shape, 19)
                for descending in (0, 1):
                    found = order(x, axis, descending)
                    y = np.take_along_axis(x, found, axis)
                    add("Sort", [(dtype, shape, 19, modulus)],
                        {"axis": axis, "descending": descending},
                        [(dtype, y), ("i64", found.astype(np.int64))], "assay")
                    for keep in (1, 20, 31):
                        part = [slice(None)] * 2
                        part[axis] = slice(keep)
                        add("TopK", [(dtype, shape, 19, modulus), constant([keep])],
                            {"axis": axis, "largest": descending},
                            [(dtype, y[tuple(part)]),
                             ("i64", found[tuple(part)].astype(np.int64))])


def sums():
    for dtype in ("f64", "f32", "i64", "i32", "u32"):
        for shape, axis in (([21, 300], 1), ([5, 301, 7], 1), ([1, 5000], 1), ([700, 2], 0)):
            x = numbers(dtype, shape, 20, 9)
            for exclusive in (0, 1):
                for reverse in (0, 1):
                    y = np.flip(x, axis) if reverse else x
                    y = np.cumsum(y, axis, dtype=x.dtype)
                    if exclusive:
                        first = [slice(None)] * x.ndim
                        first[axis] = slice(1)
                        rest = [slice(None)] * x.ndim
                        rest[axis] = slice(-1)
                        y = np.concatenate([np.zeros_like(y[tuple(first)]), y[tuple(rest)]], axis)
                    y = np.flip(y, axis) if reverse else y
                    add("CumSum", [(dtype, shape, 20, 9), constant([axis])],
                        {"exclusive": exclusive, "reverse": reverse}, [(dtype, y)])


movements()
paddings()
indexed()
orders()
sums()
print("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]")
