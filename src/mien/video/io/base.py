"""The base class of sources."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.images import Picture
from mien.video.io.devices import VideoDevice
from mien.video.io.ffmpeg import FfmpegDevice
from mien.video.io.geometry import AS_IT_IS, Turn, Upright, check_aspect, turn_by_angle


class BaseSource:
    """A source that reads a device, and that another thread may end.

    Args:
        name: Its name in messages.
        aspect: Width over height of the upright pictures; None if they are as they say.

    Attributes:
        origin: File or address from which it can be read again; None if there is none.
        may_have_sound: Whether there may be sound.
        remark: Reason why ffmpeg decodes it, as a sentence; empty if OpenCV does.

    Raises:
        OptionError: The aspect is not between 0.1 and 10.
    """

    live = False
    fps: float | None = None
    origin: str | Path | None = None
    may_have_sound = False
    remark = ""

    def __init__(self, name: str, aspect: float | None = None) -> None:
        check_aspect(aspect)
        self.name = name
        self._aspect = aspect
        self._closed = threading.Event()
        self._device: VideoDevice | None = None
        self._upright = Upright(aspect=aspect)

    def _take(self, device: VideoDevice, turn: Turn | None = None) -> None:
        """Reads a device from now on.

        Args:
            device: OpenCV's, whose pictures come as they are stored, or ffmpeg's, which turns them.
            turn: How stored pictures lie, if that is known better than to OpenCV.
        """
        self._device = device
        if self._closed.is_set():
            self.close()
        if isinstance(device, FfmpegDevice):
            turn = AS_IT_IS
        elif turn is None:
            turn = turn_by_angle(device.get(cv2.CAP_PROP_ORIENTATION_META))
        sides = device.get(cv2.CAP_PROP_SAR_NUM), device.get(cv2.CAP_PROP_SAR_DEN)
        self._upright = Upright(sides[0] / sides[1] if all(sides) else 1.0, turn, self._aspect)

    def _picture(self, pixels: Any) -> Picture:
        """Returns a device's picture upright and in RGB."""
        return self._upright(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8))

    def close(self) -> None:
        """Ends ``frames``."""
        self._closed.set()
        if isinstance(self._device, FfmpegDevice):
            self._device.interrupt()
