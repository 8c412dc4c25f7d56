"""The devices that can run a network, by ONNX Runtime's execution providers."""

from __future__ import annotations

from typing import Literal, get_args

import onnxruntime

from mien.errors import DeviceError

Device = Literal["auto", "cpu", "cuda", "coreml", "directml", "openvino"]

DEVICES: tuple[str, ...] = get_args(Device)
"""Names of devices; ``auto`` is CUDA if its package is installed, else the CPU."""

_PROVIDERS = {
    "cpu": ("CPUExecutionProvider", "onnxruntime"),
    "cuda": ("CUDAExecutionProvider", "onnxruntime-gpu"),
    "coreml": ("CoreMLExecutionProvider", "onnxruntime"),
    "directml": ("DmlExecutionProvider", "onnxruntime-directml"),
    "openvino": ("OpenVINOExecutionProvider", "onnxruntime-openvino"),
}
"""The execution provider of each device, and the package that contains it."""


def resolve(device: str) -> tuple[str, str]:
    """Resolves ``auto``, and checks that the package of a device is installed.

    Args:
        device: One of :data:`DEVICES`.

    Returns:
        The device's name and its execution provider.

    Raises:
        DeviceError: There is no such device, or its package is not installed.
    """
    if device not in DEVICES:
        raise DeviceError(f"there is no device '{device}'; choose one of {', '.join(DEVICES)}")
    available = onnxruntime.get_available_providers()
    if device == "auto":
        device = "cuda" if _PROVIDERS["cuda"][0] in available else "cpu"
    provider, package = _PROVIDERS[device]
    if provider not in available:
        if device == "coreml":
            raise DeviceError(
                "the device 'coreml' is for macOS only, and this machine does not have it;"
                " use the device 'cpu'"
            )
        raise DeviceError(
            f"the device '{device}' cannot be used; if this machine has it, replace the package"
            f" onnxruntime: pip uninstall onnxruntime && pip install {package}"
        )
    return device, provider
