"""The window of ``mien watch``."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from rich.console import Console

from mien.cli.interruption import Interruption
from mien.cli.sinks.files import write_picture
from mien.cli.sinks.sink import FrameResult
from mien.cli.window import Window
from mien.drawing.frame import draw_frame
from mien.errors import MienError
from mien.images import Picture

_PAUSE = 0.03  # seconds between two looks at the keys while paused


class FrameWindow:
    """Shows labelled frames in a window and does what its keys say.

    Args:
        interruption: It ends a pause.
        messages: Where the names of saved frames are printed.
        quit_: Called when the user quits.
    """

    wrote = ""

    def __init__(
        self, title: str, interruption: Interruption, messages: Console, quit_: Callable[[], None]
    ) -> None:
        self._title = title
        self._interruption = interruption
        self._messages = messages
        self._quit = quit_

    def take(self, result: FrameResult) -> None:
        """Shows a frame until it is time for the next."""
        labelled = draw_frame(result.watched, result.status, result.audience.current)
        while True:
            hidden = self._window.controls.hidden
            picture = result.watched.frame if hidden else labelled
            controls = self._window.show(picture)
            if controls.save:
                self._save(picture)
            if controls.quit:
                self._quit()
            if controls.quit or not controls.paused or self._interruption.asked:
                return
            time.sleep(_PAUSE)

    def poll(self) -> None:
        """Keeps the window alive while no frame comes."""
        if self._window.poll().quit:
            self._quit()

    def _save(self, picture: Picture) -> None:
        path = _free_name()
        try:
            write_picture(picture, path)
        except MienError as error:  # such as in a folder of another user
            self._messages.print(f"mien: {error}")
        else:
            self._messages.print(f"saved '{path}'")

    def __enter__(self) -> Self:
        """Opens the window.

        Raises:
            VideoError: There is no screen.
        """
        self._window = Window(self._title)
        return self

    def __exit__(self, *_: object) -> None:
        self._window.close()


def _free_name() -> Path:
    number = 1
    while (path := Path(f"mien-{number:03}.png")).exists():
        number += 1
    return path
