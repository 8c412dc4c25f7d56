"""CSV for spreadsheets: a row for each face."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from mien.age_check import AgeCheck
from mien.attributes.heads import Head
from mien.cli.sinks.files import TextFile
from mien.cli.text import shown
from mien.pictures import Analyzed
from mien.results import Face

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a text that a spreadsheet would take for a formula."""

_BREAKS = ("\t", "\r", "\n")  # a cell may hold them


class CsvFile:
    """Writes a row for each face as soon as its picture is done.

    Args:
        path: The file; ``-`` is the standard output.
        heads: The attributes that are shown.
        check: What the faces were asked; None for nothing.
    """

    def __init__(self, path: Path, heads: Sequence[Head], check: AgeCheck | None) -> None:
        self._path = path
        self._heads = heads
        self._check = check

    @property
    def wrote(self) -> str:
        """The file's name, if it is whole."""
        return self._file.wrote

    def take(self, result: Analyzed) -> None:
        """Writes the rows of a picture's faces."""
        for number, face in enumerate(result.result.faces, 1):
            cells = [result.result.path, number, *_cells(face, self._heads)]
            if face.age_check is not None:
                cells += [face.age_check.answer, face.age_check.reason]
            self._rows.writerow([_safe(cell) for cell in cells])

    def __enter__(self) -> Self:
        self._file = TextFile(self._path)
        self._rows = csv.writer(self._file)
        asked = [] if self._check is None else [f"over_{self._check.over}", "reason"]
        self._rows.writerow([*columns(self._heads), *asked])
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def columns(heads: Sequence[Head]) -> list[str]:
    """Returns the names of the columns.

    Args:
        heads: The attributes that are shown.
    """
    names = ["path", "face", "x", "y", "width", "height", "score"]
    names += ["size", "sharpness", "frontality", "rotation", "hints"]
    for head in heads:
        if head.kind == "distribution":
            names += [f"{head.name}_{part}" for part in ("years", "low", "high")]
        else:
            names += [head.name, *(f"{head.name}_{label}" for label in head.labels)]
    return names


def _cells(face: Face, heads: Sequence[Head]) -> Iterator[Any]:
    data = face.to_dict()
    box, quality = data["box"], data["quality"]
    yield from (box["x"], box["y"], box["width"], box["height"], data["score"])
    yield from (quality["size"], quality["sharpness"], quality["frontality"], quality["rotation"])
    yield ", ".join(quality["hints"])
    for head in heads:
        estimate = data["attributes"][head.name]
        if estimate["kind"] == "distribution":
            yield from (estimate["years"], estimate["low"], estimate["high"])
        else:
            yield estimate["label"]
            yield from (estimate["probabilities"][label] for label in head.labels)


def _safe(cell: Any) -> Any:
    """Keeps a text from being a formula, and from steering a terminal; numbers are neither."""
    if not isinstance(cell, str):
        return cell
    text = "".join(part if part in _BREAKS else shown(part) for part in cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
