"""The service is killed and started again while a page is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from visiting import Service, serving, settled

SAMPLE = Path(__file__).parents[2] / "src" / "mien" / "assets" / "astronaut.jpg"


@pytest.fixture
def mortal() -> Service:
    with serving() as service:
        yield service


def test_pictures_wait_for_the_service_to_come_back(visit, mortal: Service) -> None:
    page = visit(mortal.url)
    mortal.kill()
    page.set_input_files("#files", SAMPLE)
    shown = settled(page, 1)
    assert "The service does not answer." in shown.locator(".message-title").inner_text()
    banner = page.locator("#banner")
    assert banner.is_visible()
    mortal.start()
    shown.locator(".card .age-years").wait_for()
    assert banner.is_hidden()


def test_the_webcam_continues_when_the_service_is_back(visit, mortal: Service) -> None:
    page = visit(mortal.url, camera=True)
    page.get_by_role("button", name="Use the webcam").click()
    status = page.locator(".live .live-status")
    page.locator(".live .card .age-years").first.wait_for()
    mortal.kill()
    page.get_by_text("The service does not answer. Trying again").wait_for()
    mortal.start()
    page.wait_for_function("() => document.querySelector('.live').dataset.state === 'live'")
    assert status.inner_text() == "Live"
    page.locator(".live .card .age-years").first.wait_for()


def test_the_page_asks_for_the_key_of_a_service(visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIEN_API_KEY", "open sesame, please")
    with serving() as service:
        page = visit(service.url.split("?")[0], ready=False)
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Key").fill("a wrong one, surely")
        dialog.get_by_role("button").click()
        dialog.wait_for()
        dialog.get_by_label("Key").fill("open sesame, please")
        dialog.get_by_role("button").click()
        page.locator(".picture .card .age-years").wait_for()
