"""Figures of the question whether a person is at least n years old: the age page.

Only pictures with exact ages count. A set with brackets has none of the people around n: its
bracket 10-19 holds younger and older ones than 18. Without them every question would look easier.

A *younger* picture has a label below n, an *older* one a label of n years or more. With a challenge
age T a face passes if its apparent age is at least T; an older person whose face does not pass is
asked for a proof of age.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from mien.evaluation.intervals import Bools, Figure, Floats, Positions, bootstrap, share
from mien.evaluation.metrics.ranking import equal_error, roc_figures
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.calibration import probability_report
from mien.evaluation.report.key_figures import Figures
from mien.evaluation.report.parts import in_years, parts

QUESTIONS = (12, 13, 15, 16, 18, 21, 25)
"""Ages in years of the questions *at least n*."""

MARGINS = range(13)
"""Years by which a challenge age may be above n."""

NEAR = 4
"""Years below n of those who are hardest to tell from n; for 18 they are 14 to 17."""

CERTAINTIES = (0.9, 0.95, 0.98, 0.99)
"""Probabilities of *at least n* from which a face is certainly over n."""

YOUNGER, OLDER = 5, 7
"""Years below n and above n of those whose certain answers are counted.

For 18 they are 13 to 17, and 25 and more.
"""

PROTECTED = (13, 18)
"""Ages in years; people below them are to be recognised."""

FALSE_ALARMS = (0.01, 0.05)
"""Shares of older people who are taken for younger ones."""


def threshold_report(predictions: Predictions) -> Figures:
    """Returns the figures of the questions around 18.

    Returns:
        - ``at_least``: by the number n, see :func:`question_report`; left out without younger or
          older pictures.
        - ``under``: by the number n of :data:`PROTECTED` a list with, for each share of false
          alarms, ``false_alarms`` and ``recall``: the share of younger pictures that are recognised
          if this share of the older pictures is taken for younger ones.
        - ``nist``: see :func:`nist_figures`.
    """
    questions = {n: question_report(predictions, n) for n in QUESTIONS}
    under = {n: list(_recalls(predictions, n)) for n in PROTECTED}
    return {
        "at_least": {str(n): figures for n, figures in questions.items() if figures},
        "under": {str(n): recalls for n, recalls in under.items() if recalls},
        "nist": nist_figures(predictions),
    }


def question_report(predictions: Predictions, n: int) -> Figures:
    """Returns the figures of the question whether a person is at least ``n`` years old.

    Returns:
        - ``younger`` and ``older``, the numbers of pictures with exact ages.
        - ``score``: ``at_least`` if the system gives this probability, else ``years``.
        - ``roc`` of the score, see :func:`mien.evaluation.metrics.ranking.roc_figures`. Positives
          are the older pictures. ``equal_error``: the error at which both kinds of error are
          equally frequent.
        - ``calibration`` of the probability, see
          :func:`mien.evaluation.report.calibration.probability_report`; left out without it.
        - ``certain``: for each of :data:`CERTAINTIES` ``certainty``, and the shares of faces that
          are certainly over n (the probability is at least the certainty): ``younger_over`` of
          those at most :data:`YOUNGER` years younger, ``older_over`` of those at least
          :data:`OLDER` years older. ``younger_under`` is the share of the same younger ones that
          are certainly under n (the probability is at most 1 minus the certainty). Left out
          without the probability.
        - ``challenge``: for each T from n to n + 12 ``age``, ``younger_pass``, ``near_pass`` (of
          those at most :data:`NEAR` years younger) and ``older_asked``; and ``by`` the same shares
          by ``gender`` and ``ethnicity``. A share without pictures is left out.

        Without younger or without older pictures the result is empty.
    """
    question = _question(predictions, n)
    if question is None:
        return {}
    known, older, score, is_probability = question
    figures: Figures = {
        "younger": int((~older).sum()),
        "older": int(older.sum()),
        "score": "at_least" if is_probability else "years",
    }
    figures["roc"] = roc_figures(score, older)
    figures["equal_error"] = equal_error(score, older)
    if is_probability:
        figures["calibration"] = probability_report(score, older)
        figures["certain"] = [_certain(known, score, n, certainty) for certainty in CERTAINTIES]
    divided = parts(known)
    figures["challenge"] = [
        _passing(known, n, n + margin)
        | {
            "by": {
                attribute: {
                    name: _passing(known.select(mask), n, n + margin)
                    for name, mask in divided[attribute].items()
                }
                for attribute in ("gender", "ethnicity")
            }
        }
        for margin in MARGINS
    ]
    return figures


def nist_figures(predictions: Predictions) -> Figures:
    """Returns figures as NIST's FATE Age Estimation and Verification reports them.

    Returns:
        - ``challenge_25``: ``false_positive_rate``, the share of people of 14 to 17 with an
          apparent age of 25 or more; and the same by ``gender``.
        - ``child_online_safety``: ``true_positive_rate``, the share of people of 13 to 16 with an
          apparent age from 13 to 16; ``false_positive_rate_8_12`` and
          ``false_positive_rate_17_22``, the shares of people of these ages with such an apparent
          age.

        A share without pictures is left out.
    """
    known = predictions.select(predictions.exact & predictions.answered)
    passing = known.years >= 25
    minors = in_years(known, 14, 17)
    of_gender = {name: minors & mask for name, mask in parts(known)["gender"].items()}
    inside = (known.years >= 13) & (known.years < 17)
    return {
        "challenge_25": _shares(passing, {"false_positive_rate": minors})
        | {"gender": _shares(passing, of_gender)},
        "child_online_safety": _shares(
            inside,
            {
                "true_positive_rate": in_years(known, 13, 16),
                "false_positive_rate_8_12": in_years(known, 8, 12),
                "false_positive_rate_17_22": in_years(known, 17, 22),
            },
        ),
    }


def _certain(known: Predictions, score: Floats, n: int, certainty: float) -> Figures:
    younger = in_years(known, n - YOUNGER, n - 1)
    over = score >= certainty
    return {
        "certainty": certainty,
        **_shares(over, {"younger_over": younger, "older_over": known.age_low >= n + OLDER}),
        **_shares(score <= 1 - certainty, {"younger_under": younger}),
    }


def _passing(known: Predictions, n: int, challenge: int) -> Figures:
    passing = known.years >= challenge
    older = known.age_low >= n
    near = ~older & (known.age_low >= n - NEAR)
    return {
        "age": challenge,
        **_shares(passing, {"younger_pass": ~older, "near_pass": near}),
        **_shares(~passing, {"older_asked": older}),
    }


def _shares(counted: Bools, masks: dict[str, Bools]) -> dict[str, Figure]:
    return {name: share(counted[mask]) for name, mask in masks.items() if mask.any()}


def _recalls(predictions: Predictions, n: int) -> Iterator[Figures]:
    question = _question(predictions, n)
    if question is not None:
        for alarms in FALSE_ALARMS:
            recall = partial(_recall, question.score, question.older, alarms)
            yield {"false_alarms": alarms, "recall": bootstrap(recall, len(question.score))}


def _recall(score: Floats, older: Bools, alarms: float, chosen: Positions) -> float:
    """Returns the share of younger pictures below the score that ``alarms`` of the older have."""
    score, older = score[chosen], older[chosen]
    if not older.any() or older.all():
        return float("nan")
    ordered = np.sort(score[older])
    limit = ordered[int(alarms * len(ordered))]  # so many older pictures at most are below it
    return float((score[~older] < limit).mean())


class _Question(NamedTuple):
    """The k pictures of a question: those with an exact age and an answer.

    Attributes:
        known: Their predictions.
        older: Whether each is older, bool, (k,); both occur.
        score: Probability of being older, or the apparent age, float64, (k,).
        is_probability: Whether the score is the probability.
    """

    known: Predictions
    older: Bools
    score: Floats
    is_probability: bool


def _question(predictions: Predictions, n: int) -> _Question | None:
    probability = predictions.at_least(n)
    score = predictions.years if probability is None else probability
    chosen = predictions.exact & predictions.answered & np.isfinite(score)
    older = predictions.age_low[chosen] >= n
    if not older.any() or older.all():
        return None
    return _Question(
        predictions.select(chosen),
        older,
        score[chosen].astype(np.float64),
        is_probability=probability is not None,
    )
