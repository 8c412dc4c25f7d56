"""YAML files, which data sets and recipes are."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def read_yaml(path: Path) -> Any:
    """Reads a YAML file.

    Args:
        path: The file, in UTF-8.

    Raises:
        FileNotFoundError: There is no such file.
        OSError: It cannot be read.
        ValueError: It is not YAML, or the path has a null character.
    """
    import yaml

    text = path.read_text(encoding="utf-8")
    try:
        return yaml.safe_load(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(" ".join(str(error).split())) from None
    except Exception:  # a wrong tag raises exceptions of many types
        raise ValueError("it has a value that cannot be read") from None
