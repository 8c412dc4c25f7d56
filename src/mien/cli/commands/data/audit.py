"""``mien data audit``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

_AUDIT = "audit.json"


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
    from mien.cli.outputs import check_outputs_in, writing
    from mien.datasets.audit import report as auditing
    from mien.datasets.audit.tables import tables
    from mien.datasets.chips.cache import open_cache

    if out:
        require_evaluate()
        from mien.datasets.audit.plots import PLOTS, draw

        check_outputs_in(out, (_AUDIT, *PLOTS))
    result = auditing.audit([open_cache(folder) for folder in caches])
    parts = [*tables(result)]
    if out:
        with writing(out):
            draw(result, out)
            (out / _AUDIT).write_text(json.dumps(result, indent=1), encoding="utf-8")
        parts.append(f"wrote {', '.join((_AUDIT, *PLOTS))} into '{out}'")
    console = plain_console()  # after the files: the standard output may be full or gone
    for part in parts:
        console.print(part)
