"""Starting weights: the file that a recipe's ``start`` points to, and where it came from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from mien.errors import RecipeError
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.networks.timm_backbone import TimmBackbone


@dataclass(frozen=True, slots=True)
class Origin:
    """Where starting weights come from; it goes into the card of a model that began with them.

    Attributes:
        name: What they are called.
        package: The package that ships them.
        licence: Their licence, and what is doubtful about it.
        trained_on: What they were trained on.
        sha256: Of the file they were read from.
    """

    name: str
    package: str
    licence: str
    trained_on: str
    sha256: str = ""


def merged(separator: str, *lists: str) -> str:
    """Joins lists of terms or data sets in one, each entry once.

    A model may go on from one trained on the same data, and members of an average from one another.
    """
    entries = (entry for text in lists if text for entry in text.split(separator))
    return separator.join(dict.fromkeys(entries))


def save_starting_weights(
    weights: dict[str, Tensor],
    origin: Origin,
    path: Path,
    heads: dict[str, Tensor] | None = None,
) -> None:
    """Writes the file that a recipe's ``start`` points to.

    Args:
        weights: State of the convolutional part.
        origin: Where they come from.
        path: Where to.
        heads: State of :attr:`AttributeNetwork.heads`, if it is known too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"backbone": weights, "heads": heads or {}, "origin": asdict(origin)}, path)


def load_starting_weights(network: AttributeNetwork, start: str) -> None:
    """Loads starting weights into a network; heads that they lack stay as they are.

    Args:
        network: The network.
        start: A file that ``mien weights`` wrote, or ``timm``.

    Raises:
        RecipeError: They are missing or are another network's.
    """
    if start == "timm":
        _load_from_timm(network)
        return
    path = Path(start)
    if not path.is_file():
        raise RecipeError(f"there are no starting weights '{path}'; make them: mien weights")
    state = torch.load(path, map_location="cpu", weights_only=True)
    weights = state["backbone"]
    missing, unexpected = network.backbone.load_state_dict(weights, strict=False)
    new = {name.split(".")[0] for name in missing}
    if unexpected or (missing and not new <= {"attention", "positions"}):
        raise RecipeError(f"'{path}' holds the weights of another network")
    own = network.heads.state_dict()
    fitting = {
        name: weights
        for name, weights in state["heads"].items()
        if name in own and own[name].shape == weights.shape
    }
    network.heads.load_state_dict(fitting, strict=False)


def _load_from_timm(network: AttributeNetwork) -> None:
    if not isinstance(network.backbone, TimmBackbone):
        raise RecipeError("only networks of timm can start from timm's own weights")
    try:
        network.backbone.load_pretrained()
    except (OSError, RuntimeError) as error:
        raise RecipeError(f"timm could not download its weights: {error}") from None
