"""The section with the key figures."""

from __future__ import annotations

from mien.evaluation.page.names import measure
from mien.evaluation.page.parts import SET, Block, Column, Row, Section, Table, by_set, shown, table
from mien.evaluation.report.key_figures import Figures

_AGE = (
    *("mae", "bias", "rmse", "within_1", "within_3", "within_5", "within_10"),
    *("interval_coverage", "age_group_accuracy", "within_one_age_group"),
)
_LABELS = (
    Column("accuracy", "right", "share"),
    Column("decided", "decided", "share"),
    Column("decided_accuracy", "right where decided", "share"),
    Column("recall", "mean recall", "share"),
)


def summary_section(report: Figures) -> Section:
    """Returns the section with the key figures of each set."""
    return Section(
        "summary",
        "At a glance",
        "The main figures of each set. The sections below explain them and divide them.",
        shown(
            [
                Block(
                    "Ages",
                    (
                        "The mean absolute error is the mean of the absolute differences of"
                        " apparent and labelled age. The bias is the mean of the differences: above"
                        " 0 faces look too old. For “within 5 years” the apparent age is first"
                        " rounded to whole years.",
                    ),
                    (age_summary(report),),
                ),
                Block(
                    "Labels",
                    (
                        "A label is right if the most probable label is the labelled one. A system"
                        " may also answer “undetermined”; therefore the table shows how many labels"
                        " are decided, and how many of these are right.",
                    ),
                    (label_summary(report),),
                ),
            ]
        ),
    )


def age_summary(report: Figures) -> Table:
    """Returns the table of the ages of each set."""
    rows: list[Row] = [
        {"set": name, **of["summary"]}
        for name, of in by_set(report).items()
        if any(key in of["summary"] for key in _AGE)
    ]
    columns = (
        SET,
        measure("pictures"),
        measure("not_found"),
        measure("without_age"),
        *map(measure, _AGE),
    )
    return table("summary_age", columns, rows)


def label_summary(report: Figures) -> Table:
    """Returns the table of the heads with labels of each set."""
    rows: list[Row] = []
    for name, of in by_set(report).items():
        summary = of["summary"]
        heads = [key.removesuffix("_decided") for key in summary if key.endswith("_decided")]
        for head in heads:
            figures = {
                column.key: summary[f"{head}_{column.key}"]
                for column in _LABELS
                if f"{head}_{column.key}" in summary
            }
            pictures = summary[f"{head}_decided"]["n"]
            label = head.replace("_", " ")
            row = {"set": name, "label": label, "pictures": pictures, **figures}
            without = summary.get(f"without_{head}")
            rows.append(row if without is None else {**row, "without": without})
    columns = (
        *(SET, Column("label", "attribute", "text"), measure("pictures")),
        *(Column("without", "without answer", "count"), *_LABELS),
    )
    return table("summary_labels", columns, rows)
