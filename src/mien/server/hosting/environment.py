"""Settings from variables of the environment, or lines like them in a file."""

from __future__ import annotations

import logging
import re
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

_log = logging.getLogger("mien.server")


class Environment(EnvSettingsSource):
    """The variables of the environment, without those that cannot be meant."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Returns the value of a setting; None if there is none."""
        value, key, is_complex = super().get_field_value(field, field_name)
        return _meant(field_name, value), key, is_complex


class EnvironmentFile(DotEnvSettingsSource):
    """The lines of a file, without those that cannot be meant."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Returns the value of a setting; None if there is none."""
        value, key, is_complex = super().get_field_value(field, field_name)
        return _meant(field_name, value), key, is_complex


def _meant(name: str, value: Any) -> Any:
    """Returns a value, or None for one that is ignored with a warning."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        _log.warning("MIEN_%s is empty and is ignored", name.upper())
        return None
    if name == "port" and re.match("(tcp|udp|sctp)://", value):
        # Kubernetes and Docker set the variable where a service of theirs is called mien.
        _log.warning("MIEN_PORT is ignored: '%s' is the address of a container's service", value)
        return None
    return value
