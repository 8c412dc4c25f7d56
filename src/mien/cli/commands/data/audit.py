"""``mien data audit``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(audit)


def audit(
    caches: Annotated[list[Path], typer.Argument(help="Chip caches (mien data chips).")],
    out: Annotated[Path | None, typer.Option(help="Folder for audit.json and the plots.")] = None,
) -> None:
    """Shows what is in data sets and what is wrong with them.

    Counts, problems, near-duplicates, how much their labels disagree, leaks between splits.
    """
    from mien.cli.console import plain_console
    from mien.cli.extras import require_evaluate
    from mien.cli.outputs import check_folder, writing
    from mien.datasets.audit import report as auditing
    from mien.datasets.audit.tables import tables
    from mien.datasets.chips.cache import open_cache

    if out:
        require_evaluate()
        check_folder(out)
    result = auditing.audit([open_cache(folder) for folder in caches])
    console = plain_console()
    for part in tables(result):
        console.print(part)
    if out:
        from mien.datasets.audit.plots import draw

        with writing(out):
            plots = draw(result, out)
            (out / "audit.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
        console.print(f"wrote audit.json, {', '.join(path.name for path in plots)} into '{out}'")
