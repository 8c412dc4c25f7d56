"""A model card for people."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp
from pathlib import Path

from rich.table import Table

from mien.attributes.calibration import VIEW_FACTORS, Temperature
from mien.attributes.card import Card
from mien.attributes.heads import Head


def card_table(card: Card, path: Path) -> Table:
    """Returns a table of a card's entries.

    Args:
        card: The card.
        path: The model file.
    """
    table = _table()
    size = path.stat().st_size / 1e6
    table.add_row("model", f"{card.name} ({path.name}, {size:.1f} MB)")
    parameters = f"{card.parameters / 1e6:.2f} M parameters"
    table.add_row("network", f"{card.network}, {parameters}, convolutions in {card.precision}")
    table.add_row("input", f"aligned faces of {card.size} x {card.size} pixels, RGB")
    _add_heads(table, card)
    for source in card.data:
        table.add_row("trained on", f"{source.name}: {source.pictures} pictures, {source.licence}")
    if card.start:
        entries = [card.start[key] for key in ("name", "package", "licence") if key in card.start]
        table.add_row("started from", "; ".join(entries))
    table.add_row("licence", card.licence)
    for name, figures in card.metrics.items():
        shown = ", ".join(
            f"{key.replace('_', ' ')} {round(value, 4):g}" for key, value in figures.items()
        )
        table.add_row(f"on {name}", shown)
    table.add_row("made by", f"mien {card.commit}")
    table.add_row("SHA-256", card.sha256)
    return table


def heads_table(card: Card) -> Table:
    """Returns a table of what a model predicts and how it is calibrated.

    Args:
        card: The model's card.
    """
    table = _table()
    _add_heads(table, card)
    return table


def _table() -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _add_heads(table: Table, card: Card) -> None:
    for head in card.heads:
        table.add_row(head.name, "\n".join(_lines(head)))


def _lines(head: Head) -> Iterator[str]:
    """Describes a head in sentences without their full stops, a line each."""
    calibration = head.calibration
    if head.kind == "distribution":
        yield "distribution over the ages 0 to 100"
        low, high = calibration.low, calibration.high
        yield f"80 % interval: from its quantile {low:.3f} to its quantile {high:.3f}"
    else:
        yield f"{head.kind}: {', '.join(head.labels)}"
    yield f"temperature: {_temperature(calibration.temperature)}"
    for threshold, decided, right in calibration.thresholds:
        yield (
            f"undetermined below {100 * threshold:.1f} %: {100 * decided:.1f} % of the faces are"
            f" decided, {100 * right:.1f} % of those are right"
        )
    if head.notice:
        yield f"shown only if asked for: --attributes {head.name}"
        yield head.notice


def _temperature(temperature: Temperature) -> str:
    least = f"{exp(temperature.base):.2f}"
    growth = [
        f"{exp(slope):.2f} ({name})"
        for name, slope in zip(VIEW_FACTORS, temperature.slopes, strict=True)
        if slope
    ]
    if not growth:
        return f"{least} for every view"
    return f"{least} for a perfect view; times up to {', '.join(growth)}"
