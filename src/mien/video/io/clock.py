"""The times of a recording's frames."""

from __future__ import annotations

_JUMP = 30.0  # seconds
_STEPS = 10  # as many usual ones are a jump, if they take longer than that


class Clock:
    """Takes the time from one frame's stamp to the next, unless that cannot be.

    A stamp that falls is a fault. So is one far ahead, unless the recording lasts so long: frames
    may be minutes apart.

    Args:
        fps: Frames per second, more than 0. Where stamps are wrong, time goes on with it.
        lasts: Seconds of the recording; 0 if unknown.
    """

    def __init__(self, fps: float, lasts: float) -> None:
        self._usual = 1 / fps
        self._jump = max(_JUMP, _STEPS * self._usual)
        self._lasts = lasts
        self._first: float | None = None  # the stamp at which time is 0
        self._time = 0.0

    def time(self, stamp: float) -> float:
        """Returns the seconds from the first frame to the next; they never fall.

        Args:
            stamp: Time stamp of the next frame in seconds.
        """
        if self._first is None:
            self._first = stamp
            return 0.0
        time = stamp - self._first
        if self._time < time and (time < self._time + self._jump or time <= self._lasts):
            self._time = time
        else:
            self._time += self._usual
            self._first = stamp - self._time
        return self._time
