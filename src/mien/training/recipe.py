"""A recipe: all settings of the training of a model, in one small YAML file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from mien.attributes.heads import AGE, Head
from mien.broken_rules import sentence
from mien.datasets.yaml_files import read_yaml
from mien.errors import RecipeError
from mien.faces.align import UTKFACE_TEMPLATE
from mien.training.entries import (
    STRICT,
    Augmentation,
    BelowOne,
    Count,
    Name,
    NotNegative,
    Positive,
    Share,
    Side,
    Teacher,
    Text,
    TrainedHead,
    Whole,
    Year,
    known_heads,
)


@dataclass(frozen=True, slots=True, config=STRICT)
class Recipe:
    """The recipe of a model.

    Attributes:
        name: Name of the model.
        network: Name in the registry of networks.
        heads: Heads to train: a known head by its name, any other by its entries.
        size: Side of the chips in pixels, at least 32.
        crop_scale: How much of the surroundings an aligned face shows, 0.5..2; 0.97 fits UTKFace's
            crops. It is that of the chips (``mien data chips --crop-scale``).
        progressive: Sides in pixels to which the chips of the first epochs are shrunk, one side for
            each of these epochs. Smaller chips take less time (Howard, "Training Imagenet in 3
            hours for $25", 2018).
        start: File of starting weights; ``timm`` to download the weights of timm; empty for none.
        splits: Names of the splits to train on.
        repeat: How often an epoch shows each picture of a data set, by the data set's name; once if
            it is not named. For 0.5, each epoch shows the next half of the pictures.
        epochs: Number of epochs, at least 1.
        batch: Number of pictures in a step, at least 2.
        learning_rate: Maximum of the learning rate.
        warmup: Number of steps until the maximum; then the rate falls as a cosine.
        weight_decay: Weight decay of AdamW, for weights but not for biases and normalisations.
        dropout: Fraction of pooled features that are dropped.
        cutmix: Probability that a step mixes chips, see :mod:`mien.training.cutmix`.
        average: Decay of the exponential moving average of the weights, for each step.
        label_width: Standard deviation of the age label distribution at age 0, in years.
        label_growth: Growth of this deviation with each year of age, in years.
        spikes: An age in years that a data set gives too often, by the data set's name. It becomes
            the bracket from two years below it to two years above it.
        bracket_smoothing: Standard deviation in years by which the predicted ages are smoothed to
            be the target of a bracket, see :func:`mien.training.losses.age_loss`.
        threshold_weight: Weight of the loss of the questions whether a face looks 12, 15, 18 and 21
            or older.
        teachers: Models to learn from, one of them in each step: a path of a model file or a name
            of a bundled model; or ``{model: NAME, sets: [NAME]}`` for some data sets. Empty to
            learn from labels alone.
        teacher_weight: Share of the teachers in the loss, 0..1; the rest is that of the labels.
        logit_adjustment: Part of the logarithm of the labels' frequencies that is subtracted from
            the age logits at export, 0..1, see :mod:`mien.exporting.adjustment`.
        seed: Seed of all random numbers, at least 0.
        augmentation: Augmentation of the chips.
    """

    name: Name
    network: Name
    heads: Annotated[list[TrainedHead], Field(min_length=1)] = dataclasses.field(
        default_factory=lambda: known_heads("age", "gender")
    )
    size: Side = 128
    crop_scale: Annotated[float, Field(strict=True, ge=0.5, le=2)] = UTKFACE_TEMPLATE.crop_scale
    progressive: list[Side] = dataclasses.field(default_factory=list)
    start: Text = ""
    splits: Annotated[list[Name], Field(min_length=1)] = dataclasses.field(
        default_factory=lambda: ["train"]
    )
    repeat: dict[str, Positive] = dataclasses.field(default_factory=dict)
    epochs: Count = 10
    batch: Annotated[int, Field(strict=True, ge=2)] = 64
    learning_rate: Positive = 5e-4
    warmup: Whole = 100
    weight_decay: NotNegative = 0.05
    dropout: BelowOne = 0.2
    cutmix: Share = 0.0
    average: BelowOne = 0.999
    label_width: Positive = 1.5
    label_growth: NotNegative = 0.03
    spikes: dict[str, Year] = dataclasses.field(default_factory=dict)
    bracket_smoothing: NotNegative = 0.0
    threshold_weight: NotNegative = 0.0
    teachers: list[Teacher] = dataclasses.field(default_factory=list)
    teacher_weight: Share = 0.5
    logit_adjustment: Share = 0.0
    seed: Whole = 0
    augmentation: Augmentation = dataclasses.field(default_factory=Augmentation)

    @model_validator(mode="after")
    def _fits(self) -> Recipe:
        names = [entry.name for entry in self.heads]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the head '{name}' is there twice; leave one out")
        for entry in ("threshold_weight", "logit_adjustment"):
            if getattr(self, entry) and AGE.name not in names:
                raise ValueError(f"'{entry}' needs the head 'age'; add it, or set 0")
        return self

    @property
    def trained_heads(self) -> tuple[Head, ...]:
        """The heads, not calibrated."""
        return tuple(entry.head for entry in self.heads)

    def to_dict(self) -> dict[str, Any]:
        """Returns plain values, as in the YAML file."""
        return dataclasses.asdict(self)


def read_recipe(path: Path) -> Recipe:
    """Reads a recipe.

    Raises:
        RecipeError: The file is missing, is not YAML, or has an entry that is unknown, missing or
            out of its range.
    """
    try:
        data = read_yaml(path)
    except FileNotFoundError:
        raise RecipeError(f"there is no recipe '{path}'") from None
    except OSError as error:
        raise RecipeError(f"'{path}' cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise RecipeError(f"'{path}' is not YAML: {error}") from None
    return recipe_from_dict(data, str(path))


def recipe_from_dict(data: Any, where: str) -> Recipe:
    """Makes a recipe from plain values.

    Args:
        data: Entries by name, as YAML gives them.
        where: Name of the file, for error messages.

    Raises:
        RecipeError: An entry is unknown, missing or out of its range.
    """
    try:
        return TypeAdapter(Recipe).validate_python(data)
    except ValidationError as error:
        raise RecipeError(f"{where}: {_sentence(error)}") from None


def write_recipe(recipe: Recipe, path: Path, heading: str = "") -> None:
    """Writes a recipe as YAML.

    Args:
        recipe: The recipe.
        path: The file to write.
        heading: Text of a comment above the entries; empty for none.
    """
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    text = yaml.safe_dump(recipe.to_dict(), sort_keys=False)
    path.write_text(comment + text, encoding="utf-8")


def _sentence(error: ValidationError) -> str:
    """Returns one sentence for the first error.

    A misspelt name causes two errors: an unknown entry and a missing one. The unknown one is first.
    """
    errors = error.errors(include_url=False)
    first = min(errors, key=lambda e: e["type"] != "unexpected_keyword_argument")
    entry = ".".join(map(str, first["loc"]))
    if first["type"] == "unexpected_keyword_argument":
        return f"there is no entry '{entry}'"
    if first["type"] == "missing":
        return f"the entry '{entry}' is missing"
    return sentence(f"'{entry}'" if entry else "a recipe", [first])
