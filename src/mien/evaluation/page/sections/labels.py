"""The section about labels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mien.evaluation.page.names import head as words
from mien.evaluation.page.names import part_columns
from mien.evaluation.page.parts import (
    Block,
    Column,
    Plot,
    Row,
    Section,
    Table,
    by_set,
    chosen,
    file_name,
    shown,
    table,
)
from mien.evaluation.page.plots import labels as plots
from mien.evaluation.report.key_figures import Figures
from mien.evaluation.report.labels import AGE_GROUP

_SCORES = (
    Column("label", "label", "text"),
    Column("pictures", "pictures", "count"),
    Column("precision", "precision", "share"),
    Column("recall", "recall", "share"),
    Column("f1", "F1", "share"),
)


def label_section(report: Figures) -> Section:
    """Returns the section about the age groups, the gender presentation and further labels."""
    sets = by_set(report)
    heads = dict.fromkeys(name for of in sets.values() for name in of["labels"])
    ordered = sorted(heads, key=lambda name: name == AGE_GROUP)
    return Section(
        "labels",
        "Gender presentation and other labels",
        "How often the most probable label is the labelled one, and which labels are confused.",
        shown([block for name in ordered for block in (_block(name, sets), *_by_age(name, sets))]),
    )


def _block(head: str, sets: dict[str, Figures]) -> Block:
    labelled = chosen(sets, lambda of: head in of["labels"])
    rows: list[Row] = []
    for name, of in labelled.items():
        figures = of["labels"][head]
        for label, scores in figures["per_class"].items():
            rows.append({"set": name, "label": label, **scores})
        for average in ("macro", "weighted"):
            n = figures["accuracy"]["n"]
            row = {"set": name, "label": f"mean, {average}", "pictures": n, **figures[average]}
            rows.append(row)
    text = (
        "Precision is the share of faces with this apparent label that are labelled so. Recall is"
        " the share of faces with this label that get it. F1 is their harmonic mean. In the macro"
        " mean all labels count the same; in the weighted mean all pictures do.",
    )
    return Block(
        words(head).capitalize(),
        text,
        (table(file_name("labels", head), _SCORES, rows), _areas(head, labelled)),
        tuple(_plots(head, labelled)),
    )


def _by_age(head: str, sets: dict[str, Figures]) -> Iterator[Block]:
    """Yields the scores of a head by age, which the age groups do not need."""
    if head == AGE_GROUP:
        return
    keys = tuple(f"{head}_{part}" for part in ("accuracy", "decided", "decided_accuracy"))
    rows: list[Row] = [
        {"set": name, "part": part, **figures}
        for name, of in sets.items()
        for attribute in ("age_span", of["fairness"]["banding"])
        for part, figures in of["by"][attribute].items()
        if keys[0] in figures
    ]
    yield Block(
        f"{words(head).capitalize()} by age",
        (f"The {words(head)} of small children is hard to see, and may be left undetermined.",)
        if head == "gender"
        else (),
        (table(file_name(head, "by_age"), part_columns("age_span", keys), rows),),
    )


def _areas(head: str, labelled: dict[str, Figures]) -> Table:
    columns = (
        Column("label", "positive label", "text"),
        Column("roc_area", "area below ROC", "number"),
        Column("precision_recall_area", "area below precision-recall", "number"),
    )
    rows: list[Row] = []
    for name, of in labelled.items():
        for label, curves in of["labels"][head].get("curves", {}).items():
            row = {"set": name, "label": label}
            row |= {f"{kind}_area": curve["area"] for kind, curve in curves.items()}
            rows.append(row)
    return table(file_name("areas", head), columns, rows)


def _plots(head: str, labelled: dict[str, Figures]) -> list[Plot]:
    drawn = []
    for name, of in labelled.items():
        drawn.append(
            Plot(
                file_name("confusion", head, *([name] if len(labelled) > 1 else [])),
                f"Confusion matrix of the {words(head)}, {name}",
                partial(
                    plots.confusion,
                    head,
                    name if len(labelled) > 1 else "",
                    of["labels"][head],
                ),
            )
        )
    curved = chosen(labelled, lambda of: bool(of["labels"][head].get("curves")))
    if curved:
        drawn += [
            Plot(
                file_name("roc", head),
                f"ROC curves of the {words(head)}",
                partial(plots.roc, head, curved),
            ),
            Plot(
                file_name("precision_recall", head),
                f"Precision-recall curves of the {words(head)}",
                partial(plots.precision_recall, head, curved),
            ),
        ]
    return drawn
