"""The registry of networks: the convolutional part and the normalisation of pixels by a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from mien.errors import RecipeError
from mien.training.networks.dlib_resnet import DlibResNet
from mien.training.networks.hybrid import HybridMobileNetV1
from mien.training.networks.mobilenet_v1 import MobileNetV1
from mien.training.networks.timm_backbone import TimmBackbone

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class NetworkEntry:
    """A network, and the normalisation of pixels that its starting weights need.

    Attributes:
        make: Takes the side s of the images in pixels. Returns a module that maps images
            (n, 3, s, s) to a feature map (n, ``num_features``, h, w).
        mean: Mean of each channel, which is subtracted from RGB values 0..255.
        std: Standard deviation of each channel; the differences are divided by it.
    """

    make: Callable[[int], nn.Module]
    mean: Triple
    std: Triple


_VGGFACE = {"mean": (123.68, 116.779, 103.939), "std": (1.0, 1.0, 1.0)}
_DLIB = {"mean": (122.782, 117.001, 104.298), "std": (255.0, 255.0, 255.0)}
_IMAGENET = {"mean": (123.675, 116.28, 103.53), "std": (58.395, 57.12, 57.375)}


def _timm(name: str) -> Callable[[int], nn.Module]:
    return lambda size: TimmBackbone(name)


NETWORKS: dict[str, NetworkEntry] = {
    "mobilenet_v1": NetworkEntry(lambda size: MobileNetV1(), **_VGGFACE),
    "hybrid_mobilenet_v1": NetworkEntry(HybridMobileNetV1, **_VGGFACE),
    "dlib_resnet": NetworkEntry(DlibResNet, **_DLIB),
    "mobilenet_v3_small": NetworkEntry(_timm("mobilenetv3_small_100"), **_IMAGENET),
    "mobilenet_v3_large": NetworkEntry(_timm("mobilenetv3_large_100"), **_IMAGENET),
    "resnet18": NetworkEntry(_timm("resnet18"), **_IMAGENET),
    "resnet50": NetworkEntry(_timm("resnet50"), **_IMAGENET),
}


def network_entry(name: str) -> NetworkEntry:
    """Returns the entry of a network.

    Raises:
        RecipeError: There is no network of that name.
    """
    try:
        return NETWORKS[name]
    except KeyError:
        known = ", ".join(sorted(NETWORKS))
        raise RecipeError(f"there is no network '{name}'; choose one of {known}") from None
