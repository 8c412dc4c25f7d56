"""A look at the next frames of a video that may come only once."""

from __future__ import annotations

from collections import deque
from typing import Any

import cv2


class NextFrames:
    """A device of OpenCV whose next frames can be seen before they are read.

    Args:
        device: The device.
    """

    def __init__(self, device: cv2.VideoCapture) -> None:
        self.device = device
        self._kept: deque[tuple[float, Any]] = deque()
        self._stamp: float | None = None  # of the last frame, if the device is ahead of it

    def look(self, number: int = 0) -> Any:
        """Returns the frame that is read after so many others; None if there is none."""
        if not self._kept:
            self._stamp = self.get(cv2.CAP_PROP_POS_MSEC)
        while len(self._kept) <= number:
            there, pixels = self.device.read()
            if not there:
                return None
            self._kept.append((self.device.get(cv2.CAP_PROP_POS_MSEC), pixels))
        return self._kept[number][1]

    def next_stamp(self) -> float | None:
        """Returns the next frame's time in milliseconds; None if there is none."""
        return None if self.look() is None else self._kept[0][0]

    def isOpened(self) -> bool:  # noqa: N802 (as OpenCV calls it)
        """Returns whether frames can be read."""
        return self.device.isOpened()

    def read(self) -> tuple[bool, Any]:
        """Returns whether there was a frame, and the frame in BGR."""
        if self._kept:
            self._stamp, pixels = self._kept.popleft()
            return True, pixels
        self._stamp = None
        return self.device.read()

    def get(self, key: int, /) -> float:
        """Returns a property."""
        if key == cv2.CAP_PROP_POS_MSEC and self._stamp is not None:
            return self._stamp
        return self.device.get(key)

    def release(self) -> None:
        """Closes the device."""
        self.device.release()
