"""ONNX files in ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as runtime_errors

from mien.errors import DeviceError, ModelError
from mien.runtime.devices import resolve

# mien/__init__.py turns telemetry off before onnxruntime is imported. A program that imported
# onnxruntime before mien needs this call too.
onnxruntime.disable_telemetry_events()

_LOAD_ERRORS = (
    runtime_errors.Fail,
    runtime_errors.InvalidArgument,
    runtime_errors.InvalidGraph,
    runtime_errors.InvalidProtobuf,
    runtime_errors.NoSuchFile,
    runtime_errors.NotImplemented,
)


class OnnxSession:
    """An ONNX file in ONNX Runtime.

    Args:
        source: Path of a model file, or its bytes.
        threads: Maximum number of threads of a run, at least 1; None lets the runtime choose.
        device: One of :data:`mien.runtime.DEVICES`.

    Raises:
        ModelError: The file is missing, or is not an ONNX model that can be loaded.
        DeviceError: There is no such device, its package is not installed, or its driver does not
            work.
    """

    def __init__(
        self, source: Path | bytes, threads: int | None = None, device: str = "auto"
    ) -> None:
        self._device, provider = resolve(device)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        options.log_severity_level = 3
        # A thread that waits in a loop would occupy a core that the decoding of pictures needs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        name = "the model" if isinstance(source, bytes) else f"'{source}'"
        if isinstance(source, Path) and not source.is_file():
            raise ModelError(f"there is no model file {name}")
        if isinstance(source, Path) and not _is_text(source):
            source = source.read_bytes()
        try:
            self._session = onnxruntime.InferenceSession(
                source if isinstance(source, bytes) else str(source),
                options,
                providers=list(dict.fromkeys([provider, "CPUExecutionProvider"])),
            )
        except _LOAD_ERRORS as error:
            raise ModelError(f"{name} is not an ONNX model that can be loaded") from error
        if self._session.get_providers()[0] != provider:
            raise DeviceError(
                f"the device '{device}' cannot be used: its driver does not work; mend the driver,"
                " or use the device 'cpu'"
            )
        self._outputs = tuple(output.name for output in self._session.get_outputs())

    @property
    def device(self) -> str:
        """Name of the device that runs the network, for example ``"cpu"``."""
        return self._device

    @property
    def metadata(self) -> Mapping[str, str]:
        """Texts stored in the model file, by key."""
        metadata: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return metadata

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return self._outputs

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        """Runs the network; threads may call this at the same time.

        Args:
            inputs: An array for each input name.

        Returns:
            An array for each output name.
        """
        return dict(zip(self._outputs, self._session.run(None, dict(inputs)), strict=True))


def _is_text(path: Path) -> bool:
    """Returns whether a path is UTF-8: the runtime opens no other file by its name."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
