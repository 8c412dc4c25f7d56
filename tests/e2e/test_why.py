"""The explanation of the estimates for a face."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from visiting import serving, settled


def test_the_important_parts_of_the_face_are_coloured(visit) -> None:
    page = visit()
    requests = []
    page.on("request", lambda r: "/v1/explain" in r.url and requests.append(r))
    why = page.get_by_role("button", name="Why? (Face 1)")
    why.focus()
    page.keyboard.press("Enter")
    assert why.get_attribute("aria-expanded") == "true"
    looks = page.get_by_role("figure")
    looks.first.wait_for()
    assert looks.count() == 2
    texts = [look.inner_text().replace("\xa0", " ").split("\n") for look in looks.all()]
    assert [title for title, _ in texts] == ["Apparent age", "Apparent gender presentation"]
    for _, sentence in texts:
        assert re.fullmatch(r"Most important: \w+ \d+% and \w+ \d+%\.", sentence)
    assert "says nothing about the person" in page.locator(".card").inner_text()

    drawn = [
        np.asarray(Image.open(io.BytesIO(face.screenshot())).convert("RGB"), int)
        for face in page.locator(".look-face").all()
    ]
    for face in drawn:
        coloured = np.ptp(face, axis=2)  # 0 for a grey pixel
        assert (coloured > 60).mean() > 0.02
        assert (coloured < 20).mean() > 0.1
        assert face.mean(axis=2).std() > 20, "the face itself is not seen"
    assert np.abs(drawn[0] - drawn[1]).mean() > 3, "both attributes have the same map"

    for _ in range(2):
        page.keyboard.press("Enter")
    assert looks.count() == 2
    (request,) = requests  # the explanation is requested once
    assert "aligned=true" in request.url
    chip = page.locator(".chip").get_attribute("src")
    sent = int(request.all_headers()["content-length"])
    assert sent == len(base64.b64decode(chip.split(",")[1])), "the face alone is sent"


def test_the_explained_face_is_that_of_the_card(visit, astronaut: np.ndarray) -> None:
    page = visit()
    face = Image.fromarray(astronaut[10:210, 125:325])
    pair = Image.new("RGB", (600, 300), (90, 90, 90))
    pair.paste(face.resize((300, 300)), (0, 0))
    pair.paste(face.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (350, 50))
    file = io.BytesIO()
    pair.save(file, "PNG")
    pair_file = {"name": "pair.png", "mimeType": "image/png", "buffer": file.getvalue()}
    page.set_input_files("#files", [pair_file])
    shown = settled(page, 1)
    assert shown.locator(".card").count() == 2
    card = shown.locator(".card").nth(1)
    card.get_by_role("button", name="Why?").click()
    card.locator(".look").first.wait_for()
    assert shown.locator(".look").count() == 2
    pixels = """(image) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      return [...context.getImageData(0, 0, canvas.width, canvas.height).data];
    }"""

    def seen(locator) -> np.ndarray:
        return np.array(locator.evaluate(pixels))

    explained = seen(card.locator(".look img").first)
    chips = [seen(shown.locator(".chip").nth(i)) for i in range(2)]
    own, other = (np.abs(explained - chip).mean() for chip in reversed(chips))
    assert own < 4  # a JPEG of the same chip
    assert other > 10


def test_in_arabic_the_age_is_on_the_right(visit) -> None:
    page = visit(locale="ar-EG")
    page.get_by_role("button", name="لماذا؟").click()
    looks = page.locator(".look")
    looks.first.wait_for()
    assert looks.first.locator(".label").inner_text() == "العمر الظاهري"
    age, gender = (look.bounding_box() for look in looks.all())
    assert age["x"] > gender["x"]
    assert age["y"] == gender["y"]


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "ar-EG"])
def test_it_fits_every_screen(visit, locale: str) -> None:
    page = visit(locale=locale)
    page.locator(".question").last.click()
    page.locator(".look").first.wait_for()
    for width in (320, 390, 820, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        card = page.locator(".card").bounding_box()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for part in page.locator(".look, .look-face, .look span").all():
            box = part.bounding_box()
            assert card["x"] <= box["x"], width
            assert box["x"] + box["width"] <= card["x"] + card["width"], width


def test_it_can_be_requested_again_when_the_service_is_back(visit) -> None:
    with serving() as service:
        page = visit(service.url)
        service.kill()
        page.get_by_role("button", name="Why?").click()
        message = page.locator(".card .message.error")
        message.wait_for()
        assert "The service does not answer." in message.inner_text()
        assert page.locator("#banner").is_visible()
        service.start()
        page.locator("#banner").wait_for(state="hidden")
        page.get_by_role("button", name="Try again").click()
        page.locator(".look").first.wait_for()
        assert message.count() == 0
