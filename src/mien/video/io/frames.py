"""A frame, and the source of frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from mien.images import Picture


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a video.

    Attributes:
        pixels: RGB, uint8, height x width x 3.
        index: Its number in the source, from 0; dropped frames are counted too.
        time: Seconds since the first frame; never falls.
        captured: When it arrived, in seconds of the monotonic clock.
    """

    pixels: Picture
    index: int
    time: float
    captured: float


class Source(Protocol):
    """A camera, a file, a stream, a pipe, a folder of pictures.

    What a stream's address leads to is known once there is a frame. Until then it counts as live.
    """

    @property
    def name(self) -> str:
        """Its name in messages."""

    @property
    def live(self) -> bool:
        """Whether a frame that is not taken in time is lost."""

    @property
    def fps(self) -> float | None:
        """Frames per second; None if unknown."""

    def frames(self) -> Iterator[Frame]:
        """Yields frames until the source ends or is closed.

        Raises:
            VideoError: It cannot be opened, or it failed for good.
        """

    def close(self) -> None:
        """Ends ``frames`` from another thread."""
