#!/usr/bin/env python3
"""Writes vectors-recurrent.json and arithmetic-recurrent.json: LSTM and GRU.

    pip install numpy onnx onnxruntime ml_dtypes
    python3 make_recurrent.py

Expected values come from ONNX's equations written in numpy, in f64. They must agree with onnx's
reference evaluator where that has the attributes (one direction, functions by default), and with
ONNX Runtime, which computes in f32, everywhere.
"""
import json

import ml_dtypes
import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

import vectors

OPSET = 14
INPUTS = {"LSTM": ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"],
          "GRU": ["X", "W", "R", "B", "sequence_lens", "initial_h"]}
OUTPUTS = {"LSTM": ["Y", "Y_h", "Y_c"], "GRU": ["Y", "Y_h"]}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# Functions by name: with alpha and beta where they have them, else None, and the defaults.
FUNCTIONS = {
    "sigmoid": (lambda x, a, b: sigmoid(x), None, None),
    "tanh": (lambda x, a, b: np.tanh(x), None, None),
    "relu": (lambda x, a, b: np.maximum(x, 0), None, None),
    "leakyrelu": (lambda x, a, b: np.where(x < 0, a * x, x), float(np.float32(0.01)), None),
    "hardsigmoid": (lambda x, a, b: np.clip(a * x + b, 0, 1), float(np.float32(0.2)), 0.5),
    "elu": (lambda x, a, b: np.where(x < 0, a * np.expm1(x), x), 1.0, None),
    "softsign": (lambda x, a, b: x / (1 + abs(x)), None, None),
    "softplus": (lambda x, a, b: np.log1p(np.exp(x)), None, None),
    "scaledtanh": (lambda x, a, b: a * np.tanh(b * x), 1.0, 1.0),
    "affine": (lambda x, a, b: a * x + b, 1.0, 0.0)}


def functions(names, attributes, each):
    """One for each name, taking parameters in order where it has them; `each` for a direction."""
    alphas = list(attributes.get("activation_alpha", []))
    betas = list(attributes.get("activation_beta", []))
    result = []
    for place, name in enumerate(names):
        function, alpha, beta = FUNCTIONS[name.lower()]
        if alpha is not None and alphas:
            alpha = alphas.pop(0)
        if beta is not None and betas:
            beta = betas.pop(0)

        # Limits are for gates, not for the cell, which the third function is applied to.
        clip = np.inf if place % each == 2 else attributes.get("clip", np.inf)

        def limited(x, function=function, alpha=alpha, beta=beta, clip=clip):
            return function(np.clip(x, -clip, clip), alpha, beta)
        result.append(limited)
    return result


def long_step(x, h, c, w, r, wb, rb, p, f, attributes):
    n = h.shape[0]
    i, o, fo, g = (x @ w[k * n:(k + 1) * n].T + h @ r[k * n:(k + 1) * n].T
                   + wb[k * n:(k + 1) * n] + rb[k * n:(k + 1) * n] for k in range(4))
    i = f[0](i + p[:n] * c)
    fo = f[0](fo + p[2 * n:] * c)
    if attributes.get("input_forget"):
        fo = 1 - i
    c = fo * c + i * f[1](g)
    o = f[0](o + p[n:2 * n] * c)
    return o * f[2](c), c


def gated_step(x, h, w, r, wb, rb, f, attributes):
    n = h.shape[0]
    z, t = (f[0](x @ w[k * n:(k + 1) * n].T + h @ r[k * n:(k + 1) * n].T
                 + wb[k * n:(k + 1) * n] + rb[k * n:(k + 1) * n]) for k in range(2))
    own = x @ w[2 * n:].T + wb[2 * n:]
    if attributes.get("linear_before_reset"):
        g = f[1](own + t * (h @ r[2 * n:].T + rb[2 * n:]))
    else:
        g = f[1](own + (t * h) @ r[2 * n:].T + rb[2 * n:])
    return (1 - z) * g + z * h


def network(operator, tensors, attributes, dtype=np.float64):
    """Y, Y_h and, for LSTM, Y_c; in that arithmetic."""
    get = {k: v.astype(dtype) for k, v in tensors.items() if k != "sequence_lens"}
    by_batch = attributes.get("layout", 0) == 1
    x = get["X"].swapaxes(0, 1) if by_batch else get["X"]
    steps, batch, _ = x.shape
    directions, rows, hidden = get["R"].shape
    name = attributes.get("direction", "forward")
    reverse = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}[name]
    lens = tensors.get("sequence_lens", np.full(batch, steps))
    defaults = ["sigmoid", "tanh", "tanh"] if operator == "LSTM" else ["sigmoid", "tanh"]
    names = attributes.get("activations", defaults * directions)
    all_functions = functions(names, attributes, len(defaults))
    y = np.zeros((steps, directions, batch, hidden), dtype)
    last = np.zeros((2, directions, batch, hidden), dtype)
    for d in range(directions):
        own = all_functions[d * len(defaults):(d + 1) * len(defaults)]
        bias = get.get("B", np.zeros((directions, 2 * rows), dtype))[d]
        peepholes = get.get("P", np.zeros((directions, 3 * hidden), dtype))[d]
        for b in range(batch):
            states = []
            for key in ("initial_h", "initial_c"):
                state = get.get(key, np.zeros((directions, batch, hidden), dtype))
                states.append(state[b, d] if by_batch and key in get else state[d, b])
            h, c = states
            order = range(int(lens[b]))
            for t in reversed(order) if reverse[d] else order:
                given = (get["W"][d], get["R"][d], bias[:rows], bias[rows:])
                if operator == "LSTM":
                    h, c = long_step(x[t, b], h, c, *given, peepholes, own, attributes)
                else:
                    h = gated_step(x[t, b], h, *given, own, attributes)
                y[t, d, b] = h
            last[:, d, b] = h, c
    if by_batch:
        return y.transpose(2, 0, 1, 3), *last.transpose(0, 2, 1, 3)
    return y, *last


def model_of(operator, tensors, attributes, kind, outputs):
    names = [n if n in tensors else "" for n in INPUTS[operator]]
    while not names[-1]:
        names.pop()
    node = helper.make_node(operator, names, outputs,
                            hidden_size=tensors["R"].shape[-1], **attributes)
    types = {n: TensorProto.INT32 if n == "sequence_lens" else kind for n in tensors}
    graph = helper.make_graph(
        [node], "g", [helper.make_tensor_value_info(n, types[n], a.shape)
                      for n, a in tensors.items()],
        [helper.make_tensor_value_info(n, kind, None) for n in outputs])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def steps_first(tensors, results):
    """The same with layout 0, which is all that both have."""
    turned = {n: a.swapaxes(0, 1) if n in ("X", "initial_h", "initial_c") else a
              for n, a in tensors.items()}
    return turned, [results[0].transpose(1, 2, 0, 3), *(r.swapaxes(0, 1) for r in results[1:])]


def compare(label, operator, tensors, attributes, results):
    """With ONNX Runtime, and with the reference where that has what is asked for."""
    attributes = dict(attributes)
    if attributes.pop("layout", 0) == 1:
        tensors, results = steps_first(tensors, results)
    single = {n: a if n == "sequence_lens" else a.astype(np.float32) for n, a in tensors.items()}
    model = model_of(operator, single, attributes, TensorProto.FLOAT, OUTPUTS[operator])
    session = onnxruntime.InferenceSession(model.SerializeToString())
    for name, found, right in zip(OUTPUTS[operator], session.run(None, single), results):
        np.testing.assert_allclose(found, right, rtol=2e-4, atol=2e-5, err_msg=f"{label} {name}")
    if not set(attributes) <= {"linear_before_reset"} or "sequence_lens" in tensors:
        return
    if tensors["R"].shape[0] > 1:
        return
    wide = {n: a.astype(np.float64) for n, a in tensors.items()}
    model = model_of(operator, wide, attributes, TensorProto.DOUBLE, ["Y", "Y_h"])
    found = ReferenceEvaluator(model).run(None, wide)
    # It has no Y_c.
    for name, one, right in zip(OUTPUTS[operator], found, results):
        np.testing.assert_allclose(one, right, rtol=1e-5, atol=1e-6, err_msg=f"{label} {name}")


def tensors_of(rng, operator, sizes, names, directions=1, by_batch=False):
    steps, batch, width, hidden = sizes
    gates = 4 if operator == "LSTM" else 3
    state = (batch, directions, hidden) if by_batch else (directions, batch, hidden)
    shapes = {"X": (batch, steps, width) if by_batch else (steps, batch, width),
              "W": (directions, gates * hidden, width), "R": (directions, gates * hidden, hidden),
              "B": (directions, 2 * gates * hidden), "initial_h": state, "initial_c": state,
              "P": (directions, 3 * hidden)}
    scales = {"W": width ** -0.5, "R": hidden ** -0.5, "B": 0.5, "P": 0.5}
    result = {n: vectors.single(rng, shapes[n], scales.get(n, 1.0))
              for n in INPUTS[operator] if n in shapes and (n in "XWR" or n in names)}
    if "sequence_lens" in names:
        result["sequence_lens"] = rng.integers(1, steps + 1, batch).astype(np.int32)
    return {n: result[n] for n in INPUTS[operator] if n in result}


def case(rng, label, operator, names=(), outputs=None, sizes=(5, 3, 4, 6), dtype="f32",
         tensors=None, **attributes):
    directions = 2 if attributes.get("direction") == "bidirectional" else 1
    tensors = tensors or tensors_of(rng, operator, sizes, names, directions,
                                    attributes.get("layout", 0) == 1)
    if dtype != "f32":
        tensors = {n: a if n == "sequence_lens" else a.astype(vectors.NUMPY[dtype])
                   for n, a in tensors.items()}
    results = network(operator, tensors, attributes)
    if dtype in ("f32", "f64"):
        compare(label, operator, tensors, attributes, results)
    wanted = outputs or OUTPUTS[operator]
    vectors.vector(f"{operator} {label}", operator, list(tensors.items()),
                   [(n, r) for n, r in zip(OUTPUTS[operator], results) if n in wanted], attributes,
                   check=False, tolerance=1e-10)


def cases(rng):
    for operator in ("LSTM", "GRU"):
        states = ("initial_h", "initial_c") if operator == "LSTM" else ("initial_h",)
        case(rng, "plain", operator)
        case(rng, "last state only", operator, outputs=["Y_h"])
        case(rng, "bias", operator, ["B"])
        case(rng, "f64", operator, ["B"], dtype="f64")
        case(rng, "f16", operator, ["B"], dtype="f16")
        case(rng, "bf16", operator, ["B"], dtype="bf16")
        case(rng, "initial states", operator, ["B", *states])
        case(rng, "lengths", operator, ["B", "sequence_lens", *states])
        case(rng, "reverse", operator, ["B"], direction="reverse")
        case(rng, "reverse, lengths", operator, ["B", "sequence_lens", *states],
             direction="reverse")
        case(rng, "both directions", operator, ["B", "sequence_lens", *states],
             direction="bidirectional")
        case(rng, "by batch", operator, ["B"], layout=1)
        case(rng, "by batch, both directions", operator, ["B", *states], layout=1,
             direction="bidirectional")
        case(rng, "clip", operator, ["B"], clip=0.75)
        case(rng, "one step of one unit", operator, sizes=(1, 1, 1, 1))
        if operator == "LSTM":
            case(rng, "peepholes", operator, ["B", "P", *states])
            case(rng, "peepholes, clip, both", operator, ["B", "P", *states], clip=1.5,
                 direction="bidirectional")
            case(rng, "coupled gates", operator, ["B"], input_forget=1)
            case(rng, "functions", operator, ["B"],
                 activations=["HardSigmoid", "Softsign", "ScaledTanh"],
                 activation_alpha=[0.3, 0.75], activation_beta=[0.4, 1.25])
            case(rng, "functions, both", operator, ["B"], direction="bidirectional",
                 activations=["Sigmoid", "Relu", "Elu", "Sigmoid", "LeakyRelu", "Affine"],
                 activation_alpha=[0.5, 0.1, 0.5], activation_beta=[0.125])
        else:
            for direction in ("forward", "bidirectional"):
                case(rng, f"linear before reset, {direction}", operator, ["B", *states],
                     linear_before_reset=1, direction=direction)
            case(rng, "functions", operator, ["B"], activations=["HardSigmoid", "Softplus"],
                 activation_alpha=[0.3], activation_beta=[0.4])
            case(rng, "functions, both", operator, ["B"], direction="bidirectional",
                 activations=["sigmoid", "Softsign", "Sigmoid", "TANH"])


def short(array):
    return array.astype(ml_dtypes.bfloat16).astype(np.float32)


def arithmetic(rng):
    """Outputs of f32 arithmetic, which must pass, and of shorter or other arithmetic."""
    for operator, attributes in (("LSTM", {}), ("GRU", {}), ("GRU", {"linear_before_reset": 1})):
        tensors = tensors_of(rng, operator, (40, 2, 24, 48), ["B"])
        exchanged = dict(tensors)
        exchanged["R"] = np.roll(tensors["R"], tensors["R"].shape[-1], axis=1)
        for label, given, last, passes in (
                ("f32", tensors, lambda a: a, True),
                ("bf16 numbers", {n: short(a) for n, a in tensors.items()}, lambda a: a, False),
                ("bf16 recurrence", {**tensors, "R": short(tensors["R"])}, lambda a: a, False),
                ("stored in bf16", tensors, short, False),
                ("gates exchanged", exchanged, lambda a: a, False)):
            results = network(operator, given, attributes, np.float32)
            for name, array in tensors.items():
                assert array.dtype == np.float32, name
            vectors.vector(f"{operator} {attributes} {label}", operator, list(tensors.items()),
                           [("Y", last(results[0]).astype(np.float64)),
                            ("Y_h", last(results[1]).astype(np.float64))], attributes, check=False)
            vectors.VECTORS[-1]["passes"] = passes


if __name__ == "__main__":
    generator = np.random.default_rng(20251201)
    cases(generator)
    vectors.write("recurrent")
    arithmetic(generator)
    text = json.dumps(vectors.VECTORS, indent=0) + "\n"
    (vectors.HERE / "arithmetic-recurrent.json").write_text(text)
