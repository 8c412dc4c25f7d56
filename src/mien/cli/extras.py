"""Says which extra is missing, before a command that needs it begins."""

from __future__ import annotations

from importlib.util import find_spec

from mien.errors import MissingExtraError


def require_train() -> None:
    """Raises MissingExtraError unless the packages for training are installed."""
    _require("Training", "train", ("torch", "timm", "yaml", "optuna", "tensorboard"))


def require_evaluate() -> None:
    """Raises MissingExtraError unless the packages for reports and plots are installed."""
    _require("A report with plots", "evaluate", ("matplotlib", "jinja2"))


def require_serve() -> None:
    """Raises MissingExtraError unless the packages for the web service are installed."""
    packages = ("fastapi", "uvicorn", "websockets", "python_multipart", "pydantic_settings")
    _require("The web page", "serve", (*packages, "prometheus_client", "trustme"))


def _require(feature: str, extra: str, packages: tuple[str, ...]) -> None:
    if any(find_spec(package) is None for package in packages):
        raise MissingExtraError(feature, extra)
