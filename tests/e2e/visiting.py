"""Helpers of the page's tests: a service, waiting, and videos."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PATIENCE = 120_000
"""Maximum waiting time in milliseconds; it is long because the machine may be busy."""


class Service:
    """A process with ``mien serve``.

    Args:
        options: Options of the command.
    """

    def __init__(self, *options: str) -> None:
        self._options = options
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        """Starts the service, the second time at the same address."""
        program = (sys.executable, "-c", "from mien.cli import main; main()")
        flags = ("serve", "--no-browser", "--port", str(self._port), *self._options)
        self._process = subprocess.Popen(
            [*program, *flags], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "http" in line:
                self.url = line[line.index("http") :].split()[0]
                self._port = urlsplit(self.url).port or 0
                return
        raise AssertionError("the service did not start")

    def kill(self) -> None:
        """Kills the service."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def serving(*options: str) -> Iterator[Service]:
    service = Service(*options)
    service.start()
    try:
        yield service
    finally:
        service.kill()


def settled(page: Page, count: int) -> Locator:
    """Waits for a number of pictures, each with an answer or an error, and returns them."""
    page.wait_for_function(
        """(count) => {
          const states = [...document.querySelectorAll("#pictures > .picture")]
            .map((picture) => picture.dataset.state);
          return states.length === count && states.every((s) => s === "done" || s === "failed");
        }""",
        arg=count,
    )
    return page.locator("#pictures > .picture")


def until(condition: Callable[[], bool], seconds: float = PATIENCE / 1000) -> None:
    """Waits until a condition is true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not become true in time"
        time.sleep(0.05)


def write_video(path: Path, frames: Iterable[np.ndarray]) -> None:
    """Writes RGB frames with even sides as a video of 15 frames per second for Chromium."""
    with path.open("wb") as file:
        for i, frame in enumerate(frames):
            if i == 0:
                height, width, _ = frame.shape
                file.write(f"YUV4MPEG2 W{width} H{height} F15:1 Ip A1:1 C420jpeg\n".encode())
            planes = np.asarray(Image.fromarray(frame).convert("YCbCr"))
            file.write(b"FRAME\n" + planes[..., 0].tobytes())
            file.write(planes[::2, ::2, 1].tobytes() + planes[::2, ::2, 2].tobytes())
