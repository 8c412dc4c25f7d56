"""The one place that knows a runtime.

Everything else speaks to a :class:`Session`; another runtime is another class with its members.
"""

from mien.runtime.devices import DEVICES, Device
from mien.runtime.onnx import OnnxSession
from mien.runtime.session import Session

__all__ = ["DEVICES", "Device", "OnnxSession", "Session"]
