#!/usr/bin/env python3
"""Writes vectors-structural.json: convolution, attention, moving of data and integers.

Also arithmetic-structural.json: outputs of f32 and of shorter arithmetic, right and wrong ones.

    python3 structural.py

Expected values come from onnx's reference evaluator in f64, or from the definition written in numpy
where the evaluator has no such operator or is less exact; where there are both they must agree.
"""
import json

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

import vectors

OPSET = 23
# Inputs whose values stand in the case.
GIVEN = {"shape", "repeats", "starts", "ends", "axes", "steps", "pads", "sizes", "split",
         "Slots", "Lengths", "Offsets"}


def single(rng, *shape):
    """Numbers that f32 holds exactly."""
    return rng.standard_normal(shape).astype(np.float32).astype(np.float64)


def index(*values):
    return np.array(values, dtype=np.int64)


def reference(operator, inputs, outputs, attributes, opset=OPSET):
    """Results of onnx's reference evaluator; `inputs` are names and arrays, None: absent."""
    node = helper.make_node(operator, [n if a is not None else "" for n, a in inputs], outputs,
                            **attributes)
    given = {n: np.asarray(a) for n, a in inputs if a is not None}
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info(n, vectors.ONNX[vectors.kind(a)], a.shape)
         for n, a in given.items()],
        [helper.make_tensor_value_info(o, TensorProto.UNDEFINED, None) for o in outputs])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    with np.errstate(all="ignore"):
        return ReferenceEvaluator(model).run(None, given)


def record(label, operator, inputs, outputs, attributes=None, dtype="f32", domain="", given=()):
    """Writes a case; numbers of inputs are stored as `dtype`."""
    def stored(array):
        array = np.asarray(array)
        return array.astype(vectors.NUMPY[dtype]) if array.dtype == np.float64 else array
    vectors.vector(label, operator, [(n, stored(a)) for n, a in inputs if a is not None], outputs,
                   attributes, domain=domain, given=GIVEN | set(given), check=False)


def case(label, operator, inputs, attributes=None, outputs=("Y",), dtype="f32", numpy=None,
         given=(), names=None):
    """A case whose results are those of the reference evaluator; `numpy` must agree with it.

    `names` are our names of inputs, where variadic ones are numbered.
    """
    attributes = attributes or {}
    results = reference(operator, inputs, list(outputs), attributes)
    if numpy is not None:
        assert list(results[0].shape) == list(numpy.shape), (label, results[0].shape, numpy.shape)
        np.testing.assert_allclose(results[0], numpy, rtol=1e-12, atol=1e-12, err_msg=label)
    inputs = [(name, array) for (_, array), name in zip(inputs, names or [n for n, _ in inputs])]
    record(f"{operator} {label}", operator, inputs, list(zip(outputs, results)), attributes, dtype,
           given=given)


# Windows ---------------------------------------------------------------------------------------

def convolve(x, w, b, strides, pads, dilations, group):
    """Convolution by its definition, in loops over everything but channels."""
    rank = x.ndim - 2
    padded = np.pad(x, [(0, 0), (0, 0)] + [(pads[i], pads[rank + i]) for i in range(rank)])
    reach = [(w.shape[2 + i] - 1) * dilations[i] + 1 for i in range(rank)]
    extents = [(padded.shape[2 + i] - reach[i]) // strides[i] + 1 for i in range(rank)]
    result = np.zeros((x.shape[0], w.shape[0], *extents))
    per_group, outputs = x.shape[1] // group, w.shape[0] // group
    for place in np.ndindex(*extents):
        cut = tuple(slice(p * s, p * s + r, d)
                    for p, s, r, d in zip(place, strides, reach, dilations))
        window = padded[(slice(None), slice(None)) + cut]
        for g in range(group):
            part = window[:, g * per_group:(g + 1) * per_group]
            part = part.reshape(x.shape[0], int(np.prod(w.shape[1:])))
            weight = w[g * outputs:(g + 1) * outputs].reshape(outputs, -1)
            result[(slice(None), slice(g * outputs, (g + 1) * outputs)) + place] = part @ weight.T
    return result if b is None else result + b.reshape((1, -1) + (1,) * rank)


def convolution_cases(rng):
    for label, image, weight, bias, attributes in (
            ("1-D", (2, 3, 9), (4, 3, 3), True, {}),
            ("1-D pads", (1, 2, 7), (3, 2, 4), False, {"pads": [2, 1], "strides": [2]}),
            ("2-D", (2, 3, 6, 7), (5, 3, 3, 3), True, {"pads": [1, 1, 1, 1]}),
            ("2-D strides", (1, 3, 8, 9), (2, 3, 3, 2), False, {"strides": [2, 3]}),
            ("2-D dilations", (1, 2, 9, 8), (2, 2, 3, 2), True,
             {"dilations": [2, 3], "pads": [1, 0, 2, 1]}),
            ("grouped", (2, 6, 5, 5), (4, 3, 2, 2), True, {"group": 2}),
            ("depthwise", (1, 4, 6, 6), (4, 1, 3, 3), True,
             {"group": 4, "pads": [1, 1, 1, 1], "strides": [2, 2]}),
            ("depthwise, two outputs each", (1, 3, 5, 4), (6, 1, 2, 3), False, {"group": 3}),
            ("1 by 1", (2, 5, 4, 3), (6, 5, 1, 1), False, {}),
            ("wide pads", (1, 1, 2, 2), (1, 1, 3, 3), False,
             {"pads": [3, 3, 3, 3], "strides": [2, 1]}),
            ("3-D", (1, 2, 4, 5, 4), (3, 2, 2, 3, 2), True, {"strides": [1, 2, 1]}),
            ("no image", (0, 2, 5, 5), (3, 2, 3, 3), False, {})):
        x, w = single(rng, *image), single(rng, *weight)
        b = single(rng, weight[0]) if bias else None
        rank = len(image) - 2
        numpy = convolve(x, w, b, attributes.get("strides", [1] * rank),
                         attributes.get("pads", [0] * 2 * rank),
                         attributes.get("dilations", [1] * rank), attributes.get("group", 1))
        if image[0] == 0:
            record(f"Conv {label}", "Conv", [("X", x), ("W", w)], [("Y", numpy)], attributes)
            continue
        case(label, "Conv", [("X", x), ("W", w), ("B", b)], attributes, numpy=numpy)
    for mode, pads in (("SAME_UPPER", [0, 1, 1, 1]), ("SAME_LOWER", [1, 1, 0, 1]),
                       ("VALID", [0, 0, 0, 0])):
        x, w = single(rng, 1, 2, 6, 7), single(rng, 3, 2, 3, 3)
        numpy = convolve(x, w, None, [2, 2], pads, [1, 1], 1)
        record(f"Conv {mode}", "Conv", [("X", x), ("W", w)], [("Y", numpy)],
               {"auto_pad": mode, "strides": [2, 2]})
    x, w = rng.standard_normal((1, 2, 6)), rng.standard_normal((3, 2, 3))
    case("f64", "Conv", [("X", x), ("W", w)], numpy=convolve(x, w, None, [1], [0, 0], [1], 1),
         dtype="f64")


def spread(x, w, b, strides, pads, dilations, group, extra):
    """Transposed convolution by its definition: every input adds a multiple of the window."""
    rank = x.ndim - 2
    reach = [(w.shape[2 + i] - 1) * dilations[i] + 1 for i in range(rank)]
    full = [(x.shape[2 + i] - 1) * strides[i] + reach[i] + extra[i] for i in range(rank)]
    outputs, per_group = w.shape[1], x.shape[1] // group
    result = np.zeros((x.shape[0], outputs * group, *full))
    for place in np.ndindex(*x.shape[2:]):
        cut = tuple(slice(p * s, p * s + r, d)
                    for p, s, r, d in zip(place, strides, reach, dilations))
        for g in range(group):
            values = x[(slice(None), slice(g * per_group, (g + 1) * per_group)) + place]
            weight = w[g * per_group:(g + 1) * per_group]
            result[(slice(None), slice(g * outputs, (g + 1) * outputs)) + cut] += np.tensordot(
                values, weight, (1, 0))
    kept = tuple(slice(pads[i], full[i] - pads[rank + i]) for i in range(rank))
    result = result[(slice(None), slice(None)) + kept]
    return result if b is None else result + b.reshape((1, -1) + (1,) * rank)


def transposed_cases(rng):
    for label, image, weight, bias, attributes in (
            ("1-D", (1, 2, 5), (2, 3, 3), True, {"strides": [2]}),
            ("2-D", (2, 3, 4, 3), (3, 2, 3, 3), False, {"strides": [2, 1], "pads": [1, 0, 1, 2]}),
            ("output padding", (1, 2, 3, 3), (2, 2, 3, 3), True,
             {"strides": [3, 2], "output_padding": [2, 1], "pads": [1, 1, 1, 1]}),
            ("dilations", (1, 1, 3, 4), (1, 2, 2, 3), False,
             {"dilations": [2, 2], "strides": [2, 3]}),
            ("grouped", (1, 4, 3, 3), (4, 2, 2, 2), True, {"group": 2, "strides": [2, 2]})):
        x, w = single(rng, *image), single(rng, *weight)
        rank, group = len(image) - 2, attributes.get("group", 1)
        b = single(rng, weight[1] * group) if bias else None
        numpy = spread(x, w, b, attributes.get("strides", [1] * rank),
                       attributes.get("pads", [0] * 2 * rank),
                       attributes.get("dilations", [1] * rank), group,
                       attributes.get("output_padding", [0] * rank))
        record(f"ConvTranspose {label}", "ConvTranspose", [("X", x), ("W", w), ("B", b)],
               [("Y", numpy)], attributes)
    x, w = single(rng, 1, 1, 3, 3), single(rng, 1, 2, 3, 3)
    case("same", "ConvTranspose", [("X", x), ("W", w)],
         {"auto_pad": "SAME_UPPER", "strides": [2, 2]})
    case("wanted extents", "ConvTranspose", [("X", x), ("W", w)],
         {"output_shape": [10, 8], "strides": [3, 2]})


def pool(x, kernel, strides, pads, dilations, ceil, function):
    """Pooling by its definition: `function` sees the window's numbers, pads as NaN."""
    rank = x.ndim - 2
    extents, reach = [], [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    for i in range(rank):
        room = x.shape[2 + i] + pads[i] + pads[rank + i] - reach[i]
        count = (-(-room // strides[i]) if ceil else room // strides[i]) + 1
        if ceil and (count - 1) * strides[i] >= x.shape[2 + i] + pads[i]:
            count -= 1
        extents.append(count)
    result = np.zeros((*x.shape[:2], *extents))
    for place in np.ndindex(*result.shape):
        inside, padded = [], 0
        for tap in np.ndindex(*kernel):
            at = [p * s + t * d - pads[i] for i, (p, s, t, d)
                  in enumerate(zip(place[2:], strides, tap, dilations))]
            if all(0 <= a < n for a, n in zip(at, x.shape[2:])):
                inside.append(x[place[:2] + tuple(at)])
            padded += all(-pads[i] <= a < n + pads[rank + i]
                          for i, (a, n) in enumerate(zip(at, x.shape[2:])))
        result[place] = function(inside, padded)
    return result


def pooling_cases(rng):
    for label, shape, attributes in (
            ("1-D", (2, 2, 9), {"kernel_shape": [3]}),
            ("2-D", (1, 3, 7, 8), {"kernel_shape": [3, 2], "strides": [2, 2],
                                   "pads": [1, 0, 1, 1]}),
            ("ceil", (1, 2, 7, 6), {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
            ("ceil and pads", (1, 1, 6, 5), {"kernel_shape": [2, 3], "strides": [3, 2],
                                             "pads": [1, 1, 1, 1], "ceil_mode": 1}),
            ("dilations", (1, 1, 8, 9), {"kernel_shape": [2, 3], "dilations": [3, 2]}),
            ("3-D", (1, 1, 4, 4, 5), {"kernel_shape": [2, 2, 2], "strides": [1, 2, 2]})):
        x = single(rng, *shape)
        rank = len(shape) - 2
        given = (attributes["kernel_shape"], attributes.get("strides", [1] * rank),
                 attributes.get("pads", [0] * 2 * rank), attributes.get("dilations", [1] * rank),
                 attributes.get("ceil_mode", 0))
        maximum = pool(x, *given, lambda inside, _: max(inside))
        mean = pool(x, *given, lambda inside, _: sum(inside) / len(inside))
        padded = pool(x, *given, lambda inside, count: sum(inside) / count)
        record(f"MaxPool {label}", "MaxPool", [("X", x)], [("Y", maximum)], attributes)
        record(f"AveragePool {label}", "AveragePool", [("X", x)], [("Y", mean)], attributes)
        record(f"AveragePool {label} with pads", "AveragePool", [("X", x)], [("Y", padded)],
               attributes | {"count_include_pad": 1})
    x = single(rng, 1, 2, 5, 6)
    case("same", "MaxPool", [("X", x)],
         {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"})
    case("same", "AveragePool", [("X", x)],
         {"kernel_shape": [2, 2], "auto_pad": "SAME_LOWER"})
    for shape in ((2, 3, 4, 5), (1, 2, 7)):
        x = single(rng, *shape)
        axes = tuple(range(2, len(shape)))
        case(f"{shape}", "GlobalAveragePool", [("X", x)], numpy=x.mean(axis=axes, keepdims=True))
        # The evaluator drops dimensions of images that are not 2-D.
        record(f"GlobalMaxPool {shape}", "GlobalMaxPool", [("X", x)],
               [("Y", x.max(axis=axes, keepdims=True))])


# Attention -------------------------------------------------------------------------------------

def attend(q, k, v, mask=None, causal=False, scale=None, softcap=0):
    """Attention by its definition, for inputs of four dimensions."""
    k, v = (np.repeat(t, q.shape[1] // t.shape[1], axis=1) for t in (k, v))
    scores = q @ k.transpose(0, 1, 3, 2) * (1 / np.sqrt(q.shape[3]) if scale is None else scale)
    if softcap:
        scores = softcap * np.tanh(scores / softcap)
    if mask is not None:
        scores = scores + mask
    if causal:
        scores = np.where(np.tril(np.ones(scores.shape[2:], dtype=bool)), scores, -np.inf)
    power = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return power / power.sum(axis=-1, keepdims=True) @ v


def attention_cases(rng):
    q, k, v = single(rng, 2, 4, 5, 8), single(rng, 2, 4, 7, 8), single(rng, 2, 4, 7, 6)
    case("full", "Attention", [("Q", q), ("K", k), ("V", v)], numpy=attend(q, k, v))
    case("causal", "Attention", [("Q", q), ("K", k), ("V", v)], {"is_causal": 1},
         numpy=attend(q, k, v, causal=True))
    case("scale", "Attention", [("Q", q), ("K", k), ("V", v)], {"scale": 0.25},
         numpy=attend(q, k, v, scale=0.25))
    case("softcap", "Attention", [("Q", q), ("K", k), ("V", v)], {"softcap": 2.0},
         numpy=attend(q, k, v, softcap=2.0))
    for shape in ((5, 7), (4, 5, 7), (2, 1, 5, 7), (1, 4, 1, 7)):
        mask = single(rng, *shape)
        case(f"mask {shape}", "Attention", [("Q", q), ("K", k), ("V", v), ("attn_mask", mask)],
             numpy=attend(q, k, v, mask=mask))
    mask = single(rng, 5, 7)
    mask[1, :], mask[2, 3] = -np.inf, -np.inf
    case("masked row", "Attention", [("Q", q), ("K", k), ("V", v), ("attn_mask", mask)],
         {"is_causal": 1, "softcap": 1.5})
    k, v = single(rng, 2, 2, 7, 8), single(rng, 2, 2, 7, 6)
    case("grouped-query", "Attention", [("Q", q), ("K", k), ("V", v)], numpy=attend(q, k, v))
    k, v = single(rng, 2, 1, 9, 8), single(rng, 2, 1, 9, 6)
    case("multi-query, causal", "Attention", [("Q", q), ("K", k), ("V", v)], {"is_causal": 1},
         numpy=attend(q, k, v, causal=True))
    mask = rng.random((4, 5, 7)) < 0.6
    mask[:, 1, :] = False
    case("truth values as mask", "Attention", [("Q", q), ("K", k[:, :, :7]), ("V", v[:, :, :7]),
                                               ("attn_mask", mask)])
    outputs = ("Y", "present_key", "present_value")
    k, v = single(rng, 2, 2, 3, 8), single(rng, 2, 2, 3, 6)
    past = [("past_key", single(rng, 2, 2, 4, 8)), ("past_value", single(rng, 2, 2, 4, 6))]
    absent = [("attn_mask", None)]
    case("cache", "Attention", [("Q", q), ("K", k), ("V", v)] + absent + past, outputs=outputs)
    case("cache, causal", "Attention", [("Q", q[:, :, :3]), ("K", k), ("V", v)] + absent + past,
         {"is_causal": 1}, outputs=outputs)
    case("cache, mask", "Attention",
         [("Q", q), ("K", k), ("V", v), ("attn_mask", single(rng, 5, 6))] + past,
         outputs=outputs)
    flat = [("Q", single(rng, 2, 1, 32)), ("K", single(rng, 2, 1, 16)),
            ("V", single(rng, 2, 1, 12))]
    case("one step, three dimensions", "Attention", flat + absent + past,
         {"q_num_heads": 4, "kv_num_heads": 2, "is_causal": 1}, outputs=outputs)
    q, k, v = single(rng, 2, 5, 24), single(rng, 2, 6, 12), single(rng, 2, 6, 10)
    heads = {"q_num_heads": 4, "kv_num_heads": 2}

    def split(t, n):
        return t.reshape(2, t.shape[1], n, -1).transpose(0, 2, 1, 3)
    wanted = attend(split(q, 4), split(k, 2), split(v, 2)).transpose(0, 2, 1, 3).reshape(2, 5, -1)
    case("three dimensions", "Attention", [("Q", q), ("K", k), ("V", v)], heads, numpy=wanted)
    case("f64", "Attention", [("Q", q), ("K", k), ("V", v)], heads | {"is_causal": 1},
         dtype="f64")


def rotary_cases(rng):
    for label, shape, attributes in (
            ("four dimensions", (2, 3, 4, 8), {}),
            ("interleaved", (2, 3, 4, 8), {"interleaved": 1}),
            ("partly", (1, 2, 5, 10), {"rotary_embedding_dim": 6}),
            ("partly, interleaved", (1, 2, 5, 10), {"rotary_embedding_dim": 4, "interleaved": 1}),
            ("three dimensions", (2, 4, 24), {"num_heads": 3}),
            ("three dimensions, interleaved", (2, 4, 24), {"num_heads": 4, "interleaved": 1})):
        x = single(rng, *shape)
        size = shape[3] if len(shape) == 4 else shape[2] // attributes["num_heads"]
        half = (attributes.get("rotary_embedding_dim") or size) // 2
        length = shape[2] if len(shape) == 4 else shape[1]
        cos, sin = single(rng, shape[0], length, half), single(rng, shape[0], length, half)
        case(label, "RotaryEmbedding", [("X", x), ("cos_cache", cos), ("sin_cache", sin)],
             attributes)
        table = [("cos_cache", single(rng, 30, half)), ("sin_cache", single(rng, 30, half))]
        case(f"{label}, positions", "RotaryEmbedding",
             [("X", x)] + table + [("position_ids", rng.integers(0, 30, (shape[0], length)))],
             attributes)


# Moving data -----------------------------------------------------------------------------------

def movement_cases(rng):
    x = single(rng, 2, 3, 4)
    for shape in ((4, 6), (-1,), (0, -1), (2, 0, 2, 2), (3, 1, -1)):
        case(f"{shape}", "Reshape", [("data", x), ("shape", index(*shape))], outputs=["reshaped"])
    case("empty", "Reshape", [("data", x[:0]), ("shape", index(3, 0, 4))], {"allowzero": 1},
         outputs=["reshaped"], numpy=np.zeros((3, 0, 4)))
    for order in (None, [1, 0, 2], [2, 0, 1], [0, 2, 1]):
        case(f"{order}", "Transpose", [("data", x)], {"perm": order} if order else {},
             outputs=["transposed"], numpy=np.transpose(x, order))
    for source, target in (((3, 1), (2, 1, 6)), ((3, 1), (3, 4)), ((1,), (2, 2)), ((), (3,)),
                           ((2, 3), (1, 1))):
        y = single(rng, *source)
        case(f"{source} {target}", "Expand", [("input", y), ("shape", index(*target))],
             outputs=["output"], numpy=y * np.ones(target))
    for repeats in ((1, 2, 1), (2, 1, 3), (0, 1, 1)):
        case(f"{repeats}", "Tile", [("input", x), ("repeats", index(*repeats))],
             outputs=["output"], numpy=np.tile(x, repeats))
    w = single(rng, 1, 3, 1, 2)
    for axes in (None, (0,), (-2, 0)):
        case(f"{axes}", "Squeeze", [("data", w), ("axes", index(*axes) if axes else None)],
             outputs=["squeezed"], numpy=np.squeeze(w, axes))
    for axes in ((0,), (-1, 1), (2, 0, 4)):
        case(f"{axes}", "Unsqueeze", [("data", x), ("axes", index(*axes))], outputs=["expanded"],
             numpy=np.expand_dims(x, axes))
    for axis in (0, 1, -1, 3):
        case(f"{axis}", "Flatten", [("input", x)], {"axis": axis}, outputs=["output"])
    y = single(rng, 5, 6, 7)
    large, small = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    for label, starts, ends, axes, steps, numpy in (
            ("plain", [1, 0], [4, 3], None, None, y[1:4, 0:3]),
            ("axes", [2, 1], [5, 6], [-1, 1], None, y[:, 1:6, 2:5]),
            ("steps", [0, 5, 6], [5, 0, 0], None, [2, -2, -3], y[0:5:2, 5:0:-2, 6:0:-3]),
            ("negative", [-3], [-1], [2], [1], y[:, :, -3:-1]),
            ("beyond", [-100, 3], [large, large], [0, 1], [1, 1], y[:, 3:]),
            ("all backward", [large], [small], [1], [-1], y[:, ::-1]),
            ("huge step", [1], [6], [1], [large], y[:, 1:6:6]),
            ("nothing", [4], [2], [0], [1], y[4:2])):
        case(label, "Slice",
             [("data", y), ("starts", index(*starts)), ("ends", index(*ends)),
              ("axes", index(*axes) if axes else None),
              ("steps", index(*steps) if steps else None)], outputs=["output"], numpy=numpy)
    pads = index(1, 0, 2, 0, 3, 1)
    for mode in ("constant", "reflect", "edge", "wrap"):
        p = np.minimum(pads, [1, 2, 2, 1, 2, 1]) if mode == "reflect" else pads
        case(mode, "Pad", [("data", x), ("pads", p)], {"mode": mode}, outputs=["output"],
             numpy=np.pad(x, list(zip(p[:3], p[3:])), mode=mode))
    case("value and axes", "Pad", [("data", x), ("pads", index(1, 2, 0, 1)),
                                   ("constant_value", np.array(1.5)), ("axes", index(-1, 0))],
         outputs=["output"], numpy=np.pad(x, [(2, 1), (0, 0), (1, 0)], constant_values=1.5))
    record("Pad negative", "Pad", [("data", y), ("pads", index(-1, 2, 0, 1, -2, -3))],
           [("output", np.pad(y[1:, :-2, :-3], [(0, 1), (2, 0), (0, 0)]))])
    whole = rng.integers(-2 ** 63, 2 ** 63, (3, 4), dtype=np.int64)
    record("Transpose i64", "Transpose", [("data", whole)], [("transposed", whole.T)])
    record("Pad u8", "Pad", [("data", whole.astype(np.uint8)), ("pads", index(1, 0, 0, 2)),
                             ("constant_value", np.array(7, np.uint8))],
           [("output", np.pad(whole.astype(np.uint8), [(1, 0), (0, 2)], constant_values=7))])
    record("Slice bool", "Slice", [("data", whole > 0), ("starts", index(-1)), ("ends", index(-9)),
                                   ("axes", index(1)), ("steps", index(-2))],
           [("output", (whole > 0)[:, ::-2])])
    z = single(rng, 2, 8, 2, 3)
    for mode in ("DCR", "CRD"):
        case(mode, "DepthToSpace", [("input", z)], {"blocksize": 2, "mode": mode},
             outputs=["output"])
    z = single(rng, 2, 3, 4, 6)
    case("2", "SpaceToDepth", [("input", z)], {"blocksize": 2}, outputs=["output"])


def resize_cases(rng):
    x = single(rng, 1, 2, 5, 6)
    empty = np.array([], dtype=np.float32)

    def resized(label, attributes, scales=None, sizes=None, roi=None):
        inputs = [("X", x), ("roi", np.array(roi, np.float32) if roi else None),
                  ("scales", np.array(scales, np.float32) if scales else None),
                  ("sizes", index(*sizes) if sizes else None)]
        result = reference("Resize", inputs, ["Y"], attributes)[0]
        ours = dict(attributes)
        if scales:
            ours["scales"] = [float(np.float32(s)) for s in scales]
        if roi:
            ours["roi"] = [float(np.float32(r)) for r in roi]
        record(f"Resize {label}", "Resize",
               [("X", x), ("sizes", index(*sizes) if sizes else None)], [("Y", result)], ours)
    modes = ("half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
             "asymmetric")
    for mode in modes:
        for kind in ("nearest", "linear"):
            attributes = {"mode": kind, "coordinate_transformation_mode": mode}
            resized(f"{kind} {mode} up", attributes, scales=[1.0, 1.0, 2.0, 2.0])
            resized(f"{kind} {mode} fraction", attributes, scales=[1.0, 1.0, 0.625, 1.75])
            resized(f"{kind} {mode} sizes", attributes, sizes=[1, 2, 3, 11])
    for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        for mode in ("asymmetric", "half_pixel"):
            resized(f"{rounding} {mode}", {"mode": "nearest", "nearest_mode": rounding,
                                           "coordinate_transformation_mode": mode},
                    scales=[1.0, 1.0, 1.5, 0.5])
    resized("axes", {"mode": "linear", "axes": [3, 2]}, sizes=[4, 9])
    for policy in ("not_larger", "not_smaller"):
        for kind in ("nearest", "linear"):
            attributes = {"mode": kind, "axes": [2, 3], "keep_aspect_ratio_policy": policy}
            resized(f"{kind} {policy}", attributes, sizes=[7, 8])
            resized(f"{kind} {policy} down", attributes, sizes=[3, 3])
    for kind in ("nearest", "linear"):
        resized(f"{kind} region", {"mode": kind, "extrapolation_value": 10.0,
                                   "coordinate_transformation_mode": "tf_crop_and_resize"},
                sizes=[1, 2, 4, 4], roi=[0.0, 0.0, 0.25, 0.5, 1.0, 1.0, 0.75, 1.25])


# Indices ---------------------------------------------------------------------------------------

def index_cases(rng):
    x = single(rng, 4, 5, 6)

    def drawn(extent, *shape):
        return rng.integers(-extent, extent, shape)
    for axis, shape in ((0, (3,)), (1, (2, 4)), (-1, ()), (2, (0, 2))):
        indices = drawn(x.shape[axis], *shape) if shape else np.array(-2)
        case(f"{axis} {shape}", "Gather", [("data", x), ("indices", indices)], {"axis": axis},
             outputs=["output"], numpy=np.take(x, indices, axis=axis))
    indices = drawn(4, 2, 3, 4)
    record("GatherElements smaller", "GatherElements", [("data", x), ("indices", indices)],
           [("output", np.take_along_axis(x[:, :3, :4], indices, axis=0))], {"axis": 0})
    for axis, shape in ((0, (7, 5, 6)), (1, (4, 2, 6)), (2, (4, 5, 9))):
        case(f"{axis} {shape}", "GatherElements",
             [("data", x), ("indices", drawn(x.shape[axis], *shape))], {"axis": axis},
             outputs=["output"])
    for batch, shape in ((0, (3, 2)), (0, (2, 2, 3)), (0, (5, 1)), (1, (4, 3, 1)), (2, (4, 5, 1))):
        case(f"{batch} {shape}", "GatherND", [("data", x), ("indices", drawn(4, *shape))],
             {"batch_dims": batch}, outputs=["output"])
    words = rng.integers(-2 ** 62, 2 ** 62, (9, 3))
    case("i64 by i32", "Gather", [("data", words), ("indices", np.array([8, 0, -1], np.int32))],
         outputs=["output"])
    for reduction in ("none", "add", "mul", "max", "min"):
        indices = drawn(5, 4, 6, 6)
        if reduction == "none":
            indices = np.argsort(rng.random((4, 5, 6)), axis=1)[:, :3] - 5
        updates = single(rng, *indices.shape)
        case(reduction, "ScatterElements",
             [("data", x), ("indices", indices), ("updates", updates)],
             {"axis": 1, "reduction": reduction}, outputs=["output"])
        rows = drawn(4, 9, 2) if reduction != "none" else index(*[[0, 1], [3, 4], [-1, 0]])
        case(reduction, "ScatterND",
             [("data", x), ("indices", rows), ("updates", single(rng, len(rows), 6))],
             {"reduction": reduction}, outputs=["output"])
    case("i32 sums", "ScatterElements",
         [("data", np.zeros((3, 2), np.int32)), ("indices", drawn(3, 8, 2)),
          ("updates", rng.integers(-99, 99, (8, 2)).astype(np.int32))],
         {"axis": 0, "reduction": "add"}, outputs=["output"])
    y, z = single(rng, 4, 2, 6), single(rng, 4, 0, 6)
    case("three", "Concat", [("a", x), ("b", z), ("c", y)], {"axis": 1}, outputs=["concat_result"],
         numpy=np.concatenate([x, z, y], axis=1), names=["inputs_0", "inputs_1", "inputs_2"])
    case("last axis", "Concat", [("a", x), ("b", x)], {"axis": -1}, outputs=["concat_result"],
         names=["inputs_0", "inputs_1"])
    case("given", "Split", [("input", x), ("split", index(1, 0, 4))], {"axis": 1},
         outputs=["outputs_0", "outputs_1", "outputs_2"])
    case("equal", "Split", [("input", x), ("split", None)], {"axis": -1, "num_outputs": 4},
         outputs=[f"outputs_{i}" for i in range(4)])


def ordering_cases(rng):
    ties = rng.integers(-3, 4, (3, 40)).astype(np.float64)
    for label, x, k, axis, largest in (
            ("rows", single(rng, 3, 50), 7, -1, 1), ("smallest", single(rng, 3, 50), 7, 1, 0),
            ("columns", single(rng, 9, 4, 2), 5, 0, 1), ("all", single(rng, 2, 6), 6, 1, 1),
            ("none", single(rng, 2, 6), 0, 1, 1), ("ties", ties, 12, 1, 1),
            ("integers", rng.integers(-50, 50, (4, 30)).astype(np.int32), 9, 1, 0)):
        # Of equal elements ONNX puts the one of lower index first.
        order = np.argsort(-x if largest else x, axis=axis, kind="stable")
        order = np.take(order, np.arange(k), axis=axis)
        values = np.take_along_axis(x, order, axis=axis)
        record(f"TopK {label}", "TopK", [("X", x), ("K", index(k))],
               [("Values", values), ("Indices", order)], {"axis": axis, "largest": largest},
               given=["K"])
    for axis, descending in ((1, 0), (0, 1)):
        order = np.argsort(-ties if descending else ties, axis=axis, kind="stable")
        record(f"Sort {axis} {descending}", "Sort", [("X", ties)],
               [("Y", np.take_along_axis(ties, order, axis=axis)), ("Indices", order)],
               {"axis": axis, "descending": descending}, domain="assay")


# Integers that stand for numbers ---------------------------------------------------------------

def quantize(x, scale, zero, low, high):
    return np.clip(np.rint(x / scale) + zero, low, high)


def byte_tensors(rng, dtype, *shape):
    limits = np.iinfo(dtype)
    return rng.integers(limits.min, limits.max + 1, shape).astype(dtype)


def quantization_cases(rng):
    x = (120 * rng.standard_normal((3, 8))).astype(np.float32).astype(np.float64)
    tie = np.array([0.5, 1.5, 2.5, -0.5, -1.5, 300.0, -300.0, 0.0])
    for dtype in (np.int8, np.uint8):
        limits = np.iinfo(dtype)
        for label, data, scale, zero, attributes in (
                ("whole", x, np.array(1.5), np.array(7, dtype), {}),
                ("ties", tie, np.array(1.0), np.array(3, dtype), {}),
                ("axis", x, np.array([0.5, 2.0, 1.25]), byte_tensors(rng, dtype, 3), {"axis": 0}),
                ("blocks", x, np.full((3, 2), 1.0) + np.arange(6).reshape(3, 2) / 4,
                 byte_tensors(rng, dtype, 3, 2), {"axis": 1, "block_size": 4})):
            wide_scale, wide_zero = scale, zero.astype(np.float64)
            if label == "axis":
                wide_scale, wide_zero = scale[:, None], zero[:, None].astype(np.float64)
            if label == "blocks":
                wide_scale = np.repeat(scale, 4, axis=1)
                wide_zero = np.repeat(zero, 4, axis=1).astype(np.float64)
            codes = quantize(data, wide_scale, wide_zero, limits.min, limits.max).astype(dtype)
            record(f"QuantizeLinear {label} {dtype.__name__}", "QuantizeLinear",
                   [("x", data), ("y_scale", scale), ("y_zero_point", zero)], [("y", codes)],
                   attributes)
            record(f"DequantizeLinear {label} {dtype.__name__}", "DequantizeLinear",
                   [("x", codes), ("x_scale", scale), ("x_zero_point", zero)],
                   [("y", (codes - wide_zero) * wide_scale)], attributes)
    for name, dtype in (("e4m3", ml_dtypes.float8_e4m3fn), ("e5m2", ml_dtypes.float8_e5m2)):
        codes = np.arange(256, dtype=np.uint8).view(dtype)
        codes = codes[np.isfinite(codes.astype(np.float64))]
        for label, zero in (("zero", 0.0), ("moved", 1.5)):
            record(f"DequantizeLinear {label} {name}", "DequantizeLinear",
                   [("x", codes), ("x_scale", np.array(1.25)),
                    ("x_zero_point", np.array(zero).astype(dtype))],
                   [("y", ((codes.astype(np.float64) - zero) * 1.25, "f32"))])
    record("QuantizeLinear plain", "QuantizeLinear", [("x", x), ("y_scale", np.array(1.0))],
           [("y", quantize(x, 1.0, 0, 0, 255).astype(np.uint8))])
    for label, data in (("both signs", x), ("positive", np.abs(x)), ("negative", -np.abs(x)),
                        ("zeros", np.zeros(5))):
        low, high = min(data.min(), 0), max(data.max(), 0)
        scale = (high - low) / 255
        zero = 0 if scale == 0 else np.clip(np.rint(-low / scale), 0, 255)
        codes = quantize(data, scale or 1.0, zero, 0, 255).astype(np.uint8)
        record(f"DynamicQuantizeLinear {label}", "DynamicQuantizeLinear", [("x", data)],
               [("y", codes), ("y_scale", np.float64(scale)),
                ("y_zero_point", np.array(zero, np.uint8))])


def integer_product_cases(rng):
    for label, left, right, types in (
            ("i8", (5, 40), (40, 9), (np.int8, np.int8)),
            ("u8 by i8", (2, 3, 16), (16, 5), (np.uint8, np.int8)),
            ("batches", (2, 1, 3, 8), (3, 8, 4), (np.uint8, np.uint8))):
        a, b = byte_tensors(rng, types[0], *left), byte_tensors(rng, types[1], *right)
        wide = a.astype(np.int64), b.astype(np.int64)
        record(f"MatMulInteger {label}", "MatMulInteger", [("A", a), ("B", b)],
               [("Y", np.matmul(*wide).astype(np.int32))])
        rows = byte_tensors(rng, types[0], left[-2]) if len(left) == 2 else np.array(9, types[0])
        columns = byte_tensors(rng, types[1], right[-1])
        moved = (wide[0] - (rows[:, None] if rows.ndim else rows).astype(np.int64),
                 wide[1] - columns.astype(np.int64))
        record(f"MatMulInteger {label}, zero points", "MatMulInteger",
               [("A", a), ("B", b), ("a_zero_point", rows), ("b_zero_point", columns)],
               [("Y", np.matmul(*moved).astype(np.int32))])
        scales = np.array(1.25), 1 + np.arange(right[-1]) / 8, np.array(9000.0)
        zero = np.array(3, types[1])
        exact = (np.matmul(wide[0] - 9, moved[1]) * scales[0] * scales[1] / scales[2])
        limits = np.iinfo(types[1])
        record(f"QLinearMatMul {label}", "QLinearMatMul",
               [("a", a), ("a_scale", scales[0]), ("a_zero_point", np.array(9, types[0])),
                ("b", b), ("b_scale", scales[1]), ("b_zero_point", columns),
                ("y_scale", scales[2]), ("y_zero_point", zero)],
               [("y", np.clip(np.rint(exact) + 3, limits.min, limits.max).astype(types[1]))])
    for label, image, weight, attributes in (
            ("2-D", (2, 4, 6, 5), (3, 4, 3, 3), {"pads": [1, 1, 1, 1], "strides": [2, 1]}),
            ("grouped", (1, 4, 5, 5), (4, 2, 2, 2), {"group": 2})):
        x, w = byte_tensors(rng, np.uint8, *image), byte_tensors(rng, np.int8, *weight)
        zeros = byte_tensors(rng, np.int8, weight[0])
        wide = w.astype(np.float64) - zeros.reshape(-1, 1, 1, 1)
        result = convolve(x.astype(np.float64) - 100, wide, None,
                          attributes.get("strides", [1, 1]), attributes.get("pads", [0] * 4),
                          [1, 1], attributes.get("group", 1))
        record(f"ConvInteger {label}", "ConvInteger",
               [("x", x), ("w", w), ("x_zero_point", np.array(100, np.uint8)),
                ("w_zero_point", zeros)], [("y", result.astype(np.int32))], attributes)


# Operators of our own --------------------------------------------------------------------------

def own(label, operator, inputs, outputs, attributes=None):
    record(f"{operator} {label}", operator, inputs, outputs, attributes, domain="assay")


def serving_cases(rng):
    for rows, width in ((5, 40), (2, 7)):
        x, residual, scale = single(rng, rows, width), single(rng, rows, width), single(rng, width)
        total = x + residual
        total[-1] = x[-1] = residual[-1] = 0
        normal = total / np.sqrt((total ** 2).mean(axis=-1, keepdims=True) + 1e-3) * scale
        largest = np.abs(normal).max(axis=-1)
        steps = np.where(largest == 0, 1.0, largest / 127)
        codes = quantize(normal, steps[:, None], 0, -127, 127).astype(np.int8)
        own(f"{rows} {width}", "AddRMSNormQuantize",
            [("X", x), ("Residual", residual), ("Scale", scale)],
            [("Y", codes), ("YScale", steps), ("Sum", total)], {"epsilon": 1e-3})
    q, table = single(rng, 3, 4, 8), rng.integers(0, 6, (3, 3))
    keys, values = single(rng, 6, 5, 2, 8), single(rng, 6, 5, 2, 6)
    lengths = index(15, 1, 7)
    for label, attributes in (("plain", {}), ("softcap", {"softcap": 1.5, "scale": 0.5})):
        result = np.zeros((3, 4, 6))
        for item, length in enumerate(lengths):
            k, v = (np.concatenate([t[b] for b in table[item]])[:length] for t in (keys, values))
            result[item] = attend(q[item][None, :, None], k.transpose(1, 0, 2)[None],
                                  v.transpose(1, 0, 2)[None], scale=attributes.get("scale"),
                                  softcap=attributes.get("softcap", 0))[0, :, 0]
        own(label, "PagedAttention", [("Q", q), ("KeyCache", keys), ("ValueCache", values),
                                      ("BlockTable", table), ("Lengths", lengths)],
            [("Y", result)], attributes)
    new_key, new_value, slots = single(rng, 3, 2, 8), single(rng, 3, 2, 6), index(29, 0, 12)
    written = keys.copy(), values.copy()
    written[0].reshape(30, 2, 8)[slots] = new_key
    written[1].reshape(30, 2, 6)[slots] = new_value
    own("three", "PagedKeyValueWrite",
        [("Key", new_key), ("Value", new_value), ("KeyCache", keys), ("ValueCache", values),
         ("Slots", slots)], [("NewKeyCache", written[0]), ("NewValueCache", written[1])])
    a, b, ends = single(rng, 9, 12), single(rng, 4, 12, 7), index(3, 3, 8, 9)
    groups = np.searchsorted(ends, np.arange(9), side="right")
    own("four groups", "GroupedMatMul", [("A", a), ("B", b), ("Offsets", ends)],
        [("Y", np.stack([row @ b[g] for row, g in zip(a, groups)]))])
    a, codes = single(rng, 5, 24), rng.integers(0, 16, (7, 24))
    steps = np.abs(single(rng, 7, 3))
    packed = (codes[:, 0::2] | codes[:, 1::2] << 4).astype(np.uint8)
    own("blocks of 8", "BlockQuantizedMatMul", [("A", a), ("B", packed), ("BScale", steps)],
        [("Y", a @ ((codes - 8) * np.repeat(steps, 8, axis=1)).T)], {"block_size": 8})


def expert_cases(rng):
    tokens, experts, width, k = 11, 5, 6, 2
    x, logits = single(rng, tokens, width), np.round(single(rng, tokens, experts) * 4) / 4
    order = np.argsort(-logits, axis=1, kind="stable")[:, :k]
    ends = np.cumsum(np.bincount(order.ravel(), minlength=experts))
    # Copies by expert, each expert's by token.
    places = sorted((order[t, j], t, j) for t in range(tokens) for j in range(k))
    positions = np.zeros((tokens, k), dtype=np.int64)
    for row, (_, t, j) in enumerate(places):
        positions[t, j] = row
    chosen = np.take_along_axis(logits, order, axis=1)
    power = np.exp(chosen - chosen.max(axis=1, keepdims=True))
    weights = power / power.sum(axis=1, keepdims=True)
    own("two of five", "MoEDispatch", [("X", x), ("Logits", logits)],
        [("Dispatched", x[[t for _, t, _ in places]]), ("Weights", weights),
         ("Positions", positions), ("Offsets", ends)], {"k": k})
    y, weights = single(rng, tokens * k, width), single(rng, tokens, k)
    own("two of five", "MoECombine", [("Y", y), ("Positions", positions), ("Weights", weights)],
        [("Combined", (y[positions] * weights[:, :, None]).sum(axis=1))])


def gradient_cases(rng):
    for label, image, weight, attributes in (
            ("2-D", (2, 3, 6, 7), (4, 3, 3, 2), {"pads": [1, 0, 1, 1], "strides": [2, 1]}),
            ("1-D dilations", (2, 2, 11), (3, 2, 3), {"dilations": [2], "strides": [3]}),
            ("depthwise", (1, 4, 5, 5), (4, 1, 3, 3), {"group": 4, "pads": [1, 1, 1, 1]}),
            ("grouped", (2, 4, 4, 4), (6, 2, 2, 2), {"group": 2})):
        rank = len(image) - 2
        given = (attributes.get("strides", [1] * rank), attributes.get("pads", [0] * 2 * rank),
                 attributes.get("dilations", [1] * rank), attributes.get("group", 1))
        x = single(rng, *image)
        gradient = single(rng, *convolve(x, np.zeros(weight), None, *given).shape)
        # The convolution is linear in each weight: its derivative is that of a unit.
        result = np.zeros(weight)
        for place in np.ndindex(*weight):
            unit = np.zeros(weight)
            unit[place] = 1
            result[place] = (convolve(x, unit, None, *given) * gradient).sum()
        own(label, "ConvWeightGrad", [("X", x), ("Gradient", gradient)],
            [("WGradient", result)], attributes | {"kernel_shape": list(weight[2:])})
    indices, gradient = rng.integers(-7, 7, (3, 5)), single(rng, 3, 5, 4)
    result = np.zeros((7, 4))
    np.add.at(result, indices, gradient)
    own("rows", "GatherGrad", [("Gradient", gradient), ("Indices", indices)],
        [("DataGradient", result)], {"rows": 7})


# Real arithmetic -------------------------------------------------------------------------------

def short(array):
    """The nearest bfloat16 numbers."""
    return array.astype(ml_dtypes.bfloat16).astype(np.float32)


def arithmetic(label, operator, inputs, outputs, passes, attributes=None, domain=""):
    """Outputs as f32 arithmetic gives them, which must pass, or shorter arithmetic, which fails."""
    record(label, operator, [(n, a.astype(np.float64)) for n, a in inputs],
           [(n, a.astype(np.float64)) for n, a in outputs], attributes, domain=domain)
    vectors.VECTORS[-1]["passes"] = passes


def attend_single(q, k, v):
    """Attention of one head in f32, block after block as kernels do that keep no scores."""
    scale = np.float32(1 / np.sqrt(q.shape[-1]))
    largest = np.full(q.shape[0], -np.inf, dtype=np.float32)
    total, result = np.zeros(q.shape[0], np.float32), np.zeros((q.shape[0], v.shape[1]), np.float32)
    for start in range(0, k.shape[0], 16):
        scores = scale * (q @ k[start:start + 16].T)
        now = np.maximum(largest, scores.max(axis=1))
        power, shrink = np.exp(scores - now[:, None]), np.exp(largest - now)
        total = total * shrink + power.sum(axis=1)
        result = result * shrink[:, None] + power @ v[start:start + 16]
        largest = now
    return result / total[:, None]


def arithmetic_cases(rng):
    x, w = single(rng, 1, 32, 9, 9).astype(np.float32), single(rng, 8, 32, 3, 3).astype(np.float32)

    def product(image, weight):
        """Sums in f32 from the first to the last term."""
        total = np.zeros((1, 8, 7, 7), np.float32)
        for c, i, j in np.ndindex(32, 3, 3):
            total += weight[None, :, c, i, j, None, None] * image[:, c, None, i:i + 7, j:j + 7]
        return total
    for label, result, passes in (("f32", product(x, w), True),
                                  ("bf16 factors", product(short(x), short(w)), False),
                                  ("one bf16 factor", product(x, short(w)), False),
                                  ("stored in bf16", short(product(x, w)), False)):
        arithmetic(f"Conv {label}", "Conv", [("X", x), ("W", w)], [("Y", result)], passes)
    q, k, v = (single(rng, n, 64).astype(np.float32) for n in (16, 128, 128))
    inputs = [(n, t[None, None]) for n, t in (("Q", q), ("K", k), ("V", v))]
    power = np.exp(q @ k.T / np.float32(8))
    shares = power / power.sum(axis=1, keepdims=True)
    for label, result, passes in (("f32 in blocks", attend_single(q, k, v), True),
                                  ("f32 at once", shares @ v, True),
                                  ("bf16 shares", short(shares) @ v, False),
                                  ("bf16 queries", attend_single(short(q), k, v), False),
                                  ("stored in bf16", short(shares @ v), False)):
        arithmetic(f"Attention {label}", "Attention", inputs, [("Y", result[None, None])], passes)
    pooled = x.reshape(1, 32, 3, 3, 3, 3).transpose(0, 1, 2, 4, 3, 5).reshape(1, 32, 3, 3, 9)
    for label, result, passes in (("f32", pooled.mean(axis=-1, dtype=np.float32), True),
                                  ("bf16 numbers", short(pooled).mean(axis=-1), False)):
        arithmetic(f"AveragePool {label}", "AveragePool", [("X", x)], [("Y", result)], passes,
                   {"kernel_shape": [3, 3], "strides": [3, 3]})
    cos, sin = (single(rng, 1, 9, 32).astype(np.float32) for _ in range(2))
    y = single(rng, 1, 2, 9, 64).astype(np.float32)

    def rotate(a):
        left, right = a[..., :32], a[..., 32:]
        return np.concatenate([left * cos - right * sin, left * sin + right * cos], axis=-1)
    for label, result, passes in (("f32", rotate(y), True), ("bf16", rotate(short(y)), False)):
        arithmetic(f"RotaryEmbedding {label}", "RotaryEmbedding",
                   [("X", y), ("cos_cache", cos), ("sin_cache", sin)], [("Y", result)], passes)
    a, codes = single(rng, 6, 256).astype(np.float32), rng.integers(0, 16, (9, 256))
    steps = np.abs(single(rng, 9, 8)).astype(np.float32)
    b = ((codes - 8) * np.repeat(steps, 32, axis=1)).astype(np.float32)
    packed = (codes[:, 0::2] | codes[:, 1::2] << 4).astype(np.uint8)
    for label, result, passes in (("f32", a @ b.T, True), ("bf16 factors", short(a) @ b.T, False),
                                  ("halves exchanged", a @ (b.reshape(9, 128, 2)[..., ::-1]
                                                            .reshape(9, 256)).T, False)):
        record(f"BlockQuantizedMatMul {label}", "BlockQuantizedMatMul",
               [("A", a.astype(np.float64)), ("B", packed), ("BScale", steps.astype(np.float64))],
               [("Y", result.astype(np.float64))], domain="assay")
        vectors.VECTORS[-1]["passes"] = passes


if __name__ == "__main__":
    generator = np.random.default_rng(20241128)
    convolution_cases(generator)
    transposed_cases(generator)
    pooling_cases(generator)
    attention_cases(generator)
    rotary_cases(generator)
    movement_cases(generator)
    resize_cases(generator)
    index_cases(generator)
    ordering_cases(generator)
    quantization_cases(generator)
    integer_product_cases(generator)
    serving_cases(generator)
    expert_cases(generator)
    gradient_cases(generator)
    vectors.write("structural")
    arithmetic_cases(generator)
    text = json.dumps(vectors.VECTORS, indent=0) + "\n"
    (vectors.HERE / "arithmetic-structural.json").write_text(text)
