"""``mien evaluate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from mien.cli.labels import Kind, read_labels


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(evaluate)


def evaluate(
    kind: Annotated[Kind, typer.Argument(help="What form the labels have.")],
    pictures: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Folder of the pictures.")
    ],
    labels: Annotated[Path | None, typer.Option(help="Label file, as in mien data chips.")] = None,
    splits: Annotated[
        Path | None, typer.Option(help="CSV of the splits: file, split, group.")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Which split to evaluate on.", show_default="all pictures")
    ] = None,
    model: Annotated[
        str, typer.Option(help="A bundled model's name, or an ONNX file of mien export.")
    ] = "default",
    against: Annotated[
        Path | None,
        typer.Option(help="predictions.npz of another evaluation, to compare with."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for report.md, metrics.json, predictions.npz and plots."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads for the networks.", show_default="all")
    ] = None,
) -> None:
    """Measures a model on labelled pictures of one face each, by the path a user's picture takes.

    Apparent age: mean absolute error, share within 5 years, and the age groups' accuracy,
    precision, recall, F1 and confusion matrix. Apparent gender presentation: accuracy, precision,
    recall, F1, ROC-AUC and confusion matrix. All of it by age group, gender and ethnicity too.
    """
    from rich.progress import Progress

    from mien.analyzer import Analyzer
    from mien.cli.console import plain_console
    from mien.cli.extras import require_evaluate
    from mien.evaluation.compare import compare
    from mien.evaluation.predict import judge
    from mien.evaluation.predictions import Predictions
    from mien.evaluation.report import evaluate as report_of
    from mien.evaluation.report_view import markdown, summary

    if out:
        require_evaluate()
    other = Predictions.load(against) if against else None
    records = read_labels(kind, pictures, labels, splits).records
    if split is not None:
        records = [record for record in records if record.split == split]
    analyzer = Analyzer(model, threads=threads)
    with Progress(transient=True, console=plain_console(stderr=True)) as progress:
        task = progress.add_task("looking", total=len(records))
        predictions = judge(
            analyzer, pictures, records, lambda done: progress.update(task, completed=done)
        )
    report: dict[str, Any] = {
        "model": analyzer.card.name,
        "sha256": analyzer.card.sha256,
        "data": kind.value,
        "split": split,
        **report_of(predictions),
    }
    console = plain_console()
    title = f"{analyzer.card.name} on {kind.value} {split or ''}".strip()
    console.print(summary(report, title))
    if other is not None:
        report["against"] = compare(other, predictions)
        for name, change in report["against"].items():
            if isinstance(change, dict):
                console.print(
                    f"{name.replace('_', ' ')}: {change['a']:.4g} before, {change['b']:.4g} now;"
                    f" difference {change['difference']:+.4g}"
                    f" (95 %: {change['low']:+.4g} to {change['high']:+.4g})"
                )
    if out:
        from mien.evaluation.plots import draw

        out.mkdir(parents=True, exist_ok=True)
        predictions.save(out / "predictions.npz")
        (out / "metrics.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
        page = markdown(report, title, draw(predictions, out))
        (out / "report.md").write_text(page, encoding="utf-8")
        console.print(f"report.md, metrics.json, predictions.npz and plots are in '{out}'")
