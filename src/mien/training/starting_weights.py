"""Starting weights: the file that a recipe's ``start`` points to, and their origin."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from mien.errors import RecipeError
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.networks.timm_backbone import TimmBackbone


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of starting weights; it is in the card of each model that began with them.

    Attributes:
        name: Name of the weights.
        package: Package that contains them.
        licence: Their licence, and doubts about it.
        trained_on: Data that they were trained on.
        sha256: SHA-256 of the file that they were read from.
    """

    name: str
    package: str
    licence: str
    trained_on: str
    sha256: str = ""


def merged(separator: str, *lists: str) -> str:
    """Joins lists of terms or data sets to one list, with each entry once.

    An entry can occur twice: a model can begin with the weights of a model of the same data, and
    the members of an ensemble can have the same terms.

    Args:
        separator: Separator of the entries, in the arguments and in the result.
        lists: Lists of entries, each as one text; an empty text has no entries.
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
        origin: Origin of the weights.
        path: The file to write; missing folders are made.
        heads: State of :attr:`AttributeNetwork.heads`; None if it is not known.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = io.BytesIO()  # torch itself does not say why a file cannot be written
    torch.save({"backbone": weights, "heads": heads or {}, "origin": asdict(origin)}, data)
    path.write_bytes(data.getbuffer())


def load_starting_weights(network: AttributeNetwork, start: str) -> None:
    """Loads starting weights into a network; heads that the weights lack are not changed.

    Args:
        network: The network.
        start: Path of a file that ``mien weights`` wrote, or ``timm``.

    Raises:
        RecipeError: The file is missing, holds the weights of another network, or timm could not
            download its weights.
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
    if unexpected or not new <= {"attention", "positions"}:
        raise RecipeError(
            f"'{path}' holds the weights of another network; choose others, or another network"
        )
    own = network.heads.state_dict()
    fitting = {
        name: weights
        for name, weights in state["heads"].items()
        if name in own and own[name].shape == weights.shape
    }
    network.heads.load_state_dict(fitting, strict=False)


def _load_from_timm(network: AttributeNetwork) -> None:
    if not isinstance(network.backbone, TimmBackbone):
        raise RecipeError("only networks of timm can start from timm's weights; change 'start'")
    try:
        network.backbone.load_pretrained()
    except (OSError, RuntimeError) as error:
        raise RecipeError(f"timm could not download its weights: {error}") from None
