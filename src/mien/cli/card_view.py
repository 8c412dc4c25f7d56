"""A model card for people."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from mien.attributes.card import Card


def card_table(card: Card, path: Path) -> Table:
    """Returns a table of a card's entries."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    size = path.stat().st_size / 1e6
    table.add_row("model", f"{card.name} ({path.name}, {size:.1f} MB)")
    table.add_row("network", f"{card.network}, {card.parameters / 1e6:.2f} M parameters")
    table.add_row("input", f"faces of {card.size} x {card.size} pixels, RGB")
    table.add_row(
        "apparent age",
        f"{card.age.statistic} of the distribution over 0..100, temperature "
        f"{card.age.temperature:.2f}; 80 % interval: its quantiles {card.age.low:.3f} and "
        f"{card.age.high:.3f}",
    )
    table.add_row(
        "gender presentation",
        f"temperature {card.gender.temperature:.2f}; undetermined below "
        f"{100 * card.gender.threshold:.1f} %",
    )
    if card.ethnicities:
        table.add_row("ethnicity", f"{', '.join(card.ethnicities)}; off unless asked for")
    for source in card.data:
        table.add_row("trained on", f"{source.name}: {source.pictures} pictures, {source.licence}")
    if card.start:
        entries = [card.start[key] for key in ("name", "package", "licence") if key in card.start]
        table.add_row("started from", "; ".join(entries))
    table.add_row("licence", card.licence)
    for name, figures in card.metrics.items():
        shown = ", ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in figures.items())
        table.add_row(f"on {name}", shown)
    table.add_row("made by", f"mien {card.commit}")
    table.add_row("SHA-256", card.sha256)
    return table
