"""Labelled pictures in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from mien.cli.inputs import STANDARD_INPUT
from mien.cli.sinks.files import make_folder, write_picture
from mien.drawing.faces import draw_faces
from mien.pictures import Analyzed


class AnnotatedPictures:
    """Writes each labelled picture into a folder, never over one of the same run.

    Args:
        folder: Made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: set[Path] = set()

    @property
    def wrote(self) -> str:
        """How many pictures there are, and the folder."""
        count = len(self._written)
        return f"{count} labelled picture{'s' * (count != 1)} into '{self._folder}'"

    def take(self, result: Analyzed) -> None:
        """Writes the labelled picture, if the picture could be used."""
        if result.picture is None:
            return
        path = self._free_path(result.result.path)
        write_picture(draw_faces(result.picture, result.result.faces), path)
        self._written.add(path)

    def _free_path(self, name: str) -> Path:
        stem = "standard-input" if name == STANDARD_INPUT else Path(name).stem
        path = self._folder / f"{stem}-mien.jpg"
        number = 2
        while path in self._written:
            path = self._folder / f"{stem}-mien-{number}.jpg"
            number += 1
        return path

    def __enter__(self) -> Self:
        make_folder(self._folder)
        return self

    def __exit__(self, *_: object) -> None:
        pass
