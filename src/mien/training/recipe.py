"""A recipe: everything that decides how a model is trained, in one small YAML file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from mien.attributes.heads import AGE, Head
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
    Text,
    TrainedHead,
    Whole,
    Year,
    known_heads,
)


@dataclass(frozen=True, slots=True, config=STRICT)
class Recipe:
    """How a model is trained.

    Attributes:
        name: The model's name.
        network: Name in the registry of networks.
        heads: What is trained: known heads by their names, others described.
        size: Side of the chips in pixels.
        field: How much of the surroundings an aligned face shows; 0.97 fits UTKFace's crops. It is
            that of the chips (``mien data chips --field``).
        progressive: Sides in pixels to which the chips of the first epochs are shrunk, one for each
            of them, which makes these epochs cheap (Howard, "Training Imagenet in 3 hours for
            $25", 2018).
        start: File of starting weights; ``timm`` to let timm download its own; empty for none.
        splits: Which splits of the data are trained on.
        repeat: How often an epoch shows each picture of a data set, by its name; once if not told,
            and a part of the pictures each time for a fraction.
        epochs: How often every picture is seen.
        batch: Pictures in a step.
        learning_rate: Its peak.
        warmup: Steps until the peak; a cosine follows.
        weight_decay: AdamW's, on weights but not on biases and normalisations.
        dropout: Fraction of pooled features dropped.
        cutmix: Probability that a step's faces get a piece of another face each.
        average: Decay of the exponential moving average of the weights.
        label_width: Deviation of the age label distribution at age 0, years.
        label_growth: How it grows with age.
        spikes: An age that a data set gives far too often, by the data set's name; it is taken to
            mean that age and two years around it.
        threshold_weight: Weight of telling apart faces that look 12, 15, 18 and 21 or older.
        teachers: Model files or names of bundled models to learn from, averaged; none for labels
            alone.
        teacher_weight: Share of the teachers' answers in the loss.
        seed: Of everything random.
        augmentation: How chips are varied.
    """

    name: Name
    network: Name
    heads: Annotated[list[TrainedHead], Field(min_length=1)] = dataclasses.field(
        default_factory=lambda: known_heads("age", "gender")
    )
    size: Side = 128
    field: Annotated[float, Field(strict=True, ge=0.5, le=2)] = UTKFACE_TEMPLATE.field
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
    threshold_weight: NotNegative = 0.0
    teachers: list[Name] = dataclasses.field(default_factory=list)
    teacher_weight: Share = 0.5
    seed: Whole = 0
    augmentation: Augmentation = dataclasses.field(default_factory=Augmentation)

    @model_validator(mode="after")
    def _fits(self) -> Recipe:
        names = [entry.name for entry in self.heads]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the head '{name}' is there twice")
        if self.threshold_weight and AGE.name not in names:
            raise ValueError("'threshold_weight' needs the head 'age'")
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
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecipeError(f"there is no recipe '{path}'") from None
    except OSError as error:
        raise RecipeError(f"'{path}' cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"'{path}' is not YAML: {error}") from None
    return recipe_from_dict(data, str(path))


def recipe_from_dict(data: Any, where: str) -> Recipe:
    """Makes a recipe of plain values.

    Args:
        data: Entries by name.
        where: Named in errors.

    Raises:
        RecipeError: An entry is unknown, missing or out of its range.
    """
    try:
        return TypeAdapter(Recipe).validate_python(data)
    except ValidationError as error:
        raise RecipeError(f"{where}: {_sentence(error)}") from None


def write_recipe(recipe: Recipe, path: Path, heading: str = "") -> None:
    """Writes a recipe with an optional comment above it."""
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    text = yaml.safe_dump(recipe.to_dict(), sort_keys=False)
    path.write_text(comment + text, encoding="utf-8")


_RULES = {
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "list_type": "a list",
    "too_short": "a list that is not empty",
    "dict_type": "named entries",
    "dataclass_type": "named entries",
    "literal_error": "{expected}",
    "greater_than": "greater than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
}
"""What an entry must be, by the type of pydantic's error."""


def _sentence(error: ValidationError) -> str:
    """Says the first thing that is wrong; a misspelt name comes before the one that it leaves."""
    errors = error.errors(include_url=False)
    first = min(errors, key=lambda e: e["type"] != "unexpected_keyword_argument")
    entry = ".".join(map(str, first["loc"]))
    context = first.get("ctx", {})
    if first["type"] == "unexpected_keyword_argument":
        return f"there is no entry '{entry}'"
    if first["type"] == "missing":
        return f"the entry '{entry}' is missing"
    if first["type"] in _RULES:
        rule = _RULES[first["type"]].format(**context)
        named = f"'{entry}'" if entry else "a recipe"
        return f"{named} must be {rule}; it is {first['input']!r}"
    problem = str(context.get("error", first["msg"]))
    return f"'{entry}': {problem}" if entry else problem
