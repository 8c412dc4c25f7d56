"""Holding a rate: less is done in a frame while the machine is too slow.

First fewer frames are searched for faces, then at a lower resolution, then the attributes of fewer
faces are predicted in a frame; each in turn, and back again when there is time.
"""

from __future__ import annotations

from dataclasses import dataclass

from mien.errors import OptionError

_SMOOTHING = 0.1  # weight of the newest frame in the mean cost
_SLOW, _QUICK = 0.95, 0.55  # of the time a frame has: above it less is done, below it more
_PATIENCE = 12  # frames between two changes


@dataclass(frozen=True, slots=True)
class Effort:
    """What is done in a frame.

    Attributes:
        interval: Every how many frames one is searched for faces, at least 1.
        longest_side: Longer side, in pixels, at which it is searched.
        faces: Of how many faces at most the attributes are predicted.
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
"""From the greatest effort to the least."""


class RateController:
    """Chooses the effort.

    Args:
        fps: Frames per second to hold, more than 0; None for the greatest effort at any cost.

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
        """What to do in the next frame."""
        return LADDER[self._step]

    @property
    def reduced(self) -> bool:
        """Whether less than the greatest effort is made."""
        return self._step > 0

    def spent(self, seconds: float) -> None:
        """Adds what a frame cost.

        Args:
            seconds: Of work; waiting for the frame does not count.
        """
        if self._time is None:
            return
        self._cost += _SMOOTHING * (seconds - self._cost)
        self._since_change += 1
        if self._since_change < _PATIENCE:
            return
        if self._cost > _SLOW * self._time and self._step < len(LADDER) - 1:
            self._change(+1)
        elif self._cost < _QUICK * self._time and self._step > 0:
            self._change(-1)

    def _change(self, by: int) -> None:
        self._step += by
        self._since_change = 0
