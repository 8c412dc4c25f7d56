"""The section about the questions around 18: the age page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from mien.evaluation.page.parts import (
    SET,
    Block,
    Column,
    Plot,
    Row,
    Section,
    Table,
    by_set,
    shown,
    table,
)
from mien.evaluation.page.plots import thresholds as plots
from mien.evaluation.page.plots.certainty import reliability
from mien.evaluation.report.key_figures import Figures
from mien.evaluation.report.thresholds import NEAR, OLDER, YOUNGER

_N = Column("n", "n, years", "text")
_MARGINS = (0, 2, 4, 7, 12)  # years of the challenge age above n; for 18 they include 25
_SHARES = (
    Column("younger_pass", "younger, pass", "share"),
    Column("near_pass", f"up to {NEAR} years younger, pass", "share"),
    Column("older_asked", "n or older, asked", "share"),
)


def threshold_section(report: Figures) -> Section:
    """Returns the section about the questions whether a person is at least n years old."""
    sets = by_set(report)
    first = next(iter(sets.values()))["thresholds"]["at_least"]
    return Section(
        "thresholds",
        "The questions around 18",
        "An apparent age is no proof of age. It may decide whether a proof is asked for. Nobody may"
        " be refused anything by it alone.",
        shown(
            [
                Block(
                    "Is a person at least n years old?",
                    (
                        "The area below the ROC curve is the probability that an older person gets"
                        " a higher score than a younger one. At the equal error the share of"
                        " younger people who pass equals the share of older people who fail. Both"
                        " depend on the ages in the set: most sets have many people who are far"
                        " from n, which is easy.",
                        "Only pictures with exact ages count in this section. A set with brackets"
                        " of ages has none of the people around n: its bracket of 10 to 19 years"
                        " does not tell whether a person is 18. Without them every question would"
                        " look easier than it is.",
                    ),
                    (_questions(sets),),
                    _curves(first),
                ),
                Block(
                    "Is the probability of “at least n” reliable?",
                    (
                        "If the answer is “at least 18 with 90 %”, then 90 % of such people should"
                        " be labelled 18 or older. If the mean probability is higher than the share"
                        " of older people, too many younger people pass.",
                    ),
                    (_calibration(sets),),
                    tuple(_reliability(first)),
                ),
                Block(
                    "Certain answers",
                    (
                        "A face is certainly over n if the probability is at least the certainty,"
                        " and certainly under n if it is at most 1 minus the certainty. Otherwise a"
                        " proof of age is asked for.",
                        f"Counted are people up to {YOUNGER} years younger than n, for 18 those of"
                        f" 13 to 17, and people at least {OLDER} years older, for 18 those of 25"
                        " and more.",
                    ),
                    (_certain(sets),),
                ),
                Block(
                    "The challenge age",
                    (
                        "A shop asks for a proof of age if a face looks younger than the challenge"
                        " age T. A face that looks T years old or older passes. A higher T lets"
                        " fewer younger people pass and asks more older people.",
                        f"People up to {NEAR} years younger than n are hardest to tell: for 18"
                        " these are people of 14 to 17.",
                    ),
                    (_challenge(sets),),
                    tuple(
                        Plot(
                            f"challenge_{n}",
                            f"Shares of people who pass or are asked, by challenge age, n = {n}",
                            partial(plots.challenge, n, figures),
                        )
                        for n, figures in first.items()
                    ),
                ),
                Block(
                    "The challenge age by gender and ethnicity",
                    (
                        "The same shares for each group of people and some challenge ages;"
                        " metrics.json has all of them. People without a label are in none of its"
                        " groups: a group may come from one set alone, and the file has each set.",
                    ),
                    (_challenge_by(sets),),
                ),
                Block(
                    "Recognising younger people",
                    (
                        "If 1 % or 5 % of the older people are taken for younger ones by mistake:"
                        " which share of the younger people is recognised?",
                    ),
                    (_under(sets),),
                ),
                Block(
                    "In the terms of NIST",
                    (
                        "NIST's FATE Age Estimation and Verification reports these shares."
                        " Challenge 25: the false positive rate is the share of people of 14 to 17"
                        " with an estimate of 25 or more. Child online safety: the true positive"
                        " rate is the share of people of 13 to 16 with an estimate from 13 to 16;"
                        " the false positive rates are the shares of people of 8 to 12 and of 17 to"
                        " 22 with such an estimate.",
                        "NIST uses photographs of applications, borders and arrests with recorded"
                        " ages. The pictures here have other faces and labels, so that the figures"
                        " cannot be compared with NIST's tables.",
                    ),
                    (_nist(sets),),
                ),
            ]
        ),
    )


def _at_least(sets: dict[str, Figures]) -> Iterator[tuple[str, str, Figures]]:
    """Yields the name of the set, n, and the figures of each question *at least n*."""
    for name, of in sets.items():
        for n, figures in of["thresholds"]["at_least"].items():
            yield name, n, figures


def _questions(sets: dict[str, Figures]) -> Table:
    columns = (
        _N,
        Column("younger", "younger", "count"),
        Column("older", "n or older", "count"),
        Column("area", "area below ROC", "number"),
        Column("equal_error", "equal error", "share"),
    )
    rows: list[Row] = [
        {"set": name, "n": n, **figures, "area": figures["roc"]["area"]}
        for name, n, figures in _at_least(sets)
    ]
    return table("at_least", columns, rows)


def _calibration(sets: dict[str, Figures]) -> Table:
    columns = (
        _N,
        Column("error", "calibration error", "share"),
        Column("brier", "Brier score", "number"),
        Column("predicted", "mean probability", "share"),
        Column("happened", "labelled n or older", "share"),
    )
    rows: list[Row] = [
        {"set": name, "n": n, **figures["calibration"]}
        for name, n, figures in _at_least(sets)
        if "calibration" in figures
    ]
    return table("at_least_calibration", columns, rows)


def _certain(sets: dict[str, Figures]) -> Table:
    columns = (
        _N,
        Column("certainty", "certainty", "share"),
        Column("younger_over", f"up to {YOUNGER} years younger, over", "share"),
        Column("younger_under", "the same, under", "share"),
        Column("older_over", f"at least {OLDER} years older, over", "share"),
    )
    rows: list[Row] = [
        {"set": name, "n": n, **step}
        for name, n, figures in _at_least(sets)
        for step in figures.get("certain", ())
    ]
    return table("certain", columns, rows, brief=True)


def _challenge(sets: dict[str, Figures]) -> Table:
    columns = (
        _N,
        Column("age", "challenge age T", "count"),
        *_SHARES,
    )
    rows: list[Row] = [
        {"set": name, "n": n, **step}
        for name, n, figures in _at_least(sets)
        for step in figures["challenge"]
    ]
    return table("challenge", columns, rows, brief=True)


def _challenge_by(sets: dict[str, Figures]) -> Table:
    columns = (
        _N,
        Column("age", "challenge age T", "count"),
        Column("group", "group", "text"),
        *_SHARES,
    )
    rows: list[Row] = [
        {"set": name, "n": n, "age": step["age"], "group": group, **shares}
        for name, n, figures in _at_least(sets)
        for step in figures["challenge"]
        if step["age"] - int(n) in _MARGINS
        for groups in step["by"].values()
        for group, shares in groups.items()
    ]
    return table("challenge_by_group", columns, rows, brief=True)


def _under(sets: dict[str, Figures]) -> Table:
    columns = (
        Column("n", "younger than", "text"),
        Column("false_alarms", "older people taken for younger", "share"),
        Column("recall", "younger people recognised", "share"),
    )
    rows: list[Row] = [
        {"set": name, "n": n, **recall}
        for name, of in sets.items()
        for n, recalls in of["thresholds"]["under"].items()
        for recall in recalls
    ]
    return table("under", columns, rows)


def _nist(sets: dict[str, Figures]) -> Table:
    columns = (
        SET,
        Column("challenge_25", "challenge 25: FPR, 14 to 17", "share"),
        Column("challenge_25_female", "the same, female", "share"),
        Column("challenge_25_male", "the same, male", "share"),
        Column("true_positive_rate", "child online safety: TPR, 13 to 16", "share"),
        Column("false_positive_rate_8_12", "FPR, 8 to 12", "share"),
        Column("false_positive_rate_17_22", "FPR, 17 to 22", "share"),
    )
    rows: list[Row] = []
    for name, of in sets.items():
        nist = of["thresholds"]["nist"]
        challenge = nist["challenge_25"]
        row = {"set": name, **nist["child_online_safety"]}
        row |= {f"challenge_25_{gender}": f for gender, f in challenge["gender"].items()}
        if "false_positive_rate" in challenge:
            row["challenge_25"] = challenge["false_positive_rate"]
        if len(row) > 1:
            rows.append(row)
    return table("nist", columns, rows)


def _curves(questions: Mapping[str, Figures]) -> tuple[Plot, ...]:
    if not questions:
        return ()
    return (
        Plot("roc_at_least", "ROC curves of “at least n”", partial(plots.roc, questions)),
        Plot("det_at_least", "Error trade-off of “at least n”", partial(plots.det, questions)),
    )


def _reliability(questions: Mapping[str, Figures]) -> Iterator[Plot]:
    for n, figures in questions.items():
        if "calibration" in figures:
            yield Plot(
                f"reliability_at_least_{n}",
                f"Frequency by probability of “at least {n}”",
                partial(
                    reliability,
                    f"At least {n} years",
                    "Dots are bins; lines are 95 % intervals",
                    figures["calibration"],
                    f"Labelled {n} or older",
                ),
            )
