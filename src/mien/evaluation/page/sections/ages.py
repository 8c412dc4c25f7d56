"""The section about the apparent age."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mien.evaluation.page.names import part_columns
from mien.evaluation.page.parts import (
    SET,
    Block,
    Column,
    Plot,
    Row,
    Section,
    Table,
    by_set,
    chosen,
    part_rows,
    shown,
    table,
)
from mien.evaluation.page.plots import ages as plots
from mien.evaluation.report.key_figures import Figures

_MEASURES = (
    *("mae", "bias", "rmse"),
    *("within_1", "within_3", "within_5", "within_10", "interval_coverage"),
)


def age_section(report: Figures) -> Section:
    """Returns the section about the apparent age."""
    sets = by_set(report)
    exact = chosen(sets, lambda of: bool(of["age"]))
    return Section(
        "age",
        "Apparent age",
        "How far the apparent age is from the labelled age, and for which ages.",
        shown(
            [
                Block(
                    "By labelled age",
                    (
                        "Children are usually estimated too old and old people too young. The mean"
                        " over all pictures hides this, and it says little about the ages that are"
                        " asked about most.",
                    ),
                    (_by_age(sets, "age_band"),),
                    tuple(_plots(exact)),
                ),
                Block(
                    "By age group",
                    (
                        "Sets with brackets instead of ages have only these groups. The predicted"
                        " group is the most probable one.",
                    ),
                    (_by_age(sets, "age_group"),),
                ),
                Block(
                    "Every age counts the same",
                    (
                        "The mean absolute error of all pictures is mostly that of common ages."
                        " Here the error of each decade, or of each age and gender, is computed"
                        " first. Then the mean of these is taken. NIST's evaluation of age"
                        " estimation (FATE AEV) reports the mean over both genders and the 13 ages"
                        " from 18 to 30 years.",
                    ),
                    (_macro(exact),),
                ),
            ]
        ),
    )


def _by_age(sets: dict[str, Figures], attribute: str) -> Table:
    keys = _MEASURES if attribute == "age_band" else ("age_group_accuracy", "within_one_age_group")
    rows = [row for row in part_rows(sets, attribute) if any(key in row for key in keys)]
    return table(f"by_{attribute}", part_columns(attribute, keys), rows)


def _macro(sets: dict[str, Figures]) -> Table:
    columns = (
        Column("macro_decades", "decades", "years"),
        Column("decades", "number of decades", "count"),
        Column("macro_18_30", "18 to 30, both genders", "years"),
        Column("cells", "ages and genders, of 26", "count"),
        Column("macro_18_30_female", "18 to 30, female", "years"),
        Column("macro_18_30_male", "18 to 30, male", "years"),
    )
    rows: list[Row] = [{"set": name, **of["age"]} for name, of in sets.items()]
    return table("age_macro", (SET, *columns), rows)


def _plots(sets: dict[str, Figures]) -> Iterator[Plot]:
    if not sets:
        return
    yield Plot(
        "age_error_by_band",
        "Mean absolute error and bias of each band of labelled ages",
        partial(plots.error_by_band, sets, "age_band"),
    )
    yield Plot(
        "age_scatter",
        "Number of pictures by labelled and apparent age",
        partial(plots.scatter, next(iter(sets.values()))),
    )
    if any(plots.shown_years(of) for of in sets.values()):
        yield Plot(
            "age_error_by_year",
            "Mean absolute error of each labelled year of age",
            partial(plots.error_by_year, sets),
        )
    yield Plot(
        "age_cumulative_score",
        "Share of ages with at most each error",
        partial(plots.cumulative_score, sets),
    )
