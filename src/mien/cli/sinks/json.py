"""JSON for programs: one document, or a line for each picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Self, cast

from mien import schema
from mien.analyzer import Analyzer
from mien.cli.console import check_standard_output, print_json
from mien.cli.sinks.files import TextFile
from mien.cli.text import to_json
from mien.pictures import Analyzed, document


class JsonDocument:
    """Prints one JSON document on standard output once all pictures are done.

    Args:
        analyzer: What describes the pictures.
    """

    wrote = ""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._pictures: list[schema.PictureJson] = []

    def take(self, result: Analyzed) -> None:
        """Adds a picture."""
        self._pictures.append(result.result.to_dict())

    def __enter__(self) -> Self:
        check_standard_output()  # before the work
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            print_json(document(self._analyzer, self._pictures))


class JsonLines:
    """Writes a line of JSON for each picture as soon as it is done.

    Args:
        path: The file; ``-`` is the standard output.
        notices: Notices of the shown attributes, by the attribute's name.
    """

    def __init__(self, path: Path, notices: Mapping[str, str]) -> None:
        self._path = path
        self._notices = dict(notices)

    @property
    def wrote(self) -> str:
        """The file's name, if it is whole."""
        return self._file.wrote

    def take(self, result: Analyzed) -> None:
        """Writes a picture's line."""
        line = cast(schema.PictureLineJson, result.result.to_dict())
        if self._notices:
            line["notices"] = self._notices
        self._file.write(to_json(line) + "\n")

    def __enter__(self) -> Self:
        self._file = TextFile(self._path)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
