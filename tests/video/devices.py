"""A camera with faults, since there is none to pull the cable of."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

BLUE = np.zeros((24, 32, 3), np.uint8)
BLUE[..., 0] = 255  # as OpenCV orders colours


class Device:
    """Gives so many frames, one each hundredth of a second, and then none.

    Args:
        frames: None if it cannot even be opened.
    """

    def __init__(self, frames: int | None) -> None:
        self._opened = frames is not None
        self._left = frames or 0
        self.released = False
        self.asked: dict[int, float] = {}

    def isOpened(self) -> bool:  # noqa: N802
        return self._opened and not self.released

    def read(self) -> tuple[bool, np.ndarray | None]:
        assert self.isOpened()
        if self._left == 0:
            return False, None
        self._left -= 1
        time.sleep(0.01)
        return True, BLUE

    def get(self, key: int, /) -> float:
        return 0.0

    def set(self, key: int, value: float, /) -> bool:
        self.asked[key] = value
        return True

    def release(self) -> None:
        self.released = True


class Socket:
    """A camera that is plugged in and out: each time it opens there is the next device, or none.

    Args:
        frames: How many each device gives; None for one that cannot be opened.
    """

    def __init__(self, *frames: int | None) -> None:
        self._frames = list(frames)
        self.devices: list[Device] = []
        self.opened: list[float] = []

    def open(self) -> Device:
        self.opened.append(time.monotonic())
        self.devices.append(Device(self._frames.pop(0) if self._frames else None))
        return self.devices[-1]

    @property
    def pauses(self) -> Sequence[float]:
        """Seconds between one opening and the next."""
        return np.diff(self.opened).tolist()


def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Waits for a condition, not for ever."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.005)
