"""JSON for programs: one document, or a line for each picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Self

import typer

from mien import schema
from mien.analyzer import Analyzer
from mien.cli.sinks.files import TextFile
from mien.pictures import Analyzed, document


class JsonDocument:
    """Prints one JSON document on standard output once all pictures are done.

    Args:
        analyzer: What describes the pictures.
    """

    wrote = ""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._pictures: list[schema.Picture] = []

    def take(self, result: Analyzed) -> None:
        """Adds a picture."""
        self._pictures.append(result.result.to_dict())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            everything = document(self._analyzer, self._pictures)
            typer.echo(json.dumps(everything, indent=1, ensure_ascii=False))


class JsonLines:
    """Writes a line of JSON for each picture as soon as it is done.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.wrote = f"'{path}'"

    def take(self, result: Analyzed) -> None:
        """Writes a picture's line."""
        self._file.write(json.dumps(result.result.to_dict(), ensure_ascii=False) + "\n")

    def __enter__(self) -> Self:
        self._file = TextFile(self._path)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
