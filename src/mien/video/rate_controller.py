"""The rate controller: it reduces the effort for a frame while the machine is too slow.

First it searches fewer frames for faces. Then it searches at a lower resolution. Then it predicts
the attributes of fewer faces in a frame. When the machine has time again, the effort grows again.
"""

from __future__ import annotations

from dataclasses import dataclass

from mien.errors import OptionError

_SMOOTHING = 0.1  # weight of the newest frame in a moving average
_SLOW = 0.95  # share of a frame's time above which the effort falls
_QUICK = 0.55  # share of a frame's time below which the effort grows
_CHANGE_INTERVAL = 12  # minimum number of frames between two changes


@dataclass(frozen=True, slots=True)
class Effort:
    """The effort for a frame.

    Attributes:
        interval: Number of frames from one search for faces to the next, at least 1.
        longest_side: Longer side in pixels of the frame that is searched.
        faces: Maximum number of faces whose attributes are predicted in a frame.
    """

    interval: int
    longest_side: int
    faces: int

    def __str__(self) -> str:
        every = "every frame" if self.interval == 1 else f"every {self.interval} frames"
        faces = "1 face" if self.faces == 1 else f"{self.faces} faces"
        return f"search {every} at {self.longest_side} px, predict {faces}"


LADDER = (
    Effort(1, 640, 4),
    Effort(2, 640, 4),
    Effort(3, 640, 4),
    Effort(3, 512, 4),
    Effort(3, 384, 4),
    Effort(3, 384, 2),
    Effort(4, 320, 1),
)
"""The efforts, from the maximum to the minimum."""


def frame_rate(fps: float, seconds: float) -> float:
    """Returns the moving average of the frame rate after a new frame, in frames per second.

    Args:
        fps: The average before; 0 if there is none.
        seconds: Time since the last frame in seconds.
    """
    newest = 1 / max(seconds, 1e-6)
    return fps + (_SMOOTHING if fps else 1.0) * (newest - fps)


class RateController:
    """Chooses the effort for each frame.

    Args:
        fps: Frames per second to hold, more than 0; None always chooses the maximum effort.

    Raises:
        OptionError: The rate is not more than 0.
    """

    def __init__(self, fps: float | None) -> None:
        if fps is not None and fps <= 0:
            raise OptionError(f"fps must be more than 0; it is {fps:g}")
        self._time = None if fps is None else 1 / fps
        self._cost = 0.0
        self._step = 0
        self._since_change = 0

    @property
    def effort(self) -> Effort:
        """The effort for the next frame."""
        return LADDER[self._step]

    @property
    def reduced(self) -> bool:
        """Whether the effort is less than the maximum."""
        return self._step > 0

    def add_cost(self, seconds: float) -> None:
        """Adds the cost of a frame.

        Args:
            seconds: Seconds of work on the frame, without waiting for it.
        """
        if self._time is None:
            return
        self._cost += _SMOOTHING * (seconds - self._cost)
        self._since_change += 1
        if self._since_change < _CHANGE_INTERVAL:
            return
        if self._cost > _SLOW * self._time and self._step < len(LADDER) - 1:
            self._change(+1)
        elif self._cost < _QUICK * self._time and self._step > 0:
            self._change(-1)

    def _change(self, by: int) -> None:
        self._step += by
        self._since_change = 0
