"""Writes the badges of the README from what pyproject.toml says.

    python -m tools.badges

They are files of the repository, so that they are shown without another host.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/images/badges"

_LETTER, _NARROW = 7, 4  # pixels of a letter, and of those of "il. "
_AIR = 12  # pixels beside each text
_BADGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" \
aria-label="{left}: {right}">
  <title>{left}: {right}</title>
  <rect width="{width}" height="20" rx="4" fill="#24292f"/>
  <path d="M{edge} 0h{rest}a4 4 0 0 1 4 4v12a4 4 0 0 1 -4 4h-{rest}z" fill="#0b6e75"/>
  <g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11" \
text-anchor="middle">
    <text x="{left_x}" y="14" textLength="{left_length}">{left}</text>
    <text x="{right_x}" y="14" textLength="{right_length}">{right}</text>
  </g>
</svg>
"""


def badges() -> dict[str, str]:
    """Returns the SVG of each badge by its name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    classifiers = "\n".join(project["classifiers"])
    (least,) = re.findall(r"^>=(3\.\d+)$", project["requires-python"])
    made = {
        "python": _badge("python", f"{least} or newer"),
        "licence": _badge("licence", project["license"]),
    }
    if "Typing :: Typed" in classifiers:
        made["types"] = _badge("types", "checked")
    return made


def _badge(left: str, right: str) -> str:
    lengths = [_length(text) for text in (left, right)]
    edge, width = lengths[0] + _AIR, sum(lengths) + 2 * _AIR
    return _BADGE.format(
        left=left,
        right=right,
        width=width,
        edge=edge,
        rest=width - edge - 4,
        left_length=lengths[0],
        right_length=lengths[1],
        left_x=edge / 2,
        right_x=(edge + width) / 2,
    )


def _length(text: str) -> int:
    return sum(_NARROW if letter in "il. " else _LETTER for letter in text)


def main() -> None:
    """Runs the program."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in badges().items():
        (FOLDER / f"{name}.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
