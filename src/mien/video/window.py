"""A small window through SDL; keys: q quits, space pauses, s saves the frame, h hides labels."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

from mien.errors import MissingExtraError, VideoError
from mien.images import Picture

try:
    import pygame
except ImportError:
    raise MissingExtraError("The window", "video") from None


@dataclass(slots=True)
class Wishes:
    """What the keys asked for.

    Attributes:
        quit: To end.
        paused: To stand still.
        hidden: To see the frame without labels.
        save: To write this frame to a file.
    """

    quit: bool = False
    paused: bool = False
    hidden: bool = False
    save: bool = False


class Window:
    """Shows frames.

    Args:
        title: Of the window.

    Raises:
        VideoError: There is no screen.
    """

    def __init__(self, title: str) -> None:
        self.wishes = Wishes()
        self._size: tuple[int, int] | None = None
        try:
            pygame.display.init()
            pygame.display.set_caption(title)
        except pygame.error as error:
            raise VideoError(f"there is no screen to show the window on: {error}") from None

    def show(self, picture: Picture) -> Wishes:
        """Shows a frame and takes note of the keys.

        Args:
            picture: RGB, uint8, height x width x 3.
        """
        size = (picture.shape[1], picture.shape[0])
        if size != self._size:
            self._screen = pygame.display.set_mode(size, pygame.SCALED | pygame.RESIZABLE)
            self._size = size
        surface = pygame.image.frombuffer(picture.tobytes(), size, "RGB")
        self._screen.blit(surface, (0, 0))
        pygame.display.flip()
        return self.poll()

    def poll(self) -> Wishes:
        """Takes note of the keys."""
        self.wishes.save = False
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                self.wishes.quit = True
            elif event.type == pygame.KEYDOWN:
                self._key(event.key)
        return self.wishes

    def _key(self, key: int) -> None:
        if key in (pygame.K_q, pygame.K_ESCAPE):
            self.wishes.quit = True
        elif key == pygame.K_SPACE:
            self.wishes.paused = not self.wishes.paused
        elif key == pygame.K_h:
            self.wishes.hidden = not self.wishes.hidden
        elif key == pygame.K_s:
            self.wishes.save = True

    def close(self) -> None:
        """Takes the window away."""
        pygame.display.quit()

    def __enter__(self) -> Window:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
