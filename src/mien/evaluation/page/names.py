"""The words of the page for keys of the report."""

from __future__ import annotations

from collections.abc import Sequence

from mien.evaluation.page.parts import Column, Unit

ATTRIBUTES = {
    "all": "all pictures",
    "age_band": "labelled age",
    "age_span": "labelled age",
    "age_group": "labelled age group",
    "gender": "labelled gender",
    "ethnicity": "labelled ethnicity",
    "eye_distance": "distance of the eyes, pixels",
    "sharpness": "sharpness, 0 to 1",
    "frontality": "frontality, 0 to 1",
    "cells": "cells",
}
"""Names of the attributes that divide the pictures."""

_MEASURES: dict[str, tuple[str, Unit]] = {
    "pictures": ("pictures", "count"),
    "not_found": ("no face found", "count"),
    "without_age": ("without age", "count"),
    "mae": ("mean absolute error, years", "years"),
    "bias": ("bias, years", "change"),
    "rmse": ("RMSE, years", "years"),
    "within_1": ("within 1 year", "share"),
    "within_3": ("within 3 years", "share"),
    "within_5": ("within 5 years", "share"),
    "within_10": ("within 10 years", "share"),
    "interval_coverage": ("inside the 80 % interval", "share"),
    "age_group_accuracy": ("age group right", "share"),
    "within_one_age_group": ("within one age group", "share"),
    "unusual": ("flagged as unusual", "share"),
}


def measure(key: str) -> Column:
    """Returns the column of a key figure."""
    if key in _MEASURES:
        return Column(key, *_MEASURES[key])
    for ending, words in (
        ("_decided_accuracy", "right where decided"),
        ("_decided", "decided"),
        ("_accuracy", "right"),
        ("_recall", "mean recall"),
    ):
        if key.endswith(ending):
            name = key.removesuffix(ending).replace("_", " ")
            return Column(key, f"{name} {words}", "share")
    raise KeyError(key)


def part_columns(attribute: str, keys: Sequence[str]) -> tuple[Column, ...]:
    """Returns the columns of a table with a row for each part of the pictures.

    Args:
        attribute: What divides the pictures, one of :data:`ATTRIBUTES`.
        keys: Keys of the figures of each part.
    """
    part = Column("part", ATTRIBUTES[attribute], "text")
    return (part, measure("pictures"), *map(measure, keys))


def head(name: str) -> str:
    """Returns the words for the name of a head: ``age_group`` is "age group"."""
    return "gender presentation" if name == "gender" else name.replace("_", " ")


def group(names: dict[str, str]) -> str:
    """Returns the words for a group of people: "30-39 female Asian"."""
    return " ".join(names.values())
