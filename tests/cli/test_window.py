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
from devices import Socket
from PIL import Image
from rich.console import Console

from mien.analyzer import Analyzer
from mien.cli.interruption import Interruption
from mien.cli.sinks.video import Outputs
from mien.cli.sinks.window import Window, Wishes, pygame
from mien.errors import VideoError
from mien.video.io.sources import LiveSource
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


def test_a_frame_is_shown_as_it_is(window: Window, walk: list[np.ndarray]) -> None:
    window.show(walk[0])
    assert np.array_equal(_shown(), walk[0])


def test_a_frame_of_another_size_is_fitted_into_the_same_window(
    window: Window, walk: list[np.ndarray]
) -> None:
    window.show(walk[0])
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


def test_keys(window: Window, walk: list[np.ndarray]) -> None:
    assert window.show(walk[0]) == Wishes()
    _press(pygame.K_SPACE, pygame.K_h, pygame.K_s, pygame.K_x)
    assert window.poll() == Wishes(paused=True, hidden=True, save=True)
    _press(pygame.K_SPACE, pygame.K_h)
    assert window.poll() == Wishes()  # a frame is saved once
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


@pytest.fixture
def shown(
    memory: None, avi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Outputs, Iterator[Watched], Interruption]]:
    """What ``mien watch`` shows of a video, and its frames."""
    monkeypatch.chdir(tmp_path)
    with (
        Interruption() as interruption,
        Outputs("", None, None, None, 60) as outputs,
        Watcher(avi, analyzer=Analyzer(threads=1)) as watcher,
    ):
        interruption.call(watcher.stop)
        outputs.begin(watcher, interruption, Console(quiet=True), window=True)
        yield outputs, iter(watcher), interruption


def test_the_window_of_watch(shown: tuple[Outputs, Iterator[Watched], Interruption]) -> None:
    outputs, frames, _ = shown
    first = next(frames)
    _press(pygame.K_s)
    assert outputs.take(first)
    _press(pygame.K_h)
    assert outputs.take(next(frames))
    second = next(frames)
    _press(pygame.K_s)
    assert outputs.take(second)
    labelled, plain = (np.asarray(Image.open(f"mien-00{number}.png")) for number in (1, 2))
    assert np.array_equal(plain, second.frame)
    assert np.abs(labelled.astype(int) - first.frame).mean() > 1
    _press(pygame.K_q)
    assert not outputs.take(next(frames))


def test_a_pause_lasts_until_the_next_space(
    shown: tuple[Outputs, Iterator[Watched], Interruption],
) -> None:
    outputs, frames, _ = shown
    _press(pygame.K_SPACE)
    resume = threading.Timer(0.4, _press, [pygame.K_SPACE])
    resume.start()
    began = time.monotonic()
    assert outputs.take(next(frames))
    assert time.monotonic() - began >= 0.4


def test_a_pause_ends_when_interrupted(
    shown: tuple[Outputs, Iterator[Watched], Interruption],
) -> None:
    outputs, frames, interruption = shown
    _press(pygame.K_SPACE)
    threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
    rescue = threading.Timer(5, _press, [pygame.K_SPACE])
    rescue.start()
    outputs.take(next(frames))
    assert rescue.is_alive()
    rescue.cancel()
    assert interruption.asked
    assert list(frames) == []


def test_who_waits_for_a_lost_camera_is_told_at_each_loss_and_may_quit(memory: None) -> None:
    told = io.StringIO()
    source = LiveSource("camera 0", Socket(3).open)
    with (
        Interruption() as interruption,
        Outputs("0", None, None, None, 60) as outputs,
        Watcher(source, analyzer=Analyzer(threads=1), idle=outputs.wait) as watcher,
    ):
        outputs.begin(watcher, interruption, Console(file=told), window=True)
        for seconds in (0.1, 2, 3, 0.1, 2, 3):
            outputs.wait(seconds)
        threading.Timer(0.5, _press, [pygame.K_q]).start()
        began = time.monotonic()
        for watched in watcher:
            assert outputs.take(watched)
        assert time.monotonic() - began < 5  # it would be sought for half a minute
    assert told.getvalue() == "no picture from camera 0; waiting for it\n" * 2
