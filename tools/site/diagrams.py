"""Diagrams, drawn as SVG in the colours of the site."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_WIDTH, _HEIGHT, _GAP = 146, 62, 24
_TEXT = (
    "A picture is read, its faces are detected and aligned, the model predicts, and the heads give"
    " estimates. All commands use these same five steps."
)
_STEPS = (
    ("read_picture", "upright RGB"),
    ("Detector.detect", "boxes, landmarks"),
    ("align_faces", "an aligned face"),
    ("AttributeModel", "probabilities"),
    ("Head.estimates", "age, gender, ..."),
)
_USERS = (
    ("mien analyze", "pictures"),
    ("mien watch", "video"),
    ("mien serve", "page, service"),
    ("mien train", "training chips"),
    ("mien evaluate", "reports"),
)


def one_way() -> str:
    """Returns the one way from a picture to an answer, and the parts of mien that use it."""
    width = len(_STEPS) * (_WIDTH + _GAP) - _GAP
    parts = [*_row(_STEPS, 0, "step"), *_arrows(len(_STEPS))]
    top = _HEIGHT + 34
    parts.append(f'<path class="bracket" d="M6 {top} v-12 H{width - 6} v12"/>')
    parts.extend(_row(_USERS, top + 8, "user"))
    height = top + 8 + _HEIGHT
    box = f"-2 -2 {width + 4} {height + 4}"
    drawing = f'<svg viewBox="{box}" role="img" aria-label="{_TEXT}">{"".join(parts)}</svg>'
    return f'<figure class="plot wide diagram">{drawing}</figure>'


def _row(boxes: Iterable[tuple[str, str]], top: int, kind: str) -> Iterable[str]:
    for index, (name, what) in enumerate(boxes):
        left = index * (_WIDTH + _GAP)
        middle = left + _WIDTH // 2
        size = f'width="{_WIDTH}" height="{_HEIGHT}" rx="10"'
        yield (
            f'<rect class="{kind}" x="{left}" y="{top}" {size}/>'
            f'<text class="name" x="{middle}" y="{top + 27}">{escape(name)}</text>'
            f'<text class="what" x="{middle}" y="{top + 47}">{escape(what)}</text>'
        )


def _arrows(count: int) -> Iterable[str]:
    for index in range(1, count):
        start = index * (_WIDTH + _GAP) - _GAP + 4
        y, end = _HEIGHT // 2, start + _GAP - 8
        yield f'<path class="arrow" d="M{start} {y} H{end} m-6 -5 l6 5 l-6 5"/>'
