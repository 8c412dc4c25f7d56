"""A small window through SDL; keys: q quits, space pauses, s saves the frame, h hides labels."""

from __future__ import annotations

import os
from dataclasses import dataclass

from mien.errors import MissingExtraError, VideoError
from mien.images import Picture
from mien.video.io.recording import fitted

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
try:
    import pygame
except ImportError:
    raise MissingExtraError("The window", "video", ", or do without it: --headless") from None

_NO_SCREEN = ("dummy", "offscreen")  # the drivers that SDL falls back on without a screen
_FIRST_SHARE = 0.8  # of the screen, at most, that the window takes before it is resized


@dataclass(slots=True)
class Controls:
    """The user's wishes, by the keys.

    Attributes:
        quit: Whether to end.
        paused: Whether to stand still.
        hidden: Whether to show the frame without labels.
        save: Whether to write this frame to a file.
    """

    quit: bool = False
    paused: bool = False
    hidden: bool = False
    save: bool = False


class Window:
    """Shows frames.

    Raises:
        VideoError: There is no screen.
    """

    def __init__(self, title: str) -> None:
        self.controls = Controls()
        try:
            pygame.display.init()
        except pygame.error as error:
            raise VideoError(f"there is no screen to show the window on: {error}") from None
        if pygame.display.get_driver() in _NO_SCREEN and not os.environ.get("SDL_VIDEODRIVER"):
            pygame.display.quit()
            raise VideoError("there is no screen to show the window on")
        pygame.display.set_caption(title)

    def show(self, picture: Picture) -> Controls:
        """Shows a frame, fitted into the window, and reads the keys.

        Args:
            picture: RGB, uint8, height x width x 3.
        """
        screen = pygame.display.get_surface()
        if screen is None:
            # Not pygame.SCALED, which would do the fitting: it crashes where the size changes.
            screen = pygame.display.set_mode(_first_size(picture), pygame.RESIZABLE)
        size = screen.get_size()
        surface = pygame.image.frombuffer(fitted(picture, size).tobytes(), size, "RGB")
        screen.blit(surface, (0, 0))
        pygame.display.flip()
        return self.poll()

    def poll(self) -> Controls:
        """Reads the keys that were pressed since the last call."""
        self.controls.save = False
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                self.controls.quit = True
            elif event.type == pygame.KEYDOWN:
                self._press(event.key)
        return self.controls

    def _press(self, key: int) -> None:
        if key in (pygame.K_q, pygame.K_ESCAPE):
            self.controls.quit = True
        elif key == pygame.K_SPACE:
            self.controls.paused = not self.controls.paused
        elif key == pygame.K_h:
            self.controls.hidden = not self.controls.hidden
        elif key == pygame.K_s:
            self.controls.save = True

    def close(self) -> None:
        """Closes the window."""
        pygame.display.quit()

    def __enter__(self) -> Window:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _first_size(picture: Picture) -> tuple[int, int]:
    """Returns the picture's width and height, made smaller where the screen is."""
    height, width = picture.shape[:2]
    across, down = pygame.display.get_desktop_sizes()[0]
    scale = min(1.0, _FIRST_SHARE * across / width, _FIRST_SHARE * down / height)
    return round(width * scale), round(height * scale)
