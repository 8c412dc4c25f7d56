"""Tables of an audit for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from mien.ages import AGE_GROUP_NAMES
from mien.datasets.audit.report import NO_SPLIT, UNLABELLED, Audit, DuplicateAudit, Leak, SetAudit
from mien.datasets.chips.index import Problem
from mien.datasets.records import ETHNICITIES, Record

_SPLITS = ("train", "val", "test")
_SHOWN = 5  # maximum number of rows of a list; further rows are only counted


def tables(audit: Audit) -> Iterator[RenderableType]:
    """Yields the titles and tables of an audit in their order, at most 80 columns wide."""
    yield from _titled("Sets", _sets(audit["sets"]))
    for one in audit["sets"]:
        name = one["name"]
        yield from _titled(f"{name}: pictures by age group, ethnicity and gender", _cells(one))
        for what, problems in (
            ("labels with a problem", one["problems"]),
            ("pictures that cannot be read", one["unreadable"]),
        ):
            if problems:
                yield from _titled(f"{name}: {len(problems):,} {what}", problem_table(problems))
    duplicates, leakage = audit["duplicates"], audit["leakage"]
    yield from _titled(
        f"Near-duplicates (at most {duplicates['max_distance']} of 256 bits differ)",
        _duplicates(duplicates),
    )
    if duplicates["groups"]:
        yield from _titled("Near-duplicates that disagree most", _worst_groups(duplicates))
    yield from _titled(
        "Leakage (near-duplicate pairs on both sides of two splits)",
        _leakage(leakage) if leakage else "  none\n",
    )


def problem_table(problems: Sequence[Problem]) -> Table:
    """Returns a table of the first five problems and the number of the others."""
    table = _table("where", "problem", left=2)
    for where, problem in problems[:_SHOWN]:
        table.add_row(Text(where), Text(problem))
    if len(problems) > _SHOWN:
        table.add_row(f"... and {len(problems) - _SHOWN:,} more", "")
    return table


def split_table(records: Sequence[Record], splits: Sequence[str]) -> Table:
    """Returns a table of the number of pictures of each gender and ethnicity in each split.

    Args:
        records: The pictures, at least one.
        splits: Name of the split of each picture.
    """
    names = ordered_splits(set(splits))
    table = _table("", *names)
    sizes = Counter(splits)
    table.add_row("pictures", *(f"{sizes[name]:,}" for name in names))
    table.add_row("per cent", *(f"{100 * sizes[name] / len(splits):.1f}" for name in names))
    for labels in (
        [record.gender or UNLABELLED for record in records],
        [record.race or UNLABELLED for record in records],
    ):
        table.add_section()
        counts = Counter(zip(labels, splits, strict=True))
        for label in sorted(set(labels)):
            table.add_row(label, *(f"{counts[label, name]:,}" for name in names))
    return table


def ordered_splits(names: Sequence[str] | set[str]) -> list[str]:
    """Orders names of splits: train, val, test, then the others by name, then no split."""
    others = sorted(set(names) - {*_SPLITS, NO_SPLIT})
    return [name for name in (*_SPLITS, *others, NO_SPLIT) if name in names]


def _titled(title: str, content: RenderableType) -> Iterator[RenderableType]:
    yield Text(title, style="bold")
    yield content


def _table(*columns: str, left: int = 1, padding: int = 1) -> Table:
    """Returns an empty table with columns of texts, ``left`` of them, then columns of numbers."""
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, padding),
        show_header=any(columns),
    )
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i < left else "right", vertical="bottom")
    return table


def _sets(sets: Sequence[SetAudit]) -> Table:
    splits = ordered_splits({split for one in sets for split in one["splits"]})
    table = _table("", *(one["name"] for one in sets))
    rows = {
        "pictures": [one["pictures"] for one in sets],
        **{f"  {split}": [one["splits"].get(split, 0) for one in sets] for split in splits},
        "with an exact age": [one["exact_ages"] for one in sets],
        "with an age bracket": [one["brackets"] for one in sets],
        "without age": [one["without_age"] for one in sets],
        "without gender": [one["without_gender"] for one in sets],
        "without ethnicity": [one["without_ethnicity"] for one in sets],
        "labels with a problem": [len(one["problems"]) for one in sets],
        "unreadable": [len(one["unreadable"]) for one in sets],
        "face not found": [len(one["not_found"]) for one in sets],
    }
    for name, counts in rows.items():
        table.add_row(name, *(f"{count:,}" for count in counts))
    return table


def _cells(one: SetAudit) -> Table:
    counts = {(c["ethnicity"], c["gender"], c["age_group"]): c["pictures"] for c in one["cells"]}
    found = {(ethnicity, gender) for ethnicity, gender, _ in counts}
    table = _table("", "", *AGE_GROUP_NAMES, "all", left=2, padding=0)
    totals = np.zeros(len(AGE_GROUP_NAMES) + 1, int)
    for ethnicity in (*ETHNICITIES, UNLABELLED):
        for gender in ("female", "male", UNLABELLED):
            if (ethnicity, gender) in found:
                row = [counts.get((ethnicity, gender, age), 0) for age in AGE_GROUP_NAMES]
                row.append(sum(row))
                totals += row
                table.add_row(ethnicity, gender, *map(str, row))
    table.add_section()
    table.add_row("all", "", *map(str, totals))
    return table


def _duplicates(duplicates: DuplicateAudit) -> Table:
    table = _table("", "")
    for sets, pairs in duplicates["pairs"].items():
        table.add_row(f"pairs, {sets}", f"{pairs:,}")
    table.add_row("groups", f"{len(duplicates['groups']):,}")
    table.add_row("pictures in them", f"{duplicates['pictures']:,}")
    table.add_row("groups that disagree on gender", f"{duplicates['genders_disagree']:,}")
    table.add_row(
        "groups whose brackets exclude each other", f"{duplicates['brackets_disagree']:,}"
    )
    if noise := duplicates["label_noise"]:
        table.add_section()
        table.add_row("pairs with two exact ages", f"{noise['pairs']:,}")
        table.add_row("their difference, mean", f"{noise['mean_difference']:.2f} years")
        table.add_row("their difference, 90th percentile", f"{noise['p90_difference']:.1f} years")
        table.add_row("MAE of a perfect predictor, estimate", f"{noise['ceiling_mae']:.2f} years")
        bounds = f"{noise['least_mae']:.2f} to {noise['greatest_mae']:.2f} years"
        table.add_row("MAE of a perfect predictor, bounds", bounds)
    return table


def _worst_groups(duplicates: DuplicateAudit) -> Table:
    table = _table("picture", "age", "gender", "split", left=4)
    for group in duplicates["groups"][:_SHOWN]:
        for member in group["members"]:
            low, high = member["age_low"], member["age_high"]
            age = f"{low:g}" if low == high else f"{low:g}-{high:g}"
            path = Text(f"{member['set']}: {member['path']}", overflow="fold")
            table.add_row(path, age, member["gender"], member["split"])
        table.add_section()
    return table


def _leakage(leakage: Sequence[Leak]) -> Table:
    table = _table("splits", "pairs")
    for leak in leakage:
        table.add_row(" and ".join(leak["splits"]), f"{len(leak['pairs']):,}")
    return table
