"""What ``mien analyze`` shows and writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from rich.table import Table
from rich.text import Text

from mien.drawing.faces import draw_faces
from mien.pictures import SCHEMA, PictureAnswer
from mien.results import AgeEstimate, Face, GenderEstimate

_SMALL = 40  # pixels below which a face is called small
_BLURRED = 0.2
_TURNED = 0.4


def document(answers: Sequence[PictureAnswer]) -> str:
    """Returns all answers as one JSON text."""
    pictures = [answer.to_dict() for answer in answers]
    return json.dumps({"schema": SCHEMA, "pictures": pictures}, indent=1, ensure_ascii=False)


def answers_table(answers: Sequence[PictureAnswer]) -> Table:
    """Returns a table with a row for each face."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("picture", overflow="ellipsis", no_wrap=True)
    table.add_column("face", justify="right", no_wrap=True)
    table.add_column("looks", justify="right", no_wrap=True)
    table.add_column("80 % interval", no_wrap=True)
    table.add_column("gender", no_wrap=True)
    table.add_column("view", style="dim")
    names = _short_names([answer.path for answer in answers])
    for answer, short in zip(answers, names, strict=True):
        if answer.error is not None:
            table.add_row(Text(short), "", "", "", "", Text(answer.error, "red"))
        elif not answer.faces:
            table.add_row(Text(short), "", "", "", "", "no face found")
        for number, face in enumerate(answer.faces, 1):
            name = Text(short if number == 1 else "")
            table.add_row(
                name, str(number), *estimate_cells(face.age, face.gender), ", ".join(_hints(face))
            )
    return table


def _short_names(paths: Sequence[str]) -> Sequence[str]:
    """Returns the last parts of paths, or whole paths if those would not tell them apart."""
    names = [Path(path).name or path for path in paths]
    return names if len(set(names)) == len(set(paths)) else paths


def estimate_cells(age: AgeEstimate, gender: GenderEstimate) -> tuple[str, str, str]:
    """Returns what a table says of estimates: years, their interval, gender presentation."""
    shown = gender.label if gender.label == "undetermined" else f"{gender.label:<6}"
    if gender.label != "undetermined":
        shown += f" {100 * gender.confidence:3.0f} %"
    return f"{age.years:.0f}", f"{age.low:.0f}–{age.high:.0f} years", shown


def _hints(face: Face) -> list[str]:
    quality = face.quality
    hints = [f"{quality.size:.0f} px"]
    if not face.aligned:
        hints.append("not aligned")
    if quality.size < _SMALL:
        hints.append("small")
    if quality.sharpness < _BLURRED:
        hints.append("blurred")
    if quality.frontality is not None and quality.frontality < _TURNED:
        hints.append("turned away")
    return hints


class Annotations:
    """Writes labelled pictures into a folder, one file for each, never over one of this run.

    Args:
        folder: Made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._written: list[Path] = []

    def write(self, answer: PictureAnswer) -> None:
        """Writes the labelled picture of an answer."""
        assert answer.picture is not None
        stem = Path(answer.path).stem if answer.path != "-" else "standard-input"
        path = self._folder / f"{stem}-mien.jpg"
        number = 2
        while path in self._written:
            path = self._folder / f"{stem}-mien-{number}.jpg"
            number += 1
        Image.fromarray(draw_faces(answer.picture, answer.faces)).save(path, quality=93)
        self._written.append(path)

    @property
    def summary(self) -> str:
        """Where the pictures are."""
        if len(self._written) == 1:
            return str(self._written[0])
        return f"{len(self._written)} in {self._folder}"
