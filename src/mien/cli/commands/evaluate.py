"""``mien evaluate`` and ``mien compare``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli import options

if TYPE_CHECKING:
    from rich.console import Console

    from mien.analyzer import Analyzer
    from mien.datasets.sets import LabelledSet
    from mien.evaluation.predictions import Predictions


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(evaluate)
    app.command()(compare)


def evaluate(
    sets: Annotated[
        list[str],
        typer.Argument(
            metavar="SET...",
            help="Data sets: YAML files (see recipes/sets), or KIND:FOLDER, such as utkface:faces.",
        ),
    ],
    split: Annotated[
        str | None, typer.Option(help="Which split to evaluate on.", show_default="all pictures")
    ] = None,
    model: Annotated[str, options.MODEL] = options.DEFAULT_MODEL,
    device: Annotated[str, options.DEVICE] = options.DEFAULT_DEVICE,
    threads: Annotated[int | None, options.THREADS] = None,
    attributes: Annotated[list[str] | None, options.ATTRIBUTES] = None,
    ladder: Annotated[
        int,
        typer.Option(
            min=0, help="Also evaluate so many pictures of each set on a ladder of poor views."
        ),
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for reports, metrics.json, predictions.npz and plots."),
    ] = None,
) -> None:
    """Evaluates a model on labelled pictures of one face each, by the path a user's picture takes.

    Apparent age: mean absolute error, bias, share within 5 years, share inside the 80 % interval,
    age groups. Apparent gender presentation: accuracy, share decided, and share of those that is
    right. Every figure comes with its 95 % interval.
    """
    from mien.analyzer import Analyzer
    from mien.cli.console import plain_console
    from mien.cli.extras import require_evaluate
    from mien.datasets.sets import read_set
    from mien.evaluation.overview import overview
    from mien.evaluation.overview_view import markdown, tables

    require_evaluate()
    opened = [read_set(text) for text in sets]
    if out:
        out.mkdir(parents=True, exist_ok=True)
    analyzer = Analyzer(model, device=device, threads=threads, attributes=attributes or ())
    console = plain_console()
    predictions = {one.name: _predict(analyzer, one, split) for one in opened}
    figures: dict[str, Any] = overview(predictions)
    for table in tables(figures, f"{analyzer.card.name}, {split or 'all pictures'}"):
        console.print(table)
    if ladder:
        figures["ladder"] = _climb(analyzer, opened, split, ladder, console)
    if out:
        about = {"model": analyzer.card.name, "sha256": analyzer.card.sha256, "split": split}
        for one in opened:
            _write(out / one.name, {**about, "data": one.name}, predictions[one.name])
        text = json.dumps({**about, **figures}, indent=1)
        (out / "metrics.json").write_text(text, encoding="utf-8")
        (out / "overview.md").write_text(markdown(figures), encoding="utf-8")
        console.print(f"wrote overview.md, metrics.json and a folder for each set into '{out}'")


def compare(
    first: Annotated[Path, typer.Argument(help="predictions.npz of an evaluation.")],
    second: Annotated[Path, typer.Argument(help="predictions.npz of another evaluation.")],
) -> None:
    """Compares two models on the same pictures, by a paired bootstrap."""
    from mien.cli.console import plain_console
    from mien.evaluation.compare import compare as compare_predictions
    from mien.evaluation.predictions import Predictions

    compared = compare_predictions(Predictions.load(first), Predictions.load(second))
    console = plain_console()
    console.print(f"{compared['pictures']:,} pictures in both")
    for name, change in compared.items():
        if isinstance(change, dict):
            console.print(
                f"{name.replace('_', ' ')}: {change['a']:.4g} and {change['b']:.4g};"
                f" difference {change['difference']:+.4g}"
                f" (95 %: {change['low']:+.4g} to {change['high']:+.4g})"
            )


def _predict(analyzer: Analyzer, one: LabelledSet, split: str | None) -> Predictions:
    from rich.progress import Progress

    from mien.cli.console import plain_console
    from mien.evaluation.predict import predict

    records = one.split(split)
    with Progress(transient=True, console=plain_console(stderr=True)) as progress:
        task = progress.add_task(one.name, total=len(records))
        return predict(
            analyzer, one.pictures, records, lambda done: progress.update(task, completed=done)
        )


def _climb(
    analyzer: Analyzer, sets: list[LabelledSet], split: str | None, count: int, console: Console
) -> dict[str, Any]:
    """Evaluates the ladder of poor views and prints its table."""
    from rich.progress import Progress

    from mien.cli.console import plain_console
    from mien.datasets.ladder import LADDER
    from mien.evaluation.overview_view import ladder_tables
    from mien.evaluation.robustness import climb

    with Progress(transient=True, console=plain_console(stderr=True)) as progress:
        task = progress.add_task("ladder", total=len(LADDER) + 1)
        figures = climb(analyzer, sets, split, count, lambda: progress.advance(task))
    for table in ladder_tables(figures):
        console.print(table)
    return figures


def _write(folder: Path, about: dict[str, Any], predictions: Predictions) -> None:
    """Writes the whole report of one set."""
    from mien.evaluation.plots import draw
    from mien.evaluation.report import evaluate as report_of
    from mien.evaluation.report_view import markdown

    folder.mkdir(parents=True, exist_ok=True)
    predictions.save(folder / "predictions.npz")
    report = {**about, **report_of(predictions)}
    (folder / "metrics.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    title = f"{about['model']} on {about['data']} {about['split'] or ''}".strip()
    page = markdown(report, title, draw(predictions, folder))
    (folder / "report.md").write_text(page, encoding="utf-8")
