"""Makes vectors-reductions.json: reductions, normalizations, losses and gradients.

    python3 Tests/Fixtures/operators/make_reductions.py

numpy and scipy; gradients also from numerical derivatives of the forward functions, so that no
formula is believed because it was copied.
"""
import numpy as np
import scipy.special

from vectors import NUMPY, kind, single, vector, write

REDUCTIONS = {
    "ReduceSum": (np.sum, 24), "ReduceMean": (np.mean, 24), "ReduceMax": (np.max, 24),
    "ReduceMin": (np.min, 24), "ReduceProd": (np.prod, 24),
    "ReduceL1": (lambda x, **k: np.sum(np.abs(x), **k), 24),
    "ReduceL2": (lambda x, **k: np.sqrt(np.sum(x * x, **k)), 24),
    "ReduceSumSquare": (lambda x, **k: np.sum(x * x, **k), 24),
    "ReduceLogSum": (lambda x, **k: np.log(np.sum(x, **k)), 24),
    "ReduceLogSumExp": (lambda x, **k: scipy.special.logsumexp(x, **k), 24),
}
EMPTY = {"ReduceMax": -np.inf, "ReduceMin": np.inf, "ReduceMean": np.nan,
         "ReduceLogSumExp": -np.inf, "ReduceLogSum": -np.inf}


def wide(x):
    return np.asarray(x).astype(np.float64)


def whole(values):
    return np.array(values, dtype=np.int64)


def reductions(rng):
    for name, (function, opset) in REDUCTIONS.items():
        for shape, axes, keep in (((3, 4), None, 1), ((3, 4), None, 0), ((2, 3, 4), [-1], 0),
                                  ((2, 3, 4), [1], 1), ((2, 3, 4), [0, 2], 0),
                                  ((2, 3, 4, 5), [-3, 3], 1), ((5,), [0], 0), ((2, 300), [1], 0),
                                  ((40, 3), [0], 0), ((), None, 1), ((3, 0), [1], 0),
                                  ((0, 3), [1], 1), ((3, 0, 2), [1], 1)):
            x = np.asarray(single(rng, shape))
            if name == "ReduceLogSum":
                x = np.abs(x)
            inputs = [("data", x)] + ([("axes", whole(axes))] if axes is not None else [])
            over = tuple(range(len(shape))) if axes is None else tuple(axes)
            isEmpty = 0 in [shape[a] for a in over]
            with np.errstate(all="ignore"):
                if isEmpty and name in EMPTY:
                    kept = np.sum(wide(x), axis=over, keepdims=bool(keep))
                    result = np.full(kept.shape, EMPTY[name])
                else:
                    result = function(wide(x), axis=over, keepdims=bool(keep))
            # scipy makes a list of one of the logarithm of a scalar.
            result = np.reshape(result, ()) if shape == () else result
            vector(f"{name} {shape} {axes} {keep}", name, inputs, [("reduced", np.asarray(result))],
                   {"keepdims": keep}, given=("axes",), opset=opset,
                   check=0 not in shape and shape != ())
        x = single(rng, (2, 3))
        if name == "ReduceLogSum":
            x = np.abs(x)
        with np.errstate(all="ignore"):
            vector(f"{name} empty axes", name, [("data", x), ("axes", whole([]))],
                   [("reduced", np.asarray(function(wide(x), axis=(0, 1), keepdims=True)))],
                   given=("axes",), check=False)
            special = single(rng, (5, 3))
            special[0, 0], special[1, 1], special[2, 0] = np.inf, np.nan, -np.inf
            special[3, :2] = np.inf, -np.inf
            special[4] = -np.inf
            if name != "ReduceLogSum":
                vector(f"{name} special values", name, [("data", special), ("axes", whole([1]))],
                       [("reduced", function(wide(special), axis=1, keepdims=True))],
                       given=("axes",), check=False)
        for dtype in ("f64", "f16", "bf16"):
            own = (np.abs(x) if name == "ReduceLogSum" else x).astype(NUMPY[dtype])
            vector(f"{name} {dtype}", name, [("data", own), ("axes", whole([1]))],
                   [("reduced", function(wide(own), axis=1, keepdims=True))], given=("axes",),
                   check=False)
    x = single(rng, (2, 3))
    vector("ReduceSum nothing", "ReduceSum", [("data", x), ("axes", whole([]))],
           [("reduced", wide(x))], {"noop_with_empty_axes": 1}, given=("axes",))
    for name, function in (("ReduceSum", np.sum), ("ReduceProd", np.prod), ("ReduceMax", np.max),
                           ("ReduceMin", np.min)):
        for dtype in (np.int32, np.int64, np.uint32, np.uint64, np.int8, np.uint8):
            if name in ("ReduceSum", "ReduceProd") and np.dtype(dtype).itemsize < 4:
                continue
            information = np.iinfo(dtype)
            a = rng.integers(information.min, information.max, (3, 4), dtype, endpoint=True)
            with np.errstate(all="ignore"):
                result = function(a, axis=1, keepdims=True).astype(dtype)
            vector(f"{name} {kind(a)}", name, [("data", a), ("axes", whole([1]))],
                   [("reduced", result)], given=("axes",), check=False)
    truth = rng.random((3, 4)) < 0.7
    for name, function in (("ReduceMax", np.any), ("ReduceMin", np.all)):
        vector(f"{name} bool", name, [("data", truth), ("axes", whole([1]))],
               [("reduced", function(truth, axis=1, keepdims=True))], given=("axes",))


def positions(rng):
    for name, function in (("ArgMax", np.argmax), ("ArgMin", np.argmin)):
        for shape, axis, keep in (((3, 4), 0, 1), ((3, 4), -1, 0), ((2, 3, 4), 1, 1), ((7,), 0, 0)):
            for last in (0, 1):
                x = np.rint(single(rng, shape))
                if last:
                    result = shape[axis] - 1 - function(np.flip(x, axis), axis=axis)
                else:
                    result = function(x, axis=axis)
                result = np.expand_dims(result, axis) if keep else np.asarray(result)
                vector(f"{name} {shape} {axis} {keep} {last}", name, [("data", x)],
                       [("reduced", result.astype(np.int64))],
                       {"axis": axis, "keepdims": keep, "select_last_index": last})
        for dtype in (np.int8, np.uint64, np.int64):
            information = np.iinfo(dtype)
            a = rng.integers(information.min, information.max, (4, 9), dtype, endpoint=True)
            vector(f"{name} {kind(a)}", name, [("data", a)],
                   [("reduced", function(a, axis=1)[:, None])], {"axis": 1}, check=False)
        x = single(rng, (3, 5))
        x[0, 2], x[1, 3], x[2, 0] = np.nan, np.inf, -np.inf
        vector(f"{name} special values", name, [("data", x)], [("reduced", function(x, axis=1))],
               {"axis": 1, "keepdims": 0}, check=False)


def cumulative(rng):
    for shape, axis in (((7,), 0), ((3, 4), 1), ((3, 4), 0), ((2, 3, 4), -2), ((2, 0), 1),
                        ((2, 300), 1)):
        for exclusive in (0, 1):
            for reverse in (0, 1):
                x = single(rng, shape)
                y = wide(x)
                y = np.flip(y, axis) if reverse else y
                total = np.cumsum(y, axis=axis)
                total = total - y if exclusive else total
                total = np.flip(total, axis) if reverse else total
                vector(f"CumSum {shape} {axis} {exclusive} {reverse}", "CumSum",
                       [("x", x), ("axis", np.asarray(np.int64(axis)))], [("y", total)],
                       {"exclusive": exclusive, "reverse": reverse}, given=("axis",))
    a = rng.integers(-2 ** 31, 2 ** 31 - 1, (3, 5), np.int32)
    vector("CumSum i32", "CumSum", [("x", a), ("axis", np.asarray(np.int32(1)))],
           [("y", np.cumsum(a, axis=1, dtype=np.int32))], given=("axis",), check=False)


def normalizations(rng):
    for shape, axis in (((2, 3, 4), -1), ((2, 3, 4), 1), ((3, 130), 1), ((2, 1), 1)):
        x = single(rng, shape)
        vector(f"LogSoftmax {shape} {axis}", "LogSoftmax", [("input", x)],
               [("output", scipy.special.log_softmax(wide(x), axis))], {"axis": axis})
    x = single(rng, (2, 5), 100)
    vector("LogSoftmax large", "LogSoftmax", [("input", x)],
           [("output", scipy.special.log_softmax(wide(x), -1))])
    for shape, axis in (((3, 8), -1), ((2, 3, 4), 1), ((2, 3, 4), 0)):
        x, first = single(rng, shape), axis % len(shape)
        scale, bias = single(rng, shape[first:]), single(rng, shape[first:])
        axes = tuple(range(first, len(shape)))
        mean = wide(x).mean(axis=axes, keepdims=True)
        inverse = 1 / np.sqrt(((wide(x) - mean) ** 2).mean(axis=axes, keepdims=True) + 1e-3)
        outputs = [("Y", (wide(x) - mean) * inverse * wide(scale) + wide(bias)), ("Mean", mean),
                   ("InvStdDev", inverse)]
        vector(f"LayerNormalization with statistics {shape} {axis}", "LayerNormalization",
               [("X", x), ("Scale", scale), ("B", bias)], outputs,
               {"axis": axis, "epsilon": 1e-3})
        square = (wide(x) ** 2).mean(axis=axes, keepdims=True)
        vector(f"RMSNormalization {shape} {axis}", "RMSNormalization",
               [("X", x), ("scale", scale)],
               [("Y", wide(x) / np.sqrt(square + 1e-3) * wide(scale))],
               {"axis": axis, "epsilon": 1e-3})
    for shape, groups in (((2, 6, 5), 3), ((1, 4, 2, 3), 1), ((2, 4), 2), ((3, 4, 6), 4)):
        x, scale, bias = single(rng, shape), single(rng, shape[1:2]), single(rng, shape[1:2])
        flat = wide(x).reshape(shape[0], groups, -1)
        mean = flat.mean(axis=2, keepdims=True)
        standard = (flat - mean) / np.sqrt(((flat - mean) ** 2).mean(axis=2, keepdims=True) + 1e-5)
        over = (1, -1) + (1,) * (len(shape) - 2)
        result = standard.reshape(shape) * wide(scale).reshape(over) + wide(bias).reshape(over)
        vector(f"GroupNormalization {shape} {groups}", "GroupNormalization",
               [("X", x), ("scale", scale), ("bias", bias)], [("Y", result)],
               {"num_groups": groups}, tolerance=1e-9)
        if groups == shape[1]:
            vector(f"InstanceNormalization {shape}", "InstanceNormalization",
                   [("input", x), ("scale", scale), ("B", bias)], [("output", result)],
                   tolerance=1e-9)
        mean, variance = single(rng, shape[1:2]), np.abs(single(rng, shape[1:2]))
        result = ((wide(x) - wide(mean).reshape(over)) / np.sqrt(
            wide(variance).reshape(over) + 1e-5) * wide(scale).reshape(over)
            + wide(bias).reshape(over))
        vector(f"BatchNormalization {shape}", "BatchNormalization",
               [("X", x), ("scale", scale), ("B", bias), ("input_mean", mean),
                ("input_var", variance)], [("Y", result)], tolerance=1e-9)


def losses(rng):
    for shape in ((4, 5), (2, 3, 4), (2, 3, 2, 2)):
        scores = single(rng, shape, 2)
        names = rng.integers(0, shape[1], (shape[0],) + shape[2:], np.int64)
        weights = np.abs(single(rng, shape[1:2]))
        logarithms = scipy.special.log_softmax(wide(scores), 1)
        picked = -np.take_along_axis(logarithms, names[:, None], 1)[:, 0]
        for reduction in ("none", "sum", "mean"):
            for weighted in (False, True):
                for ignored in (None, 1, -100):
                    factor = wide(weights)[names] if weighted else np.ones(names.shape)
                    if ignored is not None:
                        factor = np.where(names == ignored, 0.0, factor)
                    loss = picked * factor
                    if reduction == "sum":
                        loss = np.asarray(loss.sum())
                    elif reduction == "mean":
                        loss = np.asarray(loss.sum() / factor.sum())
                    inputs = [("scores", scores), ("labels", names)]
                    inputs += [("weights", weights)] if weighted else []
                    attributes = {"reduction": reduction}
                    attributes |= {} if ignored is None else {"ignore_index": ignored}
                    vector(f"SoftmaxCrossEntropyLoss {shape} {attributes} {weighted}",
                           "SoftmaxCrossEntropyLoss", inputs,
                           [("output", loss), ("log_prob", logarithms)], attributes)


def slope(function, arrays, dY, which, step=1e-6):
    """The gradient of Σ dY·function by central differences in f64."""
    result = np.zeros(arrays[which].shape)
    for place in np.ndindex(*result.shape):
        ends = []
        for sign in (1, -1):
            moved = [a.copy() for a in arrays]
            moved[which][place] += sign * step
            ends.append(np.sum(dY * function(*moved)))
        result[place] = (ends[0] - ends[1]) / (2 * step)
    return result


def near(exact, numerical):
    np.testing.assert_allclose(exact, numerical, rtol=1e-6, atol=1e-8)
    return exact


def gradients(rng):
    dY, x = single(rng, (3, 5)), single(rng, (3, 5))
    d, v = wide(dY), wide(x)
    logistic = scipy.special.expit
    tanh_gelu = [lambda t: t / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (t + 0.044715 * t ** 3)))]
    vector("ReluGrad", "ReluGrad", [("dY", dY), ("X", x)],
           [("dX", near(d * (v > 0), slope(lambda t: np.maximum(t, 0), [v], d, 0)))],
           domain="assay")
    zeros = np.zeros((3, 5), np.float32)
    vector("ReluGrad at zero", "ReluGrad", [("dY", dY), ("X", zeros)], [("dX", wide(zeros))],
           domain="assay")
    for name, forward in (("SigmoidGrad", logistic), ("TanhGrad", np.tanh)):
        y = forward(v).astype(np.float32)
        w = wide(y)
        exact = d * w * (1 - w) if name == "SigmoidGrad" else d * (1 - w * w)
        np.testing.assert_allclose(exact, slope(forward, [v], d, 0), rtol=1e-5, atol=1e-6)
        vector(name, name, [("dY", dY), ("Y", y)], [("dX", exact)], domain="assay")
    silu = d * (logistic(v) + v * logistic(v) * logistic(-v))
    vector("SiluGrad", "SiluGrad", [("dY", dY), ("X", x)],
           [("dX", near(silu, slope(lambda t: t * logistic(t), [v], d, 0)))], domain="assay")
    exact = d * (scipy.special.ndtr(v) + v * np.exp(-v * v / 2) / np.sqrt(2 * np.pi))
    vector("GeluGrad", "GeluGrad", [("dY", dY), ("X", x)],
           [("dX", near(exact, slope(lambda t: t * scipy.special.ndtr(t), [v], d, 0)))],
           domain="assay")
    inner = np.sqrt(2 / np.pi) * (v + 0.044715 * v ** 3)
    steep = np.sqrt(2 / np.pi) * (1 + 0.134145 * v * v)
    exact = d * (0.5 * (1 + np.tanh(inner)) + 0.5 * v * steep / np.cosh(inner) ** 2)
    vector("GeluGrad tanh", "GeluGrad", [("dY", dY), ("X", x)],
           [("dX", near(exact, slope(tanh_gelu[0], [v], d, 0)))], {"approximate": "tanh"},
           domain="assay")
    for shape, axis in (((3, 5), -1), ((3, 5), 0), ((2, 3, 4), 1)):
        dY, x = single(rng, shape), single(rng, shape)
        d, v = wide(dY), wide(x)
        for name, forward in (("SoftmaxGrad", scipy.special.softmax),
                              ("LogSoftmaxGrad", scipy.special.log_softmax)):
            y = forward(v, axis).astype(np.float32)
            w = wide(y)
            if name == "SoftmaxGrad":
                exact = w * (d - np.sum(d * w, axis=axis, keepdims=True))
            else:
                exact = d - np.exp(w) * np.sum(d, axis=axis, keepdims=True)
            np.testing.assert_allclose(exact, slope(lambda t: forward(t, axis), [v], d, 0),
                                       rtol=1e-5, atol=1e-6)
            vector(f"{name} {shape} {axis}", name, [("dY", dY), ("Y", y)], [("dX", exact)],
                   {"axis": axis}, domain="assay")
    for shape, axis in (((3, 5), -1), ((2, 3, 4), 1), ((1, 6), 1)):
        layer_normalization(rng, shape, axis)
    for shape in ((4, 5), (2, 3, 4)):
        scores = single(rng, shape)
        names = rng.integers(0, shape[1], (shape[0],) + shape[2:], np.int64)
        for reduction in ("mean", "sum"):
            share = 1 / names.size if reduction == "mean" else 1.0

            def loss(t):
                logs = scipy.special.log_softmax(t, 1)
                return -share * np.take_along_axis(logs, names[:, None], 1).sum()
            hot = np.moveaxis(np.eye(shape[1])[names], -1, 1)
            exact = share * (scipy.special.softmax(wide(scores), 1) - hot)
            vector(f"CrossEntropyGrad {shape} {reduction}", "CrossEntropyGrad",
                   [("scores", scores), ("labels", names)],
                   [("dScores", near(exact, slope(loss, [wide(scores)], 1.0, 0)))],
                   {"reduction": reduction}, domain="assay")


def layer_normalization(rng, shape, axis):
    first = axis % len(shape)
    axes = tuple(range(first, len(shape)))
    dY, x, scale = single(rng, shape), single(rng, shape), single(rng, shape[first:])
    d, v, s = wide(dY), wide(x), wide(scale)

    def standard(t):
        mean = t.mean(axis=axes, keepdims=True)
        return (t - mean) / np.sqrt(((t - mean) ** 2).mean(axis=axes, keepdims=True) + 1e-3)

    def forward(t, u, b):
        return standard(t) * u + b
    arrays = [v, s, np.zeros(s.shape)]
    sums = tuple(range(first))
    deviation = np.sqrt(((v - v.mean(axis=axes, keepdims=True)) ** 2).mean(
        axis=axes, keepdims=True) + 1e-3)
    g, hat = d * s, standard(v)
    dX = (g - g.mean(axis=axes, keepdims=True)
          - hat * (g * hat).mean(axis=axes, keepdims=True)) / deviation
    outputs = [("dX", near(dX, slope(forward, arrays, d, 0))),
               ("dScale", near((d * hat).sum(axis=sums), slope(forward, arrays, d, 1))),
               ("dB", near(d.sum(axis=sums), slope(forward, arrays, d, 2)))]
    vector(f"LayerNormalizationGrad {shape} {axis}", "LayerNormalizationGrad",
           [("dY", dY), ("X", x), ("Scale", scale)], outputs, {"axis": axis, "epsilon": 1e-3},
           domain="assay", tolerance=1e-11)


def dropouts(rng):
    x = single(rng, (3, 4))
    vector("Dropout inference", "Dropout", [("data", x)],
           [("output", wide(x)), ("mask", np.ones(x.shape, bool))])
    vector("Dropout with ratio, inference", "Dropout",
           [("data", x), ("ratio", np.asarray(np.float32(0.75)))], [("output", wide(x))])
    vector("Dropout training with ratio 0", "Dropout",
           [("data", x), ("ratio", np.asarray(np.float32(0))),
            ("training_mode", np.asarray(True))],
           [("output", wide(x)), ("mask", np.ones(x.shape, bool))])


if __name__ == "__main__":
    generator = np.random.default_rng(20251129)
    reductions(generator)
    positions(generator)
    cumulative(generator)
    normalizations(generator)
    losses(generator)
    gradients(generator)
    dropouts(generator)
    write("reductions")
