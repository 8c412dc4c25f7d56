"""Capture in a thread of its own, so that frames arrive while others are analysed.

Of a live source only the newest frame is kept: a slow reader gets fewer frames, not older ones, and
latency does not grow. Of a recording every frame is kept, a few ahead.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator

from mien.video.io.frames import Frame, Source

_AHEAD = 4  # frames of a recording
_PATIENCE = 1.0  # seconds


class Capture:
    """Takes frames from a source.

    Args:
        source: The source; it is closed with the capture.

    Attributes:
        dropped: How many frames were not taken in time.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._frames: deque[Frame] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self._stopped = False
        self._error: Exception | None = None
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="mien capture", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for frame in self._source.frames():
                with self._changed:
                    if self._source.live:
                        self.dropped += len(self._frames)
                        self._frames.clear()
                    else:
                        self._changed.wait_for(lambda: len(self._frames) < _AHEAD or self._stopped)
                    if self._stopped:
                        return
                    self._frames.append(frame)
                    self._changed.notify_all()
        except Exception as error:  # it is raised in the thread that takes the frames
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames until the source ends.

        Raises:
            VideoError: The source failed for good.
        """
        return (frame for frame in self.frames() if frame is not None)

    def frames(self, wait: float | None = None) -> Iterator[Frame | None]:
        """Yields frames, and None while none comes.

        Args:
            wait: Seconds without a frame after which None is yielded, again and again; None waits
                without end.

        Raises:
            VideoError: The source failed for good.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._frames or self._ended, wait)
                if self._stopped or (self._ended and not self._frames):
                    break
                frame = self._frames.popleft() if self._frames else None
                self._changed.notify_all()
            yield frame
        if self._error is not None and not self._stopped:
            raise self._error

    def stop(self) -> None:
        """Ends capture, without waiting for its thread.

        A signal handler may call it while frames are being taken, so it removes none.
        """
        self._source.close()
        with self._changed:
            self._stopped = self._ended = True
            self._changed.notify_all()

    def close(self) -> None:
        """Ends capture and waits for its thread, unless it hangs in a stream that is silent.

        Such a thread ends and releases the source when the stream times out.
        """
        self.stop()
        self._thread.join(timeout=_PATIENCE)
