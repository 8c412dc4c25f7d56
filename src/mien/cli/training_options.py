"""Options of ``mien train`` and ``mien tune``."""

from __future__ import annotations

from enum import StrEnum

import typer


class TrainingDevice(StrEnum):
    """The device that trains a network."""

    CPU = "cpu"
    CUDA = "cuda"


class Precision(StrEnum):
    """The number format of the training."""

    FP32 = "fp32"
    BF16 = "bf16"


DEVICE = typer.Option(help="What to train on.")
PRECISION = typer.Option(help="What to compute in; bf16 is faster where the processor knows it.")
WORKERS = typer.Option(min=0, help="Processes that prepare pictures.")
