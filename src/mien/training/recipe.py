"""A recipe: everything that decides how a model is trained, in one small YAML file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import yaml

from mien.errors import RecipeError
from mien.faces.align import UTKFACE_TEMPLATE

_PLURALS = {str: "texts", int: "whole numbers"}


@dataclasses.dataclass(frozen=True, slots=True)
class Augmentation:
    """How training chips are varied. Each number is a strength; 0 turns it off.

    Attributes:
        flip: Probability of a mirrored chip.
        rotation: Greatest turn, degrees.
        shift: Greatest shift, fraction of the side.
        scale: Greatest change of size, fraction.
        brightness: Greatest change of brightness, fraction.
        contrast: Greatest change of contrast, fraction.
        colour: Greatest change of each channel's gain, fraction.
        grey: Probability of a chip without colour.
        dark: Probability of too little light.
        bright: Probability of over-exposure, where there is not too little light.
        blur: Probability of poor focus, up to a tenth of the face's width.
        motion: Probability of a smear.
        low_resolution: Probability of a face of 12 to 80 pixels.
        noise: Probability of noise.
        jpeg: Probability of JPEG artefacts.
        glasses: Probability of drawn glasses, clear or dark.
        mask: Probability of a drawn mask.
        erase: Probability of an erased rectangle.
        tight: Probability of a crop as tight as those of UTKFace.
        border: Probability that what lies outside the picture is filled with something else than
            the usual grey.
    """

    flip: float = 0.5
    rotation: float = 6.0
    shift: float = 0.03
    scale: float = 0.06
    brightness: float = 0.25
    contrast: float = 0.25
    colour: float = 0.08
    grey: float = 0.08
    dark: float = 0.06
    bright: float = 0.04
    blur: float = 0.2
    motion: float = 0.06
    low_resolution: float = 0.2
    noise: float = 0.12
    jpeg: float = 0.2
    glasses: float = 0.06
    mask: float = 0.03
    erase: float = 0.2
    tight: float = 0.2
    border: float = 0.8


@dataclasses.dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained.

    Attributes:
        name: The model's name.
        network: Name in the registry of networks.
        size: Side of the chips in pixels.
        field: How much of a face's surroundings they show, as ``mien data chips --field``.
        progressive: Sides to which the chips of the first epochs are shrunk, one for each of them,
            which makes these epochs cheap (Howard, "Training Imagenet in 3 hours for $25", 2018).
        start: File of starting weights; ``timm`` to let timm download its own; empty for none.
        ethnicity: Whether a third head is trained.
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
        threshold_weight: Weight of telling apart who looks 12, 15, 18 and 21 or older.
        gender_weight: Weight of the gender loss beside that of age.
        ethnicity_weight: Weight of the ethnicity loss.
        teachers: Model files or names of bundled models to learn from, averaged; none for labels
            alone.
        teacher_weight: Share of the teachers' answers in the loss, 0..1.
        seed: Of everything random.
        augmentation: How chips are varied.
    """

    name: str
    network: str
    size: int = 128
    field: float = UTKFACE_TEMPLATE.field
    progressive: list[int] = dataclasses.field(default_factory=list)
    start: str = ""
    ethnicity: bool = False
    splits: list[str] = dataclasses.field(default_factory=lambda: ["train"])
    repeat: dict[str, float] = dataclasses.field(default_factory=dict)
    epochs: int = 10
    batch: int = 64
    learning_rate: float = 5e-4
    warmup: int = 100
    weight_decay: float = 0.05
    dropout: float = 0.2
    cutmix: float = 0.0
    average: float = 0.999
    label_width: float = 1.5
    label_growth: float = 0.03
    spikes: dict[str, int] = dataclasses.field(default_factory=dict)
    threshold_weight: float = 0.0
    gender_weight: float = 1.0
    ethnicity_weight: float = 0.3
    teachers: list[str] = dataclasses.field(default_factory=list)
    teacher_weight: float = 0.5
    seed: int = 0
    augmentation: Augmentation = dataclasses.field(default_factory=Augmentation)

    def to_dict(self) -> dict[str, Any]:
        """Returns plain values, as in the YAML file."""
        return dataclasses.asdict(self)


def read_recipe(path: Path) -> Recipe:
    """Reads a recipe.

    Raises:
        RecipeError: The file is missing, is not YAML, or has an unknown or ill-typed entry.
    """
    try:
        data = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        raise RecipeError(f"there is no recipe '{path}'") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"'{path}' is not YAML: {error}") from None
    return recipe_from_dict(data, str(path))


def recipe_from_dict(data: Any, where: str) -> Recipe:
    """Makes a recipe of plain values.

    Args:
        data: Entries by name.
        where: Named in errors.

    Raises:
        RecipeError: An entry is unknown, missing or ill-typed.
    """
    recipe: Recipe = _build(Recipe, data, where)
    return recipe


def write_recipe(recipe: Recipe, path: Path, heading: str = "") -> None:
    """Writes a recipe with an optional comment above it."""
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    path.write_text(comment + yaml.safe_dump(recipe.to_dict(), sort_keys=False))


def _build(kind: type[Any], data: Any, where: str) -> Any:
    if not isinstance(data, dict):
        raise RecipeError(f"{where}: expected named entries")
    hints = get_type_hints(kind)
    known = {f.name for f in dataclasses.fields(kind)}
    if unknown := sorted(set(map(str, data)) - known):
        raise RecipeError(f"{where}: unknown entry '{unknown[0]}'")
    values = {key: _value(hints[key], value, f"{where}: {key}") for key, value in data.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise RecipeError(f"{where}: {error}") from None


def _value(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        assert isinstance(hint, type)
        return _build(hint, value, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if get_origin(hint) is list:
        (kind,) = get_args(hint)
        if isinstance(value, list) and all(type(item) is kind for item in value):
            return value
        raise RecipeError(f"{where}: expected a list of {_PLURALS[kind]}")
    if get_origin(hint) is dict:
        _, kind = get_args(hint)
        if not isinstance(value, dict):
            raise RecipeError(f"{where}: expected names with numbers")
        return {name: _value(kind, number, f"{where}: {name}") for name, number in value.items()}
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise RecipeError(f"{where}: expected {hint.__name__}, not {value!r}")
    return value
