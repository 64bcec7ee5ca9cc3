"""The student as an ONNX graph for one text: integer weights, quantised activations, fused operators.

It is written out operator by operator, because an exported graph hides which of onnxruntime's kernels run.
Weights keep seven bits, because eight would saturate on processors without VNNI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sentiment_training.encoder import HEADS, WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_MOST = 63
_EPSILON = 1e-12
_OPSETS = (helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1))


class Graph:
    """Collects operators and weights; every method returns the name of its result."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._stored: dict[str, onnx.TensorProto] = {}

    def model(self, output: str, classes: int) -> bytes:
        """Return the serialised model from `ids` (1, pieces) to `output` (1, 1, classes)."""
        graph = helper.make_graph(
            self._nodes,
            "sentiment",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "pieces"])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, 1, classes])],
            list(self._stored.values()),
        )
        model = helper.make_model(graph, opset_imports=_OPSETS, ir_version=9)
        onnx.checker.check_model(model)
        content: bytes = model.SerializeToString()
        return content

    def run(self, operator: str, inputs: list[str], domain: str = "", **attributes: object) -> str:
        """Add an operator with one result."""
        return self._added(operator, inputs, 1, domain, **attributes)[0]

    def fused(self, operator: str, inputs: list[str], **attributes: object) -> str:
        """Add one of onnxruntime's own operators."""
        return self.run(operator, inputs, "com.microsoft", **attributes)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Store an array under a name, once."""
        self._stored.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        """Store a weight as it is."""
        return self.constant(name, self._weights[name])

    def linear(self, x: str, name: str, rows: slice = slice(None)) -> str:
        """Multiply by a weight in integers and add its bias."""
        values, scales = quantised(self._weights[f"{name}.weight"][rows].T, axis=0)
        own = name if rows == slice(None) else f"{name}.{rows.start}"
        return self.fused(
            "DynamicQuantizeMatMul",
            [
                x,
                self.constant(f"{own}.weight", values),
                self.constant(f"{own}.scale", scales),
                self.constant(f"{own}.zero", np.zeros_like(scales, dtype=np.int8)),
                self.constant(f"{own}.bias", self._weights[f"{name}.bias"][rows]),
            ],
        )

    def embedded(self, ids: str) -> str:
        """Return the normalised embeddings of the ids."""
        values, scales = quantised(self._weights["words"], axis=1, most=127)
        rows = self.run("Gather", [self.constant("words", values), ids])
        scale = self.run("Gather", [self.constant("words.scale", scales[:, None]), ids])
        words = self.run("Mul", [self.run("Cast", [rows], to=TensorProto.FLOAT), scale])
        length = self.run("Shape", [ids], start=1, end=2)
        zero = self.constant("zero", np.array([0], dtype=np.int64))
        places = self.run(
            "Slice",
            [
                self.constant("places", self._weights["places"][None]),
                zero,
                length,
                self.constant("one", np.array([1], dtype=np.int64)),
            ],
        )
        return self.normed(words, places, "norm")

    def normed(self, x: str, added: str, name: str) -> str:
        """Return the norm of a sum by its root mean square, scaled and shifted."""
        scaled = self.fused(
            "SkipSimplifiedLayerNormalization", [x, added, self.weight(f"{name}.weight")], epsilon=_EPSILON
        )
        return self.run("Add", [scaled, self.weight(f"{name}.bias")])

    def layer(self, x: str, name: str, *, first_only: bool) -> str:
        """Add a transformer layer, for all positions or for the first one."""
        asking = self.first(x) if first_only else x
        if first_only:
            query = self.linear(asking, f"{name}.qkv", slice(WIDTH))
            key, value = self.parts(self.linear(x, f"{name}.qkv", slice(WIDTH, 3 * WIDTH)), 2)
        else:
            query, key, value = self.parts(self.linear(x, f"{name}.qkv"), 3)
        seen = self.fused("MultiHeadAttention", [query, key, value], num_heads=HEADS)
        x = self.normed(asking, self.linear(seen, f"{name}.out"), f"{name}.norm_attention")
        hidden = self.fused("Gelu", [self.linear(x, f"{name}.up")])
        return self.normed(x, self.linear(hidden, f"{name}.down"), f"{name}.norm")

    def parts(self, x: str, count: int) -> list[str]:
        """Return equal parts of the last axis."""
        sizes = self.constant(f"parts.{count}", np.full(count, WIDTH, dtype=np.int64))
        return self._added("Split", [x, sizes], count, axis=-1)

    def first(self, x: str) -> str:
        """Return the first position of (1, pieces, width)."""
        first = self.constant("first", np.array([0], dtype=np.int64))
        return self.run("Gather", [x, first], axis=1)

    def _added(
        self, operator: str, inputs: list[str], count: int, domain: str = "", **attributes: object
    ) -> list[str]:
        names = [f"{operator}_{len(self._nodes)}_{n}" for n in range(count)]
        self._nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names


def student_graph(weights: Mapping[str, NDArray[np.float32]], layers: int, classes: int) -> bytes:
    """Return the ONNX model of a student with these weights."""
    graph = Graph(weights)
    x = graph.embedded("ids")
    for number in range(layers):
        x = graph.layer(x, f"layers.{number}", first_only=number == layers - 1)
    scores = graph.run("MatMul", [x, graph.constant("head.weight", weights["head.weight"].T)])
    return graph.model(graph.run("Add", [scores, graph.weight("head.bias")]), classes)


def quantised(
    values: NDArray[np.float32], axis: int, most: int = _MOST
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return whole numbers up to `most` and the scale of each column (axis 0) or row (axis 1)."""
    scales = np.maximum(np.abs(values).max(axis=axis), 1e-8) / most
    spread = scales[None, :] if axis == 0 else scales[:, None]
    return np.round(values / spread).astype(np.int8), scales.astype(np.float32)
