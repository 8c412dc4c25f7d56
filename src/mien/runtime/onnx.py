"""ONNX files in ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from mien.errors import DeviceError, ModelError
from mien.runtime.devices import resolve

# mien/__init__.py turns telemetry off before onnxruntime is imported. A program that imported
# onnxruntime before mien needs this call too.
onnxruntime.disable_telemetry_events()


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
        options.log_severity_level = 4  # what fails is raised
        # A thread that waits in a loop would occupy a core that the decoding of pictures needs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        name = "the model" if isinstance(source, bytes) else f"'{source}'"
        # The bytes and not the path: a model is one file, and may not name others for its weights.
        data = source if isinstance(source, bytes) else _read(source)
        try:
            self._session = onnxruntime.InferenceSession(
                data, options, providers=list(dict.fromkeys([provider, "CPUExecutionProvider"]))
            )
            self._metadata = dict(self._session.get_modelmeta().custom_metadata_map)
        except Exception as error:  # the runtime raises exceptions of many types
            raise ModelError(f"{name} is not an ONNX model that can be loaded") from error
        if self._session.get_providers()[0] != provider:
            raise DeviceError(
                f"the device '{device}' cannot be used: its driver does not work; reinstall it,"
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
        return self._metadata

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

        Raises:
            ModelError: The runtime fails; its message is the reason.
        """
        try:
            arrays = self._session.run(None, dict(inputs))
        except Exception as error:  # the runtime raises exceptions of many types
            raise ModelError(f"the runtime fails: {' '.join(str(error).split())}") from error
        return dict(zip(self._outputs, arrays, strict=True))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"there is no model file '{path}'") from None
    except OSError as error:
        raise ModelError(f"the model file '{path}' cannot be read: {error.strerror}") from None
