"""Pictures on the page: chosen, dropped, pasted; good ones and bad ones."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from visiting import PATIENCE, settled

from mien import Analyzer
from mien.assets import ASTRONAUT
from mien.cli.sinks.csv import columns

DROP = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "image/png" }));
  const fire = (type, init) => document.body.dispatchEvent(
    Object.assign(new Event(type, { bubbles: true, cancelable: true }), init));
  KIND
}"""
DRAG = 'fire("dragover", { dataTransfer: transfer });'
LET_GO = 'fire("drop", { dataTransfer: transfer });'
PASTE = 'fire("paste", { clipboardData: transfer });'


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory, astronaut: np.ndarray) -> Path:
    """A folder of pictures and of files that are not pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    whole = Image.fromarray(astronaut)
    whole.save(folder / "whole.jpg", quality=95)
    whole.crop((125, 10, 325, 210)).save(folder / "face.png")
    Image.new("RGB", (400, 300), (90, 120, 90)).save(folder / "meadow.png")
    (folder / "cut.jpg").write_bytes((folder / "whole.jpg").read_bytes()[:20_000])
    (folder / "text.jpg").write_text("This is no picture.")
    (folder / "huge.jpg").write_bytes(bytes(3_100_000))
    crowd = Image.new("RGB", (1200, 600))
    for i in range(8):
        face = whole.crop((125, 10, 325, 210)).rotate(4 * (i - 4), fillcolor=(90, 90, 90))
        crowd.paste(face.resize((300, 300)), (300 * (i % 4), 300 * (i // 4)))
    crowd.save(folder / "crowd.png")
    return folder


def encoded(path: Path) -> list[str]:
    return [path.name, base64.b64encode(path.read_bytes()).decode()]


def test_the_sample_is_shown_with_its_estimates(visit) -> None:
    page = visit()
    sample = page.locator(".picture")
    assert sample.locator("h2").inner_text() == "Sample picture"
    assert 20 <= int(sample.locator(".age-years").inner_text()) <= 40
    said = sample.locator("[data-attribute=gender] strong").inner_text().split()
    assert {"female", "undetermined"} & set(said)
    assert "male" not in said
    assert sample.locator(".photo img").get_attribute("alt") == "Sample picture, with 1 face"
    # Its box is drawn: some of the canvas is not transparent.
    painted = sample.locator("canvas").evaluate(
        """(canvas) => canvas.getContext("2d")
          .getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0)"""
    )
    assert painted
    assert sample.get_by_role("button", name="Use your own").is_visible()


def test_one_picture_replaces_the_sample(visit, pictures: Path) -> None:
    page = visit()
    page.set_input_files("#files", pictures / "face.png")
    shown = settled(page, 1)
    assert shown.locator("h2").inner_text() == "face.png"
    assert shown.locator(".chip").count() == 1
    assert page.locator("#count").inner_text() == "1 picture · 1 face"
    assert page.locator(".audience").count() == 0


def test_several_pictures_have_an_audience_and_can_be_saved(
    visit, pictures: Path, tmp_path: Path
) -> None:
    page = visit()
    names = ["whole.jpg", "crowd.png", "meadow.png"]
    page.set_input_files("#files", [pictures / name for name in names])
    shown = settled(page, 3)
    assert shown.locator("h2").all_inner_texts() == names
    cards = shown.locator(".card").count()
    assert cards == 9
    assert page.locator("#progress").is_hidden()
    rows = page.locator(".audience .chart").first.locator("tbody tr")
    rows.nth(8).wait_for()  # the service counts them
    assert rows.count() == 9
    people = [float(row.locator("strong").inner_text()) for row in rows.all()]
    assert abs(sum(people) - cards) < 0.5

    def saved(name: str) -> bytes:
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("group", name="Save the results").get_by_text(name).click()
        return download.value.path().read_bytes()

    document = json.loads(saved("JSON"))
    assert document["schema"] == 2
    assert [picture["path"] for picture in document["pictures"]] == names
    assert [len(picture["faces"]) for picture in document["pictures"]] == [1, 8, 0]
    table = list(csv.DictReader(io.StringIO(saved("CSV").decode())))
    assert list(table[0]) == columns(Analyzer().heads), "the table of the command line"
    assert [row["path"] for row in table] == ["whole.jpg"] + ["crowd.png"] * 8
    face = document["pictures"][0]["faces"][0]
    assert "chip" not in face
    assert float(table[0]["age_years"]) == face["attributes"]["age"]["years"]
    assert table[0]["gender"] == face["attributes"]["gender"]["label"]
    with zipfile.ZipFile(io.BytesIO(saved("Labelled pictures"))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["whole-mien.jpg", "crowd-mien.jpg", "meadow-mien.jpg"]
        labelled = Image.open(io.BytesIO(archive.read("whole-mien.jpg"))).convert("RGB")
    original = Image.open(pictures / "whole.jpg").convert("RGB")
    assert labelled.size == original.size
    difference = np.abs(np.asarray(labelled, int) - np.asarray(original, int)).max(axis=2)
    box = face["box"]
    top = round(box["y"])
    edge = difference[top - 3 : top + 4, round(box["x"]) + 20 : round(box["x"]) + 60]
    assert edge.max() > 60
    assert difference[480:, 200:300].max() < 40


def test_a_picture_is_dropped(visit, pictures: Path) -> None:
    page = visit()
    page.evaluate(DROP.replace("KIND", DRAG), encoded(pictures / "face.png"))
    assert page.locator("#veil").is_visible()
    page.evaluate(DROP.replace("KIND", LET_GO), encoded(pictures / "face.png"))
    assert page.locator("#veil").is_hidden()
    shown = settled(page, 1)
    assert shown.locator("h2").inner_text() == "face.png"
    assert shown.locator(".card").count() == 1


def test_a_picture_is_pasted(visit, pictures: Path) -> None:
    page = visit()
    # Every browser gives this name to a pasted screenshot.
    pasted = ["image.png", encoded(pictures / "face.png")[1]]
    page.evaluate(DROP.replace("KIND", PASTE), pasted)
    shown = settled(page, 1)
    assert shown.locator("h2").inner_text() == "Pasted picture"
    assert shown.locator(".card").count() == 1


def test_a_bad_picture_has_a_problem_and_the_others_have_answers(visit, pictures: Path) -> None:
    page = visit()
    names = ["cut.jpg", "text.jpg", "huge.jpg", "face.png"]
    asked = []
    page.on("request", lambda r: r.method == "POST" and asked.append(r))
    page.set_input_files("#files", [pictures / name for name in names])
    shown = settled(page, 4)
    messages = [card.inner_text() for card in shown.locator(".message-title").all()]
    assert messages == [
        "The picture is damaged or incomplete.",
        "This is not a picture that can be read. JPEG, PNG, WebP and other common formats can.",
        "The file is larger than the 3 MB that the service accepts.",
    ]
    assert shown.nth(3).locator(".card").count() == 1
    assert len(asked) == 3, "the huge file was sent although it would be refused"


def test_a_picture_without_a_face_can_be_analysed_as_one(visit, pictures: Path) -> None:
    page = visit()
    page.set_input_files("#files", pictures / "meadow.png")
    shown = settled(page, 1)
    assert "No face was found" in shown.inner_text()
    shown.get_by_role("button", name="Take it as one face").click()
    shown.locator(".card .age-years").wait_for()
    assert "analysed as a whole" in shown.locator(".hints").inner_text()


def test_a_chosen_box_shows_its_card_and_a_chosen_card_its_box(visit, pictures: Path) -> None:
    page = visit()
    page.set_input_files("#files", pictures / "crowd.png")
    shown = settled(page, 1)
    card = shown.locator(".card").nth(2)
    card.locator(".question").first.focus()
    assert "chosen" in card.get_attribute("class")
    canvas = shown.locator("canvas")
    size = canvas.bounding_box()
    canvas.hover(position={"x": size["width"] * 0.125, "y": size["height"] * 0.25})
    chosen = shown.locator(".card.chosen")
    assert chosen.count() == 1
    canvas.click(position={"x": size["width"] * 0.125, "y": size["height"] * 0.25})
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == chosen.get_attribute("aria-label")


def test_the_distribution_and_the_question_for_18_years_can_be_opened(visit) -> None:
    page = visit()
    card = page.locator(".card")
    card.get_by_role("button", name="Distribution").click()
    assert card.locator(".hill").is_visible()
    card.get_by_role("button", name="18 or older?").click()
    answer = card.locator(".at-least")
    assert "Looks 18 or older" in answer.inner_text()
    (face,) = Analyzer().analyze(ASTRONAUT)
    assert f"{face.age.at_least(18):.0%}" in answer.inner_text()
    assert "no proof of age" in card.inner_text()
    card.get_by_role("slider").fill("60")
    assert "Looks 60 or older" in answer.inner_text()
    assert "1%" in answer.inner_text()
    card.get_by_role("button", name="Distribution").click()
    assert card.locator(".hill").count() == 0


def test_a_picture_stays_in_view_at_its_own_height_beside_unfolded_cards(
    visit, pictures: Path
) -> None:
    page = visit()
    page.set_input_files("#files", pictures / "whole.jpg")
    shown = settled(page, 1)
    for question in shown.locator(".question").all():
        question.click()
    shown.locator(".look").first.wait_for()
    frame, card = (shown.locator(part).bounding_box() for part in (".photo-frame", ".card"))
    assert frame["x"] + frame["width"] < card["x"], "they are side by side"
    assert card["height"] > 1.5 * frame["height"], "only the card is long"
    assert abs(frame["height"] - shown.locator("img").first.bounding_box()["height"]) < 2
    page.locator(".look").last.scroll_into_view_if_needed()
    page.mouse.wheel(0, 400)
    page.wait_for_function("scrollY > 200")
    seen = shown.locator(".photo").bounding_box()
    assert seen["y"] >= 0
    assert seen["y"] + seen["height"] <= 900


def test_many_cards_are_below_their_picture(visit, pictures: Path) -> None:
    page = visit()
    page.set_input_files("#files", pictures / "crowd.png")
    shown = settled(page, 1)
    photo = shown.locator(".photo").bounding_box()
    cards = [card.bounding_box() for card in shown.locator(".card").all()]
    assert all(card["y"] >= photo["y"] + photo["height"] for card in cards)
    assert len({card["y"] for card in cards}) < len(cards) / 2, "several stand in a row"


def test_pictures_can_be_removed(visit, pictures: Path) -> None:
    page = visit()
    page.set_input_files("#files", [pictures / "face.png", pictures / "meadow.png"])
    shown = settled(page, 2)
    shown.first.get_by_role("button", name="Remove face.png").click()
    assert settled(page, 1).locator("h2").inner_text() == "meadow.png"
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("heading", name="Sample picture").wait_for()
