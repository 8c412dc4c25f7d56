"""``mien evaluate``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli import options

if TYPE_CHECKING:
    from mien.analyzer import Analyzer
    from mien.datasets.sets import LabelledSet
    from mien.evaluation.predictions import Predictions
    from mien.evaluation.report.key_figures import Figures

_PREDICTIONS = "predictions.npz"
_NAMED = 10  # pictures that cannot be read


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(evaluate)


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
            min=0,
            help="Number of pictures of each set that are also evaluated on the ladder of poor"
            " views; 0: none.",
        ),
    ] = 0,
    not_faces: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Pictures that show no human face: which share of what the detector finds in them"
            " is flagged as unusual?",
            show_default=False,
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="log.csv of the training run, for its learning curves in the report.",
            show_default=False,
        ),
    ] = None,
    predictions: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Report another system instead of a model: a CSV file of its answers for each"
            " SET, in the same order. Columns: path, and any of age, age_low, age_high, female,"
            " gender, at_least_N, novelty (see docs/evaluation.md).",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the report: a page (index.html), metrics.json, tables, plots and"
            " predictions.npz of each set."
        ),
    ] = None,
) -> None:
    """Evaluates a model, or the answers of another system, on labelled pictures of one face each.

    A picture takes the same way as a user's picture. Apparent age: mean absolute error, bias, share
    within 5 years, share inside the 80 % interval, age groups. Apparent gender presentation: share
    that is right, share decided, and share of those that is right. The figures have 95 % intervals.
    The report has these figures for each group of people and each view, and more.
    """
    from mien.analyzer import Analyzer
    from mien.cli.analyzers import say_device_and_notices
    from mien.cli.console import plain_console
    from mien.cli.extras import require_evaluate
    from mien.cli.outputs import check_folder, check_outputs_in
    from mien.datasets.sets import read_set
    from mien.errors import OptionError
    from mien.evaluation.answers import read_answers
    from mien.evaluation.learning_curves import read_log
    from mien.evaluation.page.terminal import ladder_tables, tables
    from mien.evaluation.page.writing import REPORT_FILES, REPORT_FOLDERS
    from mien.evaluation.report.whole import whole_report

    require_evaluate()
    opened = [read_set(text) for text in sets]
    _check_names(opened)
    _say_problems(opened)
    files = predictions or []
    if files and len(files) != len(sets):
        raise OptionError(
            f"there are {len(sets)} sets and {len(files)} files of --predictions; give one file for"
            " each set"
        )
    for option, given in (("--ladder", ladder), ("--not-faces", not_faces)):
        if files and given:
            raise OptionError(f"{option} needs a model; leave out --predictions or {option}")
    for option, given in (("--not-faces", not_faces), ("--log", log)):
        if given and not report:
            raise OptionError(f"{option} is for the report; add --report or leave out {option}")
    learning = read_log(log) if log else None
    if report:
        read = [file for one in opened for file in one.files] + files + ([log] if log else [])
        check_outputs_in(report, REPORT_FILES, read)
        for one in opened:
            check_outputs_in(report / one.name, [_PREDICTIONS], read)
        for name in REPORT_FOLDERS:
            check_folder(report / name)
    analyzer, without_faces = None, None
    unreadable: dict[str, str] = {}
    if files:
        about: dict[str, Any] = {"system": files[0].stem, "sha256": None, "split": split}
        answers = {
            one.name: read_answers(file, one.pictures, one.split(split))
            for one, file in zip(opened, files, strict=True)
        }
    else:
        analyzer = Analyzer(model, device=device, threads=threads, attributes=attributes or ())
        say_device_and_notices(analyzer, plain_console(stderr=True, soft_wrap=True))
        card = analyzer.card
        without_faces = _not_faces(analyzer, not_faces, unreadable) if not_faces else None
        about = {"system": card.name, "sha256": card.sha256, "split": split}
        answers = {one.name: _predict(analyzer, one, split, unreadable) for one in opened}
    figures = whole_report(answers, about)
    shown = tables(figures, f"{about['system']}, {split or 'all pictures'}")
    if analyzer and ladder:
        figures["ladder"] = _climb(analyzer, opened, answers, ladder)
        shown += ladder_tables(figures["ladder"])
    if learning:
        figures["learning"] = learning
    if without_faces:
        figures["not_faces"] = without_faces
    if report:
        _write(report, figures, answers, analyzer)
    _say_left_out(unreadable)
    console = plain_console()  # after the files: the standard output may be full or gone
    for table in shown:
        console.print(table)
    if report:
        console.print(f"wrote '{report / 'index.html'}', metrics.json, tables and plots")
    if unreadable:
        raise typer.Exit(1)


def _check_names(sets: list[LabelledSet]) -> None:
    from mien.errors import OptionError

    names = [one.name for one in sets]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise OptionError(
            f"two sets have the name '{twice}'; give one of them another name in its file"
        )


def _predict(
    analyzer: Analyzer, one: LabelledSet, split: str | None, unreadable: dict[str, str]
) -> Predictions:
    from mien.evaluation.predict import predict

    records = one.split(split)
    with _progress(one.name, len(records)) as advance:
        return predict(
            analyzer,
            one.pictures,
            records,
            lambda done: advance(),
            unreadable=unreadable.__setitem__,
        )


def _climb(
    analyzer: Analyzer, sets: list[LabelledSet], answers: dict[str, Predictions], count: int
) -> dict[str, Figures]:
    """Evaluates the ladder of poor views, of pictures that could be read."""
    from mien.datasets.ladder import LADDER
    from mien.datasets.readers import Labels
    from mien.evaluation.robustness import ladder_figures

    readable = [replace(one, labels=Labels(answers[one.name].records)) for one in sets]
    with _progress("ladder", len(LADDER) + 1) as advance:
        return ladder_figures(analyzer, readable, None, count, advance)


def _not_faces(analyzer: Analyzer, folder: Path, unreadable: dict[str, str]) -> dict[str, Figures]:
    """Evaluates pictures that show no human face."""
    from mien.cli.console import plain_console
    from mien.cli.inputs import find_pictures
    from mien.evaluation.not_faces import not_face_figures

    sources, left_out = find_pictures([str(folder)], recursive=True)
    messages = plain_console(stderr=True, soft_wrap=True)
    for sentence in left_out.sentences():
        messages.print(f"mien: {sentence}")
    with _progress("pictures without a face", len(sources)) as advance:
        figures = not_face_figures(analyzer, sources, advance, unreadable.__setitem__)
    return {folder.resolve().name: figures}


@contextmanager
def _progress(name: str, total: int) -> Iterator[Callable[[], None]]:
    """Shows the progress of work that may be interrupted; yields what advances it by one."""
    from rich.progress import Progress

    from mien.cli.console import plain_console
    from mien.cli.interruption import interruptible

    console = plain_console(stderr=True)
    with interruptible(), Progress(transient=True, console=console) as progress:
        task = progress.add_task(name, total=total)
        yield lambda: progress.advance(task)


def _say_problems(sets: list[LabelledSet]) -> None:
    """Says that labels or pictures of a set cannot be used."""
    from mien.cli.console import plain_console

    messages = plain_console(stderr=True, soft_wrap=True)
    for one in sets:
        if problems := one.labels.problems:
            first = ": ".join(problems[0])
            count = (
                f"{len(problems):,} problems; the first is" if len(problems) > 1 else "a problem"
            )
            messages.print(f"mien: {one.name}: {count}: {first}")


def _say_left_out(unreadable: dict[str, str]) -> None:
    """Says which pictures are not in the figures; there may be very many."""
    from mien.cli.console import plain_console

    messages = plain_console(stderr=True, soft_wrap=True)
    for path, reason in islice(unreadable.items(), _NAMED):
        messages.print(f"mien: left out: {path}: {reason}")
    if len(unreadable) > _NAMED:
        messages.print(f"mien: left out: {len(unreadable) - _NAMED:,} more that cannot be read")


def _write(
    folder: Path, figures: Figures, answers: dict[str, Predictions], analyzer: Analyzer | None
) -> None:
    from mien.cli.outputs import writing
    from mien.evaluation.page.writing import write_report
    from mien.evaluation.prediction_files import save_predictions
    from mien.evaluation.robustness import sample_on_ladder

    ladder = sample_on_ladder(analyzer) if analyzer and "ladder" in figures else {}
    with writing(folder):
        for name, predictions in answers.items():
            (folder / name).mkdir(parents=True, exist_ok=True)
            save_predictions(predictions, folder / name / _PREDICTIONS)
        write_report(figures, folder, ladder)
