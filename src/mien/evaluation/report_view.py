"""A report for people: a table for terminals of 80 columns, and a page of Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from mien.evaluation.report import Figures

_PER_CENT = "{:.1%}".format
_COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "n": ("pictures", "{:d}".format),
    "error\nyears": ("mae", "{:.2f}".format),
    "bias\nyears": ("bias", "{:+.2f}".format),
    "within\n5 years": ("within_5", _PER_CENT),
    "inside\n80%": ("interval_coverage", _PER_CENT),
    "age\ngroup": ("age_group_accuracy", _PER_CENT),
    "within\n1 group": ("within_one_age_group", _PER_CENT),
    "gender": ("gender_accuracy", _PER_CENT),
    "un-\ndecided": ("undetermined", _PER_CENT),
    "decided": ("decided_accuracy", _PER_CENT),
}


def summary(report: Figures, title: str) -> Table:
    """Returns what of a report fits into a terminal of 80 columns.

    Args:
        report: As of :func:`mien.evaluation.report.evaluate`.
        title: What was measured on what.
    """
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption="\n".join(_remarks(report)),
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=0,
        show_edge=False,
    )
    table.add_column(no_wrap=True)
    for heading in _headings(report):
        table.add_column(heading, justify="right", no_wrap=True)
    for part in _parts(report):
        for row in part:
            table.add_row(*row)
        table.add_section()
    return table


def markdown(report: Figures, title: str, plots: Sequence[Path]) -> str:
    """Returns a report as a page of Markdown.

    Args:
        report: As of :func:`mien.evaluation.report.evaluate`.
        title: What was measured on what.
        plots: Shown below the table; they lie beside the page.
    """
    headings = [heading.replace("-\n", "").replace("\n", " ") for heading in _headings(report)]
    rows = [
        ["", *headings],
        ["---", *["---:"] * len(headings)],
        *(row for part in _parts(report) for row in part),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    images = "\n".join(f"![{path.stem.replace('_', ' ')}]({path.name})" for path in plots)
    return "\n\n".join([f"# {title}", " ".join(_remarks(report)), table, images]) + "\n"


def _headings(report: Figures) -> list[str]:
    """Returns the columns of what was measured."""
    return [heading for heading, (key, _) in _COLUMNS.items() if key in report["overall"]]


def _parts(report: Figures) -> Iterator[list[list[str]]]:
    """Yields the rows of all pictures, then of each attribute's values."""
    columns = [_COLUMNS[heading] for heading in _headings(report)]
    for part in ({"all": report["overall"]}, *report["by"].values()):
        yield [
            [name, *(form(figures[key]) if key in figures else "" for key, form in columns)]
            for name, figures in part.items()
        ]


def _remarks(report: Figures) -> Iterator[str]:
    overall, worst = report["overall"], report["worst"]
    yield f"No face was found in {overall['not_found']} of {overall['pictures']} pictures."
    for name, key in (("age group", "age_groups"), ("gender", "gender")):
        if key in report:
            yield f"Macro F1 of {name}: {report[key]['macro']['f1']:.3f}."
    if cell := worst.get("gender_accuracy"):
        yield f"Worst gender accuracy: {cell['gender_accuracy']:.1%}, {_described(cell)}."
    if cell := worst.get("mae"):
        yield f"Worst error: {cell['mae']:.2f} years, {_described(cell)}."


def _described(cell: Figures) -> str:
    return "{age_group} {gender} {ethnicity}, n = {pictures}".format_map(cell)
