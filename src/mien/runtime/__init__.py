"""Sessions and devices: the only package that runs models.

ONNX Runtime's quantizer is called in :mod:`mien.exporting.int8`. All other packages use a :class:`Session`. Another runtime needs one more class with its members.
"""

from mien.runtime.devices import DEVICES, Device
from mien.runtime.onnx import OnnxSession
from mien.runtime.session import Session

__all__ = ["DEVICES", "Device", "OnnxSession", "Session"]
