"""The page in a real browser with the real service.

The tests need Chromium and Playwright's driver. Without them they are skipped, with a hint how to
install them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import numpy as np
import pytest
from visiting import PATIENCE, Service, serving, write_video

playwright = pytest.importorskip(
    "playwright.sync_api", reason="the driver is missing: pip install playwright"
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and CHROMIUM is None:
            reason = "Chromium is missing: apt-get install chromium"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """The service with its usual settings, but with a smaller limit for requests."""
    with serving("--set", "max_body_bytes=3000000") as started:
        yield started


@pytest.fixture(scope="module")
def camera_file(tmp_path_factory: pytest.TempPathFactory, astronaut: np.ndarray) -> Path:
    """A video of a face that moves left and right, which Chromium plays as its camera."""
    width, height, frames = 640, 480, 60

    def frame(i: int) -> np.ndarray:
        left = 64 + round(60 * np.sin(2 * np.pi * i / frames))
        picture = np.full((height, width, 3), 110, np.uint8)
        picture[:, left : left + 512] = astronaut[:height]
        return picture

    path = tmp_path_factory.mktemp("camera") / "moving.y4m"
    write_video(path, map(frame, range(frames)))
    return path


@pytest.fixture(scope="module")
def browser(camera_file: Path) -> Iterator[playwright.Browser]:
    """Chromium with a camera that shows the video; a page needs the permission for it."""
    camera = (
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_file}",
    )
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *camera])
        yield started
        started.close()


class Visit(SimpleNamespace):
    """A page and its requests.

    Attributes:
        page: The page.
        requests: Addresses of its requests, by HTTP or WebSocket.
        errors: Errors of its scripts, and violations of its content security policy.
    """

    page: playwright.Page
    requests: list[str]
    errors: list[str]


Visitor = Callable[..., playwright.Page]


@pytest.fixture
def visit(browser: playwright.Browser, service: Service) -> Iterator[Visitor]:
    """Opens the page. After the test, no request has left the machine and no error occurred."""
    visits: list[Visit] = []
    with ExitStack() as stack:

        def opened(
            url: str | None = None,
            *,
            camera: bool = False,
            ready: bool = True,
            missing: str | None = None,
            **options: object,
        ) -> playwright.Page:
            settings = {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **options}
            context = browser.new_context(**settings)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            if camera:
                context.grant_permissions(["camera"])
            page = context.new_page()
            seen = Visit(page=page, requests=[], errors=[])
            visits.append(seen)
            page.on("request", lambda request: seen.requests.append(request.url))
            page.on("websocket", lambda socket: seen.requests.append(socket.url))
            page.on("pageerror", lambda error: seen.errors.append(str(error)))
            page.on("console", lambda message: note_console(seen, message))
            if missing:
                page.route(missing, lambda route: route.abort())
            page.goto(url or service.url)
            page.wait_for_selector("html[data-ready]")
            if ready:
                page.wait_for_selector(".picture .card .age-years")
            return page

        yield opened
    for seen in visits:
        hosts = {urlsplit(url).hostname for url in seen.requests if not is_own(url)}
        assert hosts <= {"127.0.0.1", "localhost", "mien.test"}, hosts
        assert not seen.errors


def note_console(seen: Visit, message: playwright.ConsoleMessage) -> None:
    # Failed requests are in the console too; tests cause them on purpose.
    if message.type == "error" and "Content Security Policy" in message.text:
        seen.errors.append(message.text)


def is_own(url: str) -> bool:
    """Returns whether an address is in the page itself."""
    return url.startswith(("blob:", "data:"))
