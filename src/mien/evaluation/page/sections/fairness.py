"""The section about groups of people."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mien.evaluation.page.names import ATTRIBUTES, group, measure, part_columns
from mien.evaluation.page.parts import (
    Block,
    Column,
    Plot,
    Row,
    Section,
    Table,
    apart,
    by_set,
    file_name,
    part_rows,
    shown,
    table,
)
from mien.evaluation.page.plots import people as plots
from mien.evaluation.report.key_figures import Figures
from mien.evaluation.report.parts import LEAST

_BY = ("mae", "bias", "within_5", "interval_coverage", "gender_accuracy", "gender_decided")


def fairness_section(report: Figures) -> Section:
    """Returns the section about cells of age, gender and ethnicity."""
    sets = by_set(report)
    each = apart(sets)
    return Section(
        "fairness",
        "Groups of people",
        "The same figures for each group of people. The labels of gender and ethnicity are those of"
        " the data set; they are guesses from pictures too.",
        shown(
            [
                Block(
                    "The worst cells",
                    (
                        "A cell has the people of one age, gender and ethnicity. Cells with fewer"
                        f" than {LEAST} pictures are not named, because their figures would be"
                        " random. They may be worse. Worst is farthest from 0 for the bias, and"
                        " farthest from 80 %, also above it, for the 80 % interval. Each set is"
                        " shown by itself: between sets, cameras and labels differ too.",
                    ),
                    (_worst(each),),
                ),
                Block(
                    "Gaps between groups",
                    (
                        "The gap is the difference of the highest and the lowest figure. The ratio"
                        " is the lowest divided by the highest; 1 is equal. Cells are combinations"
                        " of age, gender and ethnicity. The extremes of many groups are also due to"
                        " chance, which the intervals do not count.",
                    ),
                    (_gaps(each),),
                ),
                Block(
                    "By gender and ethnicity",
                    ("People without this label are in no row.",),
                    (_by(sets, "gender"), _by(sets, "ethnicity")),
                ),
                Block(
                    "All cells",
                    ("A stronger colour is worse.",),
                    (_cells(each),),
                    tuple(_plots(each)),
                ),
            ]
        ),
    )


def _worst(sets: dict[str, Figures]) -> Table:
    columns = (
        Column("measure", "figure", "text"),
        Column("cell", "worst cell", "text"),
        Column("value", "value", "own"),
    )
    rows: list[Row] = [
        {
            "set": name,
            "measure": measure(key).heading,
            "cell": group(worst["names"]),
            "value": worst["figure"],
            "unit": measure(key).unit,
        }
        for name, of in sets.items()
        for key, worst in of["fairness"]["worst"].items()
    ]
    return table("worst_cells", columns, rows)


def _gaps(sets: dict[str, Figures]) -> Table:
    columns = (
        Column("between", "between", "text"),
        Column("measure", "figure", "text"),
        Column("highest", "highest", "text"),
        Column("lowest", "lowest", "text"),
        Column("difference", "gap", "own"),
        Column("ratio", "ratio", "number"),
    )
    rows: list[Row] = []
    for name, of in sets.items():
        for between, gaps in of["fairness"]["gaps"].items():
            for key, gap in gaps.items():
                row = {
                    "set": name,
                    "between": ATTRIBUTES[between],
                    "measure": measure(key).heading,
                    "highest": group(gap["highest"]["names"]),
                    "lowest": group(gap["lowest"]["names"]),
                    "difference": gap["difference"],
                    "unit": measure(key).unit,
                }
                rows.append(row | ({"ratio": gap["ratio"]} if "ratio" in gap else {}))
    return table("gaps", columns, rows)


def _by(sets: dict[str, Figures], attribute: str) -> Table:
    return table(f"by_{attribute}", part_columns(attribute, _BY), part_rows(sets, attribute))


def _cells(sets: dict[str, Figures]) -> Table:
    keys = ("pictures", *(key for key in _BY))
    columns = (
        Column("age", "labelled age", "text"),
        Column("gender", "gender", "text"),
        Column("ethnicity", "ethnicity", "text"),
        *map(measure, keys),
    )
    rows: list[Row] = [
        {"set": name, "age": cell[of["fairness"]["banding"]], **cell}
        for name, of in sets.items()
        for cell in of["fairness"]["cells"]
    ]
    return table("cells", columns, rows)


def _plots(sets: dict[str, Figures]) -> Iterator[Plot]:
    several = len(sets) > 1
    for name, of in sets.items():
        fairness = of["fairness"]
        for key in ("mae", "gender_accuracy"):
            if any(key in cell and cell[key]["n"] >= LEAST for cell in fairness["cells"]):
                yield Plot(
                    file_name("cells", key, *([name] if several else [])),
                    f"{measure(key).heading} of each cell of age, gender and ethnicity, {name}",
                    partial(plots.cells, fairness, key, name if several else ""),
                )
