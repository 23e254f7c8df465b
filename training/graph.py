"""Writes ONNX graphs node by node, with onnxruntime's fused operators and, where asked, int8 weights."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT = TensorProto.FLOAT, TensorProto.INT64
FUSED = "com.microsoft"


def quantised(weight: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 by channel: weight ≈ values × scales along `axis` (other axes share a scale)."""
    scales = np.abs(weight).max(axis=1 - axis) / 127
    scales = np.where(scales == 0, 1, scales).astype(np.float32)
    values = np.rint(weight / np.expand_dims(scales, 1 - axis)).astype(np.int8)
    return values, scales


class Graph:
    def __init__(self, name: str, int8: bool = False):
        self.name, self.int8 = name, int8
        self.nodes, self.initialisers, self.inputs, self.outputs = [], {}, [], []

    def input(self, name: str, kind: int, shape: list) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, value: str, name: str, kind: int, shape: list) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def constant(self, array, name: str | None = None) -> str:
        array = np.asarray(array)
        name = name or f"c{len(self.initialisers)}"
        self.initialisers[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def float(self, value: float) -> str:
        return self.constant(np.float32(value))

    def ops(self, operator: str, inputs: list[str], results: int, domain: str = "", **attributes) -> list[str]:
        names = [f"v{len(self.nodes)}.{index}" for index in range(results)]
        self.nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names

    def op(self, operator: str, *inputs: str, domain: str = "", **attributes) -> str:
        return self.ops(operator, list(inputs), 1, domain, **attributes)[0]

    def matmul(self, x: str, weight: np.ndarray) -> str:
        """x [..., in] × weight [in, out]; in int8 with activations quantised as they come."""
        if not self.int8:
            return self.op("MatMul", x, self.constant(weight.astype(np.float32)))
        values, scales = quantised(weight, axis=1)
        return self.op("DynamicQuantizeMatMul", x, self.constant(values), self.constant(scales), domain=FUSED)

    def plain_matmul(self, x: str, weight: np.ndarray) -> str:
        """For the small heads, which int8 would not make faster."""
        return self.op("MatMul", x, self.constant(weight.astype(np.float32)))

    def slice(self, x: str, axis: int, start: int, end: int) -> str:
        return self.op("Slice", x, self.ints(start), self.ints(end), self.ints(axis))

    def model(self) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, list(self.initialisers.values()))
        imports = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=imports, ir_version=9, producer_name="lodestone-training")
