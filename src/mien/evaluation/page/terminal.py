"""The main tables of a report for a terminal, at most 80 columns wide."""

from __future__ import annotations

from collections.abc import Mapping, Set

from rich.box import SIMPLE_HEAD
from rich.table import Table as RichTable

from mien.evaluation.page.cells import brief
from mien.evaluation.page.parts import Table
from mien.evaluation.page.sections.summary import age_summary, label_summary
from mien.evaluation.report.key_figures import Figures

_LEFT_OUT = frozenset(
    {
        *("not_found", "without_age", "without", "rmse"),
        *("within_1", "within_3", "within_10", "within_one_age_group"),
    }
)


def tables(report: Figures, title: str) -> list[RichTable]:
    """Returns the tables of the key figures of each set.

    Args:
        report: Result of :func:`mien.evaluation.report.whole.whole_report`.
        title: Title of the first table.
    """
    return _titled(report, title, _LEFT_OUT)


def ladder_tables(steps: Mapping[str, Figures]) -> list[RichTable]:
    """Returns the tables of the key figures of each step of the ladder.

    Args:
        steps: Result of :func:`mien.evaluation.robustness.ladder_figures`.
    """
    sets = {name: {"summary": figures} for name, figures in steps.items()}
    pictures = next(iter(steps.values()))["pictures"]
    return _titled(
        {"sets": sets, "pooled": {"summary": {}}},
        f"poor views, all sets, {pictures:,} pictures",
        _LEFT_OUT | {"pictures", "bias"},
    )


def _titled(report: Figures, title: str, left_out: Set[str]) -> list[RichTable]:
    both = (age_summary(report), label_summary(report))
    made = [_rich(table, left_out) for table in both if table.rows]
    for table in made[:1]:
        table.title = title
    return made


def _rich(table: Table, left_out: Set[str]) -> RichTable:
    made = RichTable(
        title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=0, show_edge=False
    )
    columns = [column for column in table.columns if column.key not in left_out]
    for column in columns:
        heading = _two_lines(column.heading.replace("the 80 %", "80 %"))
        made.add_column(heading, justify="left" if column.unit == "text" else "right", no_wrap=True)
    for row in table.rows:
        made.add_row(*(brief(row, column) for column in columns))
    return made


def _two_lines(text: str) -> str:
    """Breaks a heading at the space that is nearest to its middle."""
    spaces = [i for i, letter in enumerate(text) if letter == " "]
    if not spaces:
        return text
    middle = min(spaces, key=lambda i: abs(i - len(text) / 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"
