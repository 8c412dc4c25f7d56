"""The window and its keys, with SDL drawing into memory."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from video.devices import Socket

from mien.analyzer import Analyzer
from mien.cli.interruption import Interruption
from mien.cli.watching import Files, Outputs
from mien.cli.window import Controls, Window, pygame
from mien.errors import VideoError
from mien.video.io.live import LiveSource
from mien.video.watcher import Watched, Watcher


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


@pytest.fixture
def window(memory: None) -> Iterator[Window]:
    with Window("mien") as window:
        yield window


def _press(*keys: int) -> None:
    for key in keys:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))


def _shown() -> np.ndarray:
    return pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)


def test_a_frame_is_shown_as_it_is(window: Window, frames: list[np.ndarray]) -> None:
    window.show(frames[0])
    assert np.array_equal(_shown(), frames[0])


def test_a_frame_of_another_size_is_fitted_into_the_same_window(
    window: Window, frames: list[np.ndarray]
) -> None:
    window.show(frames[0])
    window.show(np.full((480, 640, 3), 90, np.uint8))
    assert _shown().shape == (240, 320, 3)
    assert (_shown() == 90).all()
    window.show(np.full((100, 50, 3), 90, np.uint8))
    assert (_shown()[:, 160] == 90).all()
    assert (_shown()[:, 10] == 0).all()


def test_a_frame_larger_than_the_screen_is_made_smaller(window: Window) -> None:
    across, down = pygame.display.get_desktop_sizes()[0]
    window.show(np.full((2 * down, 3 * across, 3), 90, np.uint8))
    height, width = _shown().shape[:2]
    assert width < across
    assert height < down
    assert width / height == pytest.approx(3 * across / (2 * down), rel=0.01)
    assert (_shown() == 90).all()


def test_keys(window: Window, frames: list[np.ndarray]) -> None:
    assert window.show(frames[0]) == Controls()
    _press(pygame.K_SPACE, pygame.K_h, pygame.K_s, pygame.K_x)
    assert window.poll() == Controls(paused=True, hidden=True, save=True)
    _press(pygame.K_SPACE, pygame.K_h)
    assert window.poll() == Controls()  # a frame is saved once
    _press(pygame.K_q)
    assert window.poll().quit


def test_closing_the_window_quits(window: Window) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert window.poll().quit


@pytest.mark.skipif(sys.platform != "linux", reason="there is always a screen elsewhere")
def test_without_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(VideoError, match=r"^there is no screen to show the window on"):
        Window("mien")
    assert not pygame.display.get_init()


def test_with_a_screen_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(VideoError, match=r"^there is no screen to show the window on: "):
        Window("mien")


def _outputs(analyzer: Analyzer, interruption: Interruption, messages: Console) -> Outputs:
    return Outputs(
        Files(), 60, analyzer.heads, window=True, interruption=interruption, messages=messages
    )


@pytest.fixture
def shown(
    memory: None, walk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Outputs, Iterator[Watched], Interruption]]:
    """What ``mien watch`` shows of a video, and its frames."""
    monkeypatch.chdir(tmp_path)
    analyzer = Analyzer(threads=1)
    with (
        Interruption() as interruption,
        _outputs(analyzer, interruption, Console(quiet=True)) as outputs,
        Watcher(walk, analyzer=analyzer) as watcher,
    ):
        interruption.call(watcher.stop)
        outputs.begin(watcher)
        yield outputs, iter(watcher), interruption


def test_the_window_of_watch(shown: tuple[Outputs, Iterator[Watched], Interruption]) -> None:
    outputs, frames, _ = shown
    first = next(frames)
    outputs.take(first)
    _press(pygame.K_s)
    outputs.take(first)
    _press(pygame.K_h)
    outputs.take(next(frames))
    second = next(frames)
    _press(pygame.K_s)
    outputs.take(second)
    labelled, plain = (np.asarray(Image.open(f"mien-00{number}.png")) for number in (1, 2))
    assert np.array_equal(plain, second.frame)
    assert np.abs(labelled.astype(int) - first.frame).mean() > 1
    _press(pygame.K_q)
    outputs.take(next(frames))
    assert list(frames) == []


def test_a_pause_lasts_until_the_next_space(
    shown: tuple[Outputs, Iterator[Watched], Interruption],
) -> None:
    outputs, frames, _ = shown
    outputs.take(next(frames))
    _press(pygame.K_SPACE)
    resume = threading.Timer(0.4, _press, [pygame.K_SPACE])
    resume.start()
    began = time.monotonic()
    outputs.take(next(frames))
    assert time.monotonic() - began >= 0.4


def test_a_pause_ends_when_interrupted(
    shown: tuple[Outputs, Iterator[Watched], Interruption],
) -> None:
    outputs, frames, interruption = shown
    outputs.take(next(frames))
    _press(pygame.K_SPACE)
    threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
    rescue = threading.Timer(5, _press, [pygame.K_SPACE])
    rescue.start()
    outputs.take(next(frames))
    assert rescue.is_alive()
    rescue.cancel()
    assert interruption.asked
    assert list(frames) == []


def test_a_lost_camera_is_said_at_each_loss_and_the_user_may_quit(memory: None) -> None:
    said = io.StringIO()
    source = LiveSource("camera 0", Socket(3).open)
    analyzer = Analyzer(threads=1)
    with (
        Interruption() as interruption,
        _outputs(analyzer, interruption, Console(file=said)) as outputs,
        Watcher(source, analyzer=analyzer, idle=outputs.wait) as watcher,
    ):
        outputs.begin(watcher)
        for seconds in (0.1, 2, 3, 0.1, 2, 3):
            outputs.wait(seconds)
        threading.Timer(0.5, _press, [pygame.K_q]).start()
        began = time.monotonic()
        for watched in watcher:
            outputs.take(watched)
        assert time.monotonic() - began < 5  # the camera would be tried again for half a minute
    lost = "no picture from camera 0; waiting for it\n"
    assert said.getvalue() == f"{lost}{lost}3 frames, 0 people\n"
