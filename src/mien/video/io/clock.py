"""The times of a recording's frames."""

from __future__ import annotations

from collections.abc import Callable

_JUMP = 30.0  # seconds
_STEPS = 10  # as many usual ones are a jump, if they take longer than that


class Clock:
    """Takes the time from one frame's stamp to the next, unless the stamp is wrong.

    A stamp that falls is a fault. So is one far ahead, unless the recording lasts so long, or the
    stamp before or after is as far: frames may be minutes apart.

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
        self._apart = False  # whether the last two frames are far apart

    def time(self, stamp: float, following: Callable[[], float | None]) -> float:
        """Returns the seconds from the first frame to the next; they never fall.

        Args:
            stamp: Time stamp of the next frame in seconds.
            following: Returns that of the frame after it; None if there is none. It is called only
                if there is a doubt.
        """
        if self._first is None:
            self._first = stamp
            return 0.0
        time = stamp - self._first
        far = time >= self._time + self._jump
        faulty = far and time > self._lasts and not (self._apart or self._is_far(stamp, following))
        if self._time < time and not faulty:
            self._time, self._apart = time, far
        else:
            self._time, self._apart = self._time + self._usual, False
            self._first = stamp - self._time
        return self._time

    def _is_far(self, stamp: float, following: Callable[[], float | None]) -> bool:
        after = following()
        return after is not None and after >= stamp + self._jump
