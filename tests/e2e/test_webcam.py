"""The webcam: a video of a moving face, which Chromium plays as its camera."""

from __future__ import annotations

import json

import pytest
from visiting import settled, until


def start(page) -> None:
    page.get_by_role("button", name="Use the webcam").click()
    page.locator(".live .card .age-years").first.wait_for()


def test_labels_follow_the_face_and_the_rate_is_shown(visit) -> None:
    page = visit(camera=True)
    boxes: list[float] = []
    under_way = {"now": 0, "most": 0}

    def sent(_: object) -> None:
        under_way["now"] += 1
        under_way["most"] = max(under_way.values())

    def received(text: str) -> None:
        answer = json.loads(text)
        under_way["now"] -= 1
        boxes.extend(face["box"]["x"] for face in answer["faces"])

    def watch(socket) -> None:
        socket.on("framesent", sent)
        socket.on("framereceived", received)

    page.on("websocket", watch)
    start(page)
    live = page.locator(".live")
    until(lambda: page.evaluate("0") == 0 and len(boxes) > 5 and max(boxes) - min(boxes) > 30)
    assert under_way["most"] <= 2
    assert live.get_by_role("status").inner_text() == "Live"
    assert "Person 1" in live.locator(".card").first.inner_text()
    page.wait_for_function(
        """() => {
          const figures = document.querySelector(".live-figures").textContent;
          return Number(figures.match(/^(\\d+) frames.s, [\\d,]+ ms behind$/)?.[1]) > 0;
        }"""
    )
    page.locator(".live .audience").wait_for()
    assert "1 person so far" in page.locator(".live .audience").inner_text()


def test_labels_are_drawn_on_the_frame_that_was_analysed(visit) -> None:
    """The box is around the face of the same frame, also if the answer was slow."""
    page = visit(camera=True)
    answers: dict[int, dict] = {}

    def note(text: str) -> None:
        answer = json.loads(text)
        answers[answer["frame"]] = answer

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    start(page)
    canvas = page.locator(".live canvas")
    read = """(canvas) => {
      const { width, height } = canvas;
      const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
      // The first column of the astronaut: left of it the frame is grey. Read along a row that no
      // label reaches, from the right, since the camera's picture is mirrored.
      const y = Math.floor(height * 0.9);
      let x = width - 1;
      const differs = (i) => Math.max(...[0, 1, 2].map((c) => Math.abs(data[i + c] - 110))) > 30;
      while (x > 0 && !differs(4 * (y * width + x))) x -= 1;
      return { frame: Number(canvas.dataset.frame), edge: (width - 1 - x) / width };
    }"""
    compared = []
    while len(compared) < 5:
        seen = canvas.evaluate(read)
        answer = answers.get(seen["frame"])
        if answer and answer["faces"]:
            # The left edge of the face is 180 pixels from the left edge of the sample picture.
            offset = answer["faces"][0]["box"]["x"] - seen["edge"] * answer["width"]
            compared.append(offset)
    assert all(abs(offset - 181) < 12 for offset in compared), compared


def test_the_webcam_can_be_stopped_and_a_picture_taken(visit) -> None:
    page = visit(camera=True)
    start(page)
    page.get_by_role("button", name="Take a picture").click()
    kept = settled(page, 1)
    assert kept.locator("h2").inner_text() == "Webcam picture"
    assert kept.locator(".card").count() == 1
    page.get_by_role("button", name="Stop").click()
    assert page.locator(".live").count() == 0
    assert page.get_by_role("button", name="Use the webcam").is_visible()


def test_the_webcam_is_opened_only_on_a_click(visit) -> None:
    page = visit(camera=True)
    asked = """navigator.mediaDevices.getUserMedia = async () => { window.asked = true; }"""
    page.evaluate(asked)
    page.reload()
    page.locator(".picture .card .age-years").wait_for()
    assert page.evaluate("window.asked") is None


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("", "The browser may not use the camera."),
        (
            "navigator.mediaDevices.getUserMedia = async () => {"
            " throw new DOMException('', 'NotFoundError'); }",
            "No camera was found.",
        ),
        (
            "navigator.mediaDevices.getUserMedia = async () => {"
            " throw new DOMException('', 'NotReadableError'); }",
            "Perhaps another program is using it.",
        ),
        ("window.isSecureContext = false", "mien serve --tls-self-signed"),
    ],
    ids=["denied", "none", "in use", "insecure"],
)
def test_without_a_camera_the_page_says_why(visit, script: str, message: str) -> None:
    page = visit()
    if "isSecureContext" in script:
        script = "Object.defineProperty(window, 'isSecureContext', { value: false })"
    page.evaluate(f"() => {{ {script} }}")
    page.get_by_role("button", name="Use the webcam").click()
    problem = page.locator("#camera-error")
    problem.wait_for()
    assert message in problem.inner_text()
    assert page.get_by_role("heading", name="Sample picture").is_visible()
