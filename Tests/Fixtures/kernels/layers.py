#!/usr/bin/env python3
"""Writes layers.json: convolution, pooling and attention of cpu-simd, with the outputs of formulas
in f64 that onnx's reference evaluator agrees with.

    pip install numpy onnx ml_dtypes
    python3 Tests/Fixtures/kernels/layers.py > Tests/Fixtures/kernels/layers.json

The format is that of tensors.json; `further` holds outputs behind the first, which are copies."""

import itertools
import json
import math

import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from tensors import TYPES, numbers, tensor

cases = []


def reference(name, inputs, attributes, outputs, opset=23):
    """onnx's reference in f64."""
    wide = [x if x is None or x.dtype == np.bool_ else x.astype(np.float64) for x in inputs]
    names = ["" if x is None else f"x{i}" for i, x in enumerate(wide)]
    kinds = {np.dtype(np.float64): TensorProto.DOUBLE, np.dtype(np.bool_): TensorProto.BOOL}
    values = [helper.make_tensor_value_info(n, kinds[x.dtype], x.shape)
              for n, x in zip(names, wide) if n]
    results = [helper.make_tensor_value_info(f"y{i}", TensorProto.DOUBLE, None)
               for i in range(outputs)]
    node = helper.make_node(name, names, [f"y{i}" for i in range(outputs)], **attributes)
    model = helper.make_model(helper.make_graph([node], "g", values, results),
                              opset_imports=[helper.make_opsetid("", opset)])
    with np.errstate(all="ignore"):
        return ReferenceEvaluator(model).run(None, {n: x for n, x in zip(names, wide) if n})


def add(name, dtype, inputs, attributes, outputs, error, least, constant=None, checks=True):
    """`outputs`: by a formula; the first is compared with onnx's reference unless told not to."""
    if checks:
        known = reference(name, inputs, attributes, len(outputs))
        for own, other in zip(outputs, known):
            np.testing.assert_allclose(own, other, rtol=1e-9, atol=1e-9, err_msg=str(attributes))
    stored = [tensor(x, "bool" if x is not None and x.dtype == np.bool_ else dtype)
              for x in inputs]
    first, *more = (tensor(np.asarray(y).astype(TYPES[dtype]), dtype) for y in outputs)
    cases.append({"operator": name, "domain": "", "attributes": attributes, "error": error,
                  "least": least, "constant": constant, "inputs": stored, "output": first,
                  "further": more})


def geometry(extents, kernel, attributes, rounds_up=False):
    """Pads before each dimension and the output's extents."""
    rank = len(extents)
    strides = attributes.get("strides", [1] * rank)
    dilations = attributes.get("dilations", [1] * rank)
    pads = attributes.get("pads", [0] * (2 * rank))
    mode = attributes.get("auto_pad", "NOTSET")
    before, after, output = [], [], []
    for i in range(rank):
        reach = (kernel[i] - 1) * dilations[i] + 1
        low, high = (0, 0) if mode == "VALID" else (pads[i], pads[rank + i])
        if mode.startswith("SAME"):
            count = -(-extents[i] // strides[i])
            missing = max(0, (count - 1) * strides[i] + reach - extents[i])
            low = missing // 2 if mode == "SAME_UPPER" else missing - missing // 2
            high = missing - low
        else:
            room = extents[i] + low + high - reach
            count = (-(-room // strides[i]) if rounds_up else room // strides[i]) + 1
            if rounds_up and (count - 1) * strides[i] >= extents[i] + low:
                count -= 1
        before.append(low)
        after.append(high)
        output.append(count)
    return strides, dilations, before, after, output


def taps(x, kernel, attributes, fill, rounds_up=False):
    """For each element of a window, the elements of all windows: [.., *output]; and which of them
    lie in the image, and in the image with its pads."""
    rank = len(kernel)
    strides, dilations, before, after, output = geometry(
        x.shape[2:], kernel, attributes, rounds_up)
    beyond = [(o - 1) * s + (k - 1) * d + 1 for o, s, k, d in
              zip(output, strides, kernel, dilations)]
    room = [(b, max(a, e - b - n)) for b, a, e, n in zip(before, after, beyond, x.shape[2:])]
    padded = np.pad(x, [(0, 0), (0, 0)] + room, constant_values=fill)
    real = np.pad(np.ones(x.shape[2:]), room)
    rim = np.pad(np.pad(np.ones(x.shape[2:]), list(zip(before, after)), constant_values=1),
                 [(0, r[1] - a) for r, a in zip(room, after)])
    for tap in itertools.product(*(range(k) for k in kernel)):
        where = tuple(slice(t * d, t * d + (o - 1) * s + 1, s) for t, d, o, s in
                      zip(tap, dilations, output, strides))
        yield tap, padded[(slice(None), slice(None)) + where], real[where], rim[where]
    assert rank == len(output)


def convolve(x, w, bias, attributes):
    group = attributes.get("group", 1)
    wide, weights = x.astype(np.float64), w.astype(np.float64)
    per = w.shape[0] // group
    total = 0
    for tap, values, _, _ in taps(wide, w.shape[2:], attributes, 0.0):
        part = [np.einsum("nc...,mc->nm...", values[:, g * w.shape[1]:(g + 1) * w.shape[1]],
                          weights[(slice(g * per, (g + 1) * per), slice(None)) + tap])
                for g in range(group)]
        total = total + np.concatenate(part, axis=1)
    if bias is not None:
        total = total + bias.astype(np.float64).reshape((1, -1) + (1,) * (x.ndim - 2))
    return total


def convolutions():
    rows = (
        ((2, 3, 9, 11), (8, 3, 3, 3), {"pads": [1, 1, 1, 1]}),
        ((1, 70, 10, 10), (14, 70, 3, 3), {"pads": [1, 1, 1, 1]}),
        ((1, 3, 23, 17), (13, 3, 7, 7), {"pads": [3, 3, 3, 3], "strides": [2, 2]}),
        ((2, 37, 7, 7), (30, 37, 1, 1), {}),
        ((1, 9, 15, 15), (14, 9, 1, 1), {"strides": [2, 2]}),
        ((1, 4, 15, 20), (6, 4, 3, 2), {"pads": [0, 1, 2, 0], "strides": [3, 1],
                                        "dilations": [2, 3]}),
        ((2, 12, 6, 19), (15, 4, 3, 3), {"group": 3, "auto_pad": "SAME_UPPER",
                                         "strides": [2, 2]}),
        ((1, 5, 8, 9), (7, 5, 4, 2), {"auto_pad": "SAME_LOWER"}),
        ((1, 5, 8, 9), (7, 5, 4, 2), {"auto_pad": "VALID", "kernel_shape": [4, 2]}),
        ((2, 20, 77), (17, 20, 3), {"pads": [1, 1]}),
        ((1, 20, 40), (16, 10, 4), {"pads": [3, 0], "group": 2, "strides": [3],
                                    "dilations": [2]}),
        ((2, 5, 13, 45), (5, 1, 3, 3), {"group": 5, "pads": [1, 1, 1, 1]}),
        ((1, 3, 20, 9), (6, 1, 5, 3), {"group": 3, "pads": [4, 2, 4, 2], "strides": [2, 2],
                                       "dilations": [2, 1]}),
        ((1, 4, 70), (4, 1, 9), {"group": 4, "pads": [4, 4], "strides": [3]}),
        ((0, 3, 5, 5), (4, 3, 3, 3), {}),
    )
    for dtype in ("f32", "f64", "f16", "bf16"):
        few = rows if dtype in ("f32", "f64") else rows[0:1] + rows[9:12]
        for index, (image, weight, attributes) in enumerate(few):
            x, w = numbers(dtype, image, 1), numbers(dtype, weight, 1)
            bias = numbers(dtype, (weight[0],), 1) if index % 2 == 0 else None
            terms = math.prod(weight[1:])
            # The reference evaluator has automatic pads wrong in all modes, and no empty batch.
            checks = "auto_pad" not in attributes and image[0] > 0
            result = convolve(x, w, bias, attributes)
            inputs = [x, w] + ([] if bias is None else [bias])
            add("Conv", dtype, inputs, attributes, [result], 6 + 3 * round(math.sqrt(terms)),
                math.sqrt(terms),
                constant=1 if index % 3 == 0 else None, checks=checks)


def pools():
    rows = (
        ((2, 3, 9, 11), {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}),
        ((1, 2, 20, 50), {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2]}),
        ((1, 2, 14, 13), {"kernel_shape": [3, 2], "strides": [3, 2], "ceil_mode": 1}),
        ((1, 2, 12, 13), {"kernel_shape": [3, 3], "strides": [2, 3], "pads": [0, 2, 1, 0],
                          "ceil_mode": 1}),
        ((1, 2, 17, 17), {"kernel_shape": [2, 5], "dilations": [3, 2]}),
        ((2, 2, 37), {"kernel_shape": [4], "auto_pad": "SAME_UPPER", "strides": [3]}),
        ((2, 2, 37), {"kernel_shape": [4], "auto_pad": "SAME_LOWER"}),
        ((1, 3, 0 + 1, 5), {"kernel_shape": [1, 2]}),
    )
    for dtype in ("f32", "f64", "f16", "bf16"):
        for image, attributes in rows:
            x = numbers(dtype, image, 1)
            wide = x.astype(np.float64)
            rounds_up = bool(attributes.get("ceil_mode", 0))
            kernel = attributes["kernel_shape"]
            parts = list(taps(wide, kernel, attributes, -np.inf, rounds_up))
            most = np.max([values for _, values, _, _ in parts], axis=0)
            add("MaxPool", dtype, [x], attributes, [most], 0, 0, checks=False)
            parts = list(taps(wide, kernel, attributes, 0.0, rounds_up))
            total = np.sum([values for _, values, _, _ in parts], axis=0)
            for include in (0, 1):
                counts = np.sum([(rim if include else real) for _, _, real, rim in parts], axis=0)
                add("AveragePool", dtype, [x], {**attributes, "count_include_pad": include},
                    [total / counts], 12, 1, checks=False)
        for shape in ((2, 3, 7, 7), (1, 5, 131), (2, 2, 3, 4, 5)):
            x = numbers(dtype, shape, 1)
            wide, axes = x.astype(np.float64), tuple(range(2, len(shape)))
            # The reference evaluator takes the largest over wrong axes but for images.
            add("GlobalMaxPool", dtype, [x], {}, [wide.max(axes, keepdims=True)], 0, 0,
                checks=len(shape) == 4)
            add("GlobalAveragePool", dtype, [x], {}, [wide.mean(axes, keepdims=True)], 12, 1)


def attend(q, k, v, mask, past, attributes):
    """Y, present_key and present_value."""
    flat = q.ndim == 3
    if flat:
        heads, shared = attributes["q_num_heads"], attributes["kv_num_heads"]
        q, k, v = (x.reshape(x.shape[0], x.shape[1], n, -1).transpose(0, 2, 1, 3)
                   for x, n in ((q, heads), (k, shared), (v, shared)))
    if past:
        k, v = np.concatenate([past[0], k], 2), np.concatenate([past[1], v], 2)
    group = q.shape[1] // k.shape[1]
    wide = [x.astype(np.float64) for x in (q, np.repeat(k, group, 1), np.repeat(v, group, 1))]
    scores = wide[0] @ wide[1].transpose(0, 1, 3, 2)
    scores *= attributes.get("scale") or 1 / math.sqrt(q.shape[3])
    if attributes.get("softcap"):
        scores = attributes["softcap"] * np.tanh(scores / attributes["softcap"])
    if mask is not None:
        added = np.where(mask, 0, -np.inf) if mask.dtype == np.bool_ else mask.astype(np.float64)
        missing = k.shape[2] - added.shape[-1] if added.shape[-1] != 1 else 0
        scores = scores + np.pad(added, [(0, 0)] * (added.ndim - 1) + [(0, missing)],
                                 constant_values=-np.inf)
    if attributes.get("is_causal"):
        before = past[0].shape[2] if past else 0
        queries, keys = scores.shape[2:]
        seen = np.arange(keys)[None, :] <= np.arange(queries)[:, None] + before
        scores = np.where(seen, scores, -np.inf)
    most = scores.max(-1, keepdims=True)
    shares = np.exp(scores - np.where(np.isinf(most), 0, most))
    total = shares.sum(-1, keepdims=True)
    y = (shares / np.where(total == 0, 1, total)) @ wide[2]
    if flat:
        y = y.transpose(0, 2, 1, 3).reshape(y.shape[0], y.shape[2], -1)
    return [y, k, v]


def attentions():
    rows = (
        # batch, heads, shared, queries, new, past, size, value size, flat, mask shape, attributes
        (1, 2, 2, 13, 17, 0, 24, 24, False, None, {}),
        (2, 6, 2, 9, 9, 0, 16, 8, False, None, {"is_causal": 1}),
        (1, 6, 3, 31, 31, 0, 8, 8, True, None, {"is_causal": 1, "softcap": 2.0, "scale": 0.7}),
        (2, 4, 2, 1, 1, 300, 20, 12, False, None, {}),
        (1, 4, 2, 3, 3, 10, 16, 16, True, None, {"is_causal": 1}),
        (1, 2, 2, 70, 40, 0, 8, 8, False, (70, 40), {}),
        (2, 2, 1, 5, 19, 0, 8, 8, False, (2, 1, 5, 19), {"softcap": 1.5}),
        (2, 2, 1, 5, 19, 0, 8, 8, False, (1, 2, 1, 19), {"scale": 1.0}),
        (1, 3, 3, 4, 6, 5, 8, 8, False, (4, 11), {}),
    )
    for dtype in ("f32", "f64", "f16", "bf16"):
        few = rows if dtype in ("f32", "f64") else rows[1:2] + rows[3:4] + rows[6:7]
        for batch, heads, shared, queries, new, before, size, width, flat, mask, given in few:
            attributes = dict(given)
            shapes = [(batch, heads, queries, size), (batch, shared, new, size),
                      (batch, shared, new, width)]
            if flat:
                shapes = [(b, n, h * s) for b, h, n, s in shapes]
                attributes.update(q_num_heads=heads, kv_num_heads=shared)
            q, k, v = (numbers(dtype, s, 1) for s in shapes)
            past = [numbers(dtype, (batch, shared, before, s), 1) for s in (size, width)]
            for kind in ("none",) if mask is None else ("added", "bool"):
                extra = None
                if kind == "added":
                    extra = numbers(dtype, mask, 1)
                elif kind == "bool":
                    extra = numbers("bool", mask)
                    extra.reshape(-1, mask[-1])[0] = False  # a query that looks at nothing
                    extra.reshape(-1, mask[-1])[-1, 0] = True
                outputs = attend(q, k, v, extra, past if before else None, attributes)
                inputs = [q, k, v, extra] + (past if before else [])
                while inputs[-1] is None:
                    inputs.pop()
                # Onnx's reference gives NaN where nothing is looked at, and caps scores after the
                # mask, which then hides nothing.
                hides = mask is not None or given.get("is_causal")
                checks = kind != "bool" and not (hides and given.get("softcap"))
                add("Attention", dtype, inputs, attributes, outputs, 30, 2, checks=checks)


if __name__ == "__main__":
    convolutions()
    pools()
    attentions()
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
