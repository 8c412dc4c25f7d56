"""Sessions and devices: the only package that runs models.

All other packages use a :class:`Session`. Another runtime needs one more class with its members.
Only :mod:`mien.exporting.int8` also calls ONNX Runtime: its quantizer.
"""

from mien.runtime.devices import DEVICES, Device
from mien.runtime.onnx import OnnxSession
from mien.runtime.session import Session

__all__ = ["DEVICES", "Device", "OnnxSession", "Session"]
