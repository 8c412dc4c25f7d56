"""Attributes of any model, and the options of the user."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from attributed import with_attributes
from visiting import Service, serving, until

from mien.assets import ASTRONAUT


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with a model with two more attributes, of which one has a notice."""
    model = with_attributes(tmp_path_factory.mktemp("model") / "more.onnx")
    with serving("--model", str(model)) as started:
        yield started


def said(page, name: str) -> str:
    """Returns the text of an attribute after all answers have come."""
    page.locator(".picture[data-state=done]").wait_for()
    return page.locator(f".card [data-attribute={name}] strong").inner_text()


def open_options(page) -> None:
    page.get_by_text("Options", exact=True).click()


def test_an_attribute_that_the_page_does_not_know_is_on_the_card(visit) -> None:
    page = visit()
    assert said(page, "hat") == "leans yes 83%"
    hat = page.locator(".card [data-attribute=hat]")
    assert hat.locator(".label").inner_text() == "hat"
    assert "yes 83% and no 17%" in hat.inner_text().replace("\xa0", " ")
    assert page.locator("[data-attribute=ethnicity]").count() == 0
    page.get_by_role("link", name="Limits", exact=True).click()
    assert "hat and Apparent ethnicity" in page.locator("#model").inner_text()


def test_the_certainty_of_labels_can_be_chosen(visit) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda r: "/v1/analyze" in r.url and asked.append(r.url))
    open_options(page)
    assert page.get_by_role("radio", name="98%").is_checked()
    page.get_by_role("radio", name="90%").check()
    page.get_by_text("about 90% are right").wait_for()
    until(lambda: said(page, "hat") == "yes 83%")
    page.get_by_role("radio", name="Always").check()
    until(lambda: "undetermined" not in page.locator(".card").inner_text())
    chosen = [parse_qs(urlsplit(url).query)["certainty"] for url in asked]
    assert chosen == [["0.9"], ["off"]]


def test_the_certainty_of_the_service_is_the_first_choice(visit) -> None:
    with serving("--certainty", "0.99") as strict:
        page = visit(strict.url)
        asked: list[str] = []
        page.on("request", lambda r: "/v1/analyze" in r.url and asked.append(r.url))
        open_options(page)
        names = page.get_by_role("radio").evaluate_all("all => all.map(({ value }) => value)")
        assert names == ["0.99", "0.98", "0.95", "0.9", "off"]
        assert page.get_by_role("radio", name="99%").is_checked()
        page.set_input_files("#files", ASTRONAUT)
        until(lambda: len(asked) > 0)
        assert parse_qs(urlsplit(asked[0]).query)["certainty"] == ["0.99"]


def test_an_attribute_with_a_notice_is_shown_on_request_with_its_notice(visit) -> None:
    page = visit()
    notice = "says nothing about a person’s origin"
    open_options(page)
    switch = page.get_by_role("switch", name="Apparent ethnicity")
    assert not switch.is_checked()
    assert notice in page.locator("#options").inner_text()
    assert page.locator(".picture .note").count() == 0
    switch.click()
    page.locator(".card [data-attribute=ethnicity]").wait_for()
    assert said(page, "ethnicity") == "undetermined"
    assert notice in page.locator(".picture .note").inner_text()
    page.get_by_role("button", name="Why?").click()
    page.locator(".look").nth(3).wait_for()
    titles = page.locator(".look .label").all_inner_texts()
    assert titles == ["Apparent age", "Apparent gender presentation", "hat", "Apparent ethnicity"]

    page.get_by_label("Language").select_option("de")
    page.get_by_text("sagt nichts über die Herkunft").first.wait_for()
    assert "weiß\xa060" in page.locator("[data-attribute=ethnicity]").inner_text()
    page.get_by_role("switch", name="Scheinbare Ethnizität").click()
    page.locator("[data-attribute=ethnicity]").wait_for(state="detached")
    assert page.locator(".picture .note").count() == 0


NOTE_WHAT_IS_SENT = """() => {
    window.sent = [];
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        if (typeof data === "string") window.sent.push(JSON.parse(data));
        return send.call(this, data);
    };
}"""


def test_the_webcam_follows_the_options(visit) -> None:
    page = visit(camera=True)
    # The browser's event for sent data may come too late for the first message.
    page.evaluate(NOTE_WHAT_IS_SENT)
    page.get_by_role("button", name="Use the webcam").click()
    page.locator(".live").get_by_text("leans yes 83%").first.wait_for()
    open_options(page)
    page.get_by_role("radio", name="95%").check()
    page.get_by_role("switch", name="Apparent ethnicity").click()
    page.locator(".live [data-attribute=ethnicity]").first.wait_for()
    assert "origin" in page.locator(".live .note").inner_text()
    page.get_by_role("radio", name="90%").check()
    page.locator(".live").get_by_text("yes 83%", exact=True).first.wait_for()
    assert page.evaluate("() => window.sent") == [
        {"certainty": 0.98, "attributes": []},
        {"certainty": 0.95, "attributes": []},
        {"certainty": 0.95, "attributes": ["ethnicity"]},
        {"certainty": 0.9, "attributes": ["ethnicity"]},
    ]


def test_saved_results_have_their_notices(visit) -> None:
    page = visit()
    open_options(page)
    page.get_by_role("switch").click()
    page.set_input_files("#files", ASTRONAUT)
    page.locator(".picture .note").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    document = json.loads(download.value.path().read_bytes())
    assert "origin" in document["notices"]["ethnicity"]
    (face,) = document["pictures"][0]["faces"]
    assert face["attributes"]["ethnicity"]["probabilities"]["White"] == pytest.approx(0.6, abs=0.01)
