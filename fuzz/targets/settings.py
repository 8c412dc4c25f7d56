"""The settings of the service: files in TOML or as an environment."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from fuzz.folders import file
from fuzz.strategies import damaged, extremes
from mien.server.hosting.settings import Settings, load_settings

_NAMES = st.sampled_from([*Settings.model_fields, "x", "mien_port", ""])
_VALUES = extremes | st.sampled_from(("true", "off", "8001", "a,b", "/mien", "tcp://1.2.3.4:80"))
_TOML = b'port = 8001\nallowed_hosts = ["a"]\ncertainty = "off"\nrate_limit = 1.5\n'
_ENVIRONMENT = b"MIEN_PORT=8001\nMIEN_ALLOWED_HOSTS=a,b\nMIEN_TIMEOUT=3\n"

INPUTS = st.one_of(
    st.dictionaries(_NAMES, _VALUES, max_size=4).map(lambda flags: json.dumps(flags).encode()),
    damaged(_TOML).map(lambda data: b"T" + data),
    damaged(_ENVIRONMENT).map(lambda data: b"E" + data),
    st.tuples(_NAMES, _VALUES.map(repr)).map(lambda line: f"T{line[0]} = {line[1]}".encode()),
    st.tuples(_NAMES, _VALUES.map(str)).map(
        lambda line: f"EMIEN_{line[0]}={line[1]}".encode("utf-8", "surrogatepass")
    ),
    st.binary(max_size=40).map(lambda data: b"T" + data),
)


def run(data: bytes) -> None:
    """Loads settings.

    Args:
        data: JSON of flags; or T and a TOML file; or E and a file of variables.
    """
    if data[:1] == b"{":
        flags: dict[str, Any] = json.loads(data)
        settings = load_settings(**flags)
    else:
        name = "settings.toml" if data[:1] == b"T" else "settings.env"
        settings = load_settings(file(name, data[1:]))
    assert settings.needs_key in (True, False)
    assert 0 <= settings.port <= 65535
