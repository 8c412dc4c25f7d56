"""The section about certainty."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mien.evaluation.page.names import ATTRIBUTES
from mien.evaluation.page.names import head as words
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
    file_name,
    shown,
    table,
)
from mien.evaluation.page.plots import certainty as plots
from mien.evaluation.report.key_figures import Figures

_COVERAGES = {
    "people": ("all", "age_band", "gender", "ethnicity"),
    "view": ("all", "eye_distance", "sharpness", "frontality"),
}


def certainty_section(report: Figures) -> Section:
    """Returns the section about probabilities and intervals."""
    sets = by_set(report)
    return Section(
        "certainty",
        "How sure the answers are",
        "Whether a probability of 90 % is right in 90 % of all cases, and whether the 80 % interval"
        " holds 80 % of the ages.",
        shown(
            [
                Block(
                    "Probabilities of labels",
                    (
                        "The calibration error is the root of the mean squared difference of"
                        " probability and frequency in 15 bins with equal numbers of pictures. What"
                        " chance alone causes is subtracted (Ferro and Fricker 2012; Kumar, Liang"
                        " and Ma 2019). The Brier score is the mean squared difference of"
                        " probability and event.",
                        "In the plots each dot is a bin. A dot in the grey band agrees with perfect"
                        " calibration: for each bin 95 % of all samples would be in it (Bröcker"
                        " and Smith 2007). The right half shows the probabilities from 80 %. For"
                        " more than two labels the event is that the most probable label is right.",
                    ),
                    (_probabilities(sets),),
                    tuple(_reliability(sets)),
                ),
                Block(
                    "The 80 % interval of the age",
                    (
                        "The width says how useful the intervals are. A constant width would be the"
                        " same for all faces and hold as many ages. A ratio below 1 means that the"
                        " intervals are narrower on average.",
                        "A constant width holds nearly all easy ages and few hard ones. Intervals"
                        " that adapt to the face hold 80 % of both, see the next table. So even"
                        " perfect intervals may be a little wider on average.",
                    ),
                    (_intervals(sets),),
                ),
                Block(
                    "Coverage of each group and view",
                    (
                        *_verdict(sets),
                        "An exact binomial test compares the share of each part with 80 %. Holm's"
                        " correction makes up for the number of tests: if all parts had 80 %, the"
                        " probability that at least one is called different by chance is at most"
                        " 5 %. The intervals are not corrected.",
                        "A part that does not differ is not proven to have 80 %; look at its"
                        " interval.",
                    ),
                    (_tests(sets),),
                    _coverage(sets),
                ),
                Block(
                    "Errors if only certain answers count",
                    (
                        "The answers are sorted by their certainty: labels by their probability,"
                        " ages by the width of their interval. The curve shows the error of the"
                        " most certain part. It should fall to the left. The table has the mean"
                        " over all parts.",
                    ),
                    (_risks(sets),),
                    tuple(_risk_plots(sets)),
                ),
            ]
        ),
    )


def _probabilities(sets: dict[str, Figures]) -> Table:
    columns = (
        Column("label", "attribute", "text"),
        Column("error", "calibration error", "share"),
        Column("brier", "Brier score", "number"),
        Column("predicted", "mean probability", "share"),
        Column("happened", "labelled so", "share"),
    )
    rows: list[Row] = [
        {"set": name, "label": words(head), **figures}
        for name, of in sets.items()
        for head, figures in of["calibration"]["labels"].items()
    ]
    return table("calibration_labels", columns, rows)


def _reliability(sets: dict[str, Figures]) -> Iterator[Plot]:
    for name, of in sets.items():
        for head, figures in of["calibration"]["labels"].items():
            names = of["labels"][head]["names"]
            event = f"Labelled {names[1]}" if len(names) == 2 else "Right"
            yield Plot(
                file_name("reliability", head, *([name] if len(sets) > 1 else [])),
                f"Frequency by predicted probability: {words(head)}, {name}",
                partial(
                    plots.reliability,
                    f"Reliability: {words(head)}",
                    name if len(sets) > 1 else "Dots are bins, lines are 95 % intervals",
                    figures,
                    event,
                ),
            )


def _intervals(sets: dict[str, Figures]) -> Table:
    columns = (
        SET,
        Column("coverage", "inside", "share"),
        Column("width", "mean width, years", "years"),
        Column("constant_width", "constant width, years", "years"),
        Column("width_ratio", "ratio", "number"),
    )
    rows: list[Row] = [
        {"set": name, **of["calibration"]["intervals"]}
        for name, of in sets.items()
        if of["calibration"]["intervals"]
    ]
    return table("intervals", columns, rows)


def _tests(sets: dict[str, Figures]) -> Table:
    columns = (
        Column("attribute", "divided by", "text"),
        Column("part", "part", "text"),
        Column("coverage", "inside the 80 % interval", "share"),
        Column("p", "p", "probability"),
        Column("p_holm", "p, corrected", "probability"),
        Column("verdict", "differs from 80 %", "text"),
    )
    rows: list[Row] = [
        {
            "set": name,
            **test,
            "attribute": ATTRIBUTES[test["attribute"]],
            "verdict": "yes" if test["differs"] else "no",
        }
        for name, of in sets.items()
        for test in of["calibration"]["intervals"].get("tests", ())
    ]
    return table("coverage_tests", columns, rows, brief=True)


def _verdict(sets: dict[str, Figures]) -> Iterator[str]:
    """Yields how many parts of the first set have another coverage than 80 %."""
    name, of = next(iter(sets.items()))
    tests = of["calibration"]["intervals"].get("tests", ())
    parts = [test for test in tests if test["attribute"] != "all"]
    if parts:
        count = sum(test["differs"] for test in parts)
        yield f"{count} of {len(parts)} parts differ from 80 % ({name})."


def _coverage(sets: dict[str, Figures]) -> tuple[Plot, ...]:
    tests = next(iter(sets.values()))["calibration"]["intervals"].get("tests")
    if not tests:
        return ()
    return tuple(
        Plot(
            f"coverage_by_{name}",
            f"Share of ages inside the 80 % interval, by {name}",
            partial(plots.coverage, name, divided),
        )
        for name, attributes in _COVERAGES.items()
        if (divided := [test for test in tests if test["attribute"] in attributes])
        and any(test["attribute"] != "all" for test in divided)
    )


def _risks(sets: dict[str, Figures]) -> Table:
    columns = (
        SET,
        Column("age", "age: mean absolute error, years", "years"),
        *(
            Column(head, f"{words(head)}: wrong labels", "share")
            for head in _curves(sets)
            if head != "age"
        ),
    )
    rows: list[Row] = [
        {"set": name} | {head: curve["area"] for head, curve in curves.items()}
        for name, of in sets.items()
        if (curves := of["calibration"]["risk_coverage"])
    ]
    return table("risk_coverage", columns, rows)


def _risk_plots(sets: dict[str, Figures]) -> Iterator[Plot]:
    for head in _curves(sets):
        of_head = chosen(sets, partial(_has_curve, head))
        yield Plot(
            file_name("risk_coverage", head),
            f"Error of the most certain answers: {words(head)}",
            partial(plots.risk_coverage, head, of_head),
        )


def _curves(sets: dict[str, Figures]) -> list[str]:
    names = (name for of in sets.values() for name in of["calibration"]["risk_coverage"])
    return list(dict.fromkeys(names))


def _has_curve(head: str, of: Figures) -> bool:
    return head in of["calibration"]["risk_coverage"]
