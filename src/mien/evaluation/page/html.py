"""The page: one file of HTML that needs no other file, no network and no script."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from mien.evaluation.page.cells import Cell, cell
from mien.evaluation.page.names import measure
from mien.evaluation.page.parts import Column, Section, Table, by_set
from mien.evaluation.page.sections.views import LADDER
from mien.evaluation.report.key_figures import Figures

_TILES = (
    *("mae", "within_5", "interval_coverage", "age_group_accuracy"),
    *("gender_accuracy", "gender_decided", "gender_decided_accuracy"),
)


def html_page(
    report: Figures,
    sections: Sequence[Section],
    drawings: Mapping[str, str],
    ladder: Mapping[str, bytes],
) -> str:
    """Returns the page.

    Args:
        report: Result of :func:`mien.evaluation.report.whole.whole_report`.
        sections: Sections of the page.
        drawings: SVG elements by the name of the plot.
        ladder: JPEG files of the sample on the ladder by the name of the step; may be empty.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("mien.evaluation.page")
    template = environment.from_string(folder.joinpath("page.html").read_text(encoding="utf-8"))
    style = folder.joinpath("page.css").read_text(encoding="utf-8")
    sets = by_set(report)
    first, figures = next(iter(sets.items()))
    return template.render(
        about=report["about"],
        sets=report["sets"],
        pictures=figures["summary"]["pictures"],
        first=first,
        tiles=_tiles(figures["summary"]),
        sections=sections,
        drawings={name: _safe(drawing) for name, drawing in drawings.items()},
        ladder={name: _data_address(picture) for name, picture in ladder.items()},
        ladder_title=LADDER,
        style=_safe(style),
        rows=_rows,
        is_number=lambda column: column.unit != "text",
    )


def _tiles(summary: Figures) -> list[tuple[Column, Cell]]:
    columns = [measure(key) for key in _TILES if key in summary]
    return [(column, cell(summary, column)) for column in columns]


def _rows(table: Table) -> dict[str, list[list[Cell]]]:
    """Returns the cells of a table by the name of the set.

    The number of pictures of a figure is left out where the column ``pictures`` has it.
    """
    has_pictures = any(column.key == "pictures" for column in table.columns)
    return {
        name: [
            [
                made._replace(n="") if has_pictures and made.n == f"{row['pictures']:,}" else made
                for made in (cell(row, column) for column in table.columns)
            ]
            for row in rows
        ]
        for name, rows in table.by_set.items()
    }


def _safe(text: str) -> Any:
    import markupsafe

    return markupsafe.Markup(text)  # noqa: S704  # made by mien, not by a user


def _data_address(picture: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(picture).decode()
