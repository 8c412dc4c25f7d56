"""Holding a rate: what is done in a frame, and doing less of it while the machine is too slow.

First the picture is searched for faces in fewer frames, then in less detail, then fewer faces are
judged in a frame; each in turn, and back again when there is time.
"""

from __future__ import annotations

from dataclasses import dataclass

_SMOOTHING = 0.1  # weight of the newest frame in the mean cost
_SLOW, _QUICK = 0.95, 0.55  # of the time a frame has: above it less is done, below it more
_PATIENCE = 12  # frames between two changes


@dataclass(frozen=True, slots=True)
class Effort:
    """What is done in a frame.

    Attributes:
        interval: In every how many-th frame faces are searched for.
        detail: Longer side, in pixels, at which they are searched for.
        judged: How many faces the attribute model sees at most.
    """

    interval: int
    detail: int
    judged: int

    def __str__(self) -> str:
        every = "every frame" if self.interval == 1 else f"every {self.interval} frames"
        return f"search {every} at {self.detail} px, judge {self.judged}"


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


class Pace:
    """Chooses the effort.

    Args:
        fps: The rate to hold; None for the greatest effort whatever it costs.
    """

    def __init__(self, fps: float | None) -> None:
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
        """Takes account of what a frame cost.

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
