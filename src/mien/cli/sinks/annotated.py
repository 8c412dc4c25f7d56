"""Labelled pictures in a folder."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Self

from mien.cli.inputs import STANDARD_INPUT
from mien.cli.outputs import Identity, identity, writing
from mien.cli.sinks.files import short_stem, write_picture
from mien.drawing.faces import draw_faces
from mien.images import Picture
from mien.pictures import Analyzed
from mien.results import Face


class AnnotatedPictures:
    """Writes each labelled picture into a folder, never over an input or one of the same run.

    Args:
        folder: It is made if it is not there.
        inputs: What is read.
        hide: Hides faces of a picture before the labels are drawn; None hides none.
    """

    def __init__(
        self,
        folder: Path,
        inputs: Container[Identity],
        hide: Callable[[Picture, Sequence[Face]], Picture] | None = None,
    ) -> None:
        self._folder = folder
        self._hide = hide
        self._inputs = inputs
        self._written: set[Path] = set()

    @property
    def wrote(self) -> str:
        """Number of the pictures, and the folder; empty if there is none."""
        count = len(self._written)
        if not count:
            return ""
        return f"{count} labelled picture{'s' * (count != 1)} into '{self._folder}'"

    def take(self, result: Analyzed) -> None:
        """Writes the labelled picture, if the picture could be used.

        Raises:
            MienError: It cannot be written.
        """
        if result.picture is None:
            return
        path = self._free_path(result.result.path)
        picture, faces = result.picture, result.result.faces
        if self._hide is not None:
            picture = self._hide(picture, faces)
        write_picture(draw_faces(picture, faces), path)
        self._written.add(path)

    def _free_path(self, name: str) -> Path:
        stem = "standard-input" if name == STANDARD_INPUT else short_stem(name)
        path = self._folder / f"{stem}-mien.jpg"
        number = 2
        while path in self._written or identity(path) in self._inputs:
            path = self._folder / f"{stem}-mien-{number}.jpg"
            number += 1
        return path

    def __enter__(self) -> Self:
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        pass
