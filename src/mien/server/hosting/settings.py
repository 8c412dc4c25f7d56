"""Settings from flags, the environment (``MIEN_...``) or a file, in this order of precedence."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from mien.attributes.calibration import DEFAULT_CERTAINTY
from mien.broken_rules import sentence
from mien.errors import ServiceError
from mien.server.hosting.addresses import is_loopback
from mien.server.hosting.environment import Environment, EnvironmentFile
from mien.server.schemas import Certainty


def _split(value: Any) -> Any:
    """Takes ``a,b`` for a list."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _prefix(value: str) -> str:
    """Takes ``mien/`` for ``/mien``, and ``/`` for no prefix."""
    parts = [part for part in value.split("/") if part]
    if not all(re.fullmatch(r"[\w.~-]+", part, re.ASCII) and part.strip(".") for part in parts):
        raise ValueError("it is a path of letters, digits and hyphens, such as /mien")
    return "".join(f"/{part}" for part in parts)


_Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
_Text = Annotated[str, Field(min_length=1)]
_Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Settings(BaseSettings):
    """Settings of the service.

    Each can be given to ``mien serve`` as ``--set name=value``, as a variable of the environment
    (``MIEN_PORT``) or in a file (TOML or ``.env``).
    """

    model_config = SettingsConfigDict(
        env_prefix="MIEN_", extra="forbid", frozen=True, allow_inf_nan=False
    )

    host: Annotated[_Text, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65535, description="Port to listen on; 0 takes any that is free.")
    ] = 8000
    root_path: Annotated[
        str,
        AfterValidator(_prefix),
        Field(description="Path at which a proxy shows the service, such as /mien."),
    ] = ""
    model: Annotated[
        _Text, Field(description="Name of a bundled model, or path of an ONNX file.")
    ] = "default"
    certainty: Annotated[
        Certainty,
        Field(
            description="Share of the decided labels that shall be right, 0.5 to 1, where a request"
            " does not say it; off decides every label."
        ),
    ] = DEFAULT_CERTAINTY
    device: Annotated[
        _Text,
        Field(description="What runs the networks: auto, cpu, cuda, coreml, directml or openvino."),
    ] = "auto"
    threads: Annotated[
        int | None,
        Field(ge=1, le=1024, description="Threads that the networks may use for a picture."),
    ] = None
    workers: Annotated[
        int, Field(ge=1, description="Pictures, and frames, that are worked on at a time.")
    ] = os.cpu_count() or 1

    api_key: Annotated[
        SecretStr | None, Field(min_length=12, description="Key that clients must send.")
    ] = None
    require_key: Annotated[
        bool | None,
        Field(
            description="Whether clients need a key; one is made if none is given. If not set, they"
            " need it where other machines can reach the service."
        ),
    ] = None
    allowed_hosts: Annotated[
        _Names, Field(description="Further names of the service; * allows any.")
    ] = ()
    allowed_origins: Annotated[
        _Names, Field(description="Other sites whose pages may use the service (CORS).")
    ] = ()
    trusted_proxies: Annotated[
        _Names, Field(description="Addresses of proxies whose X-Forwarded-For is believed.")
    ] = ()
    tls_cert: Annotated[Path | None, Field(description="Certificate chain (PEM), for https.")] = (
        None
    )
    tls_key: Annotated[
        Path | None, Field(description="Private key of the certificate (PEM, not encrypted).")
    ] = None
    tls_self_signed: Annotated[
        bool, Field(description="Whether to make a certificate, for https.")
    ] = False
    tls_dir: Annotated[
        Path | None,
        Field(
            description="Folder where the made certificate is kept. If not set, a new one is made"
            " at each start."
        ),
    ] = None

    max_body_bytes: Annotated[
        int, Field(ge=1024, description="Size of a request's body in bytes.")
    ] = 64_000_000
    max_total_bytes: Annotated[
        int, Field(ge=1024, description="Size of all bodies at a time in bytes.")
    ] = 512_000_000
    max_pixels: Annotated[int, Field(ge=1, description="Pixels of a picture.")] = 200_000_000
    max_side: Annotated[
        int, Field(ge=1, description="Longer side of a picture or frame in pixels.")
    ] = 32_768
    max_pictures: Annotated[int, Field(ge=1, description="Pictures of a request.")] = 64
    max_faces: Annotated[
        int, Field(ge=1, description="Faces described in a picture, the largest first.")
    ] = 500
    max_requests: Annotated[
        int, Field(ge=1, description="Requests worked on or waiting at a time; more are refused.")
    ] = 32
    max_explanations: Annotated[
        int,
        Field(ge=1, description="The same for explanations, which have one worker thread."),
    ] = 4
    timeout: Annotated[
        _Seconds, Field(description="Seconds that the work on a request may take.")
    ] = 60
    upload_timeout: Annotated[
        _Seconds, Field(description="Seconds within which a request's body must come.")
    ] = 60
    send_timeout: Annotated[
        _Seconds, Field(description="Seconds after which a client that takes no data is cut off.")
    ] = 20
    grace: Annotated[
        int,
        Field(
            ge=0, le=86_400, description="Seconds that running requests get when the service ends."
        ),
    ] = 10
    rate_limit: Annotated[
        float, Field(ge=0, description="Requests per second of a client; 0 allows any number.")
    ] = 50
    rate_burst: Annotated[
        float, Field(ge=1, description="Requests that a client may send at once.")
    ] = 200

    max_streams: Annotated[int, Field(ge=0, description="Streams at a time.")] = 8
    max_frame_bytes: Annotated[int, Field(ge=1024, description="Size of a frame in bytes.")] = (
        4_000_000
    )
    max_frame_pixels: Annotated[int, Field(ge=1, description="Pixels of a frame.")] = 9_000_000
    stream_fps: Annotated[
        float,
        Field(gt=0, description="Frames per second to reach, by doing less in a frame if needed."),
    ] = 30
    stream_idle: Annotated[
        _Seconds, Field(description="Seconds without a frame after which a stream is closed.")
    ] = 120

    @model_validator(mode="after")
    def _check_certificate(self) -> Settings:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("a certificate and its private key belong together")
        if self.tls_cert is not None and self.tls_self_signed:
            raise ValueError("either a certificate is given, or one is made")
        return self

    @property
    def needs_key(self) -> bool:
        """Whether clients must send a key."""
        if self.api_key is not None:
            return True
        return not is_loopback(self.host) if self.require_key is None else self.require_key

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Puts flags before the environment, and the environment before files."""
        toml = TomlConfigSettingsSource(settings_cls)
        environment, file = Environment(settings_cls), EnvironmentFile(settings_cls)
        return init_settings, environment, file, toml


_SECRET = ("api_key",)  # the setting that is not shown


def load_settings(file: Path | None = None, **flags: Any) -> Settings:
    """Reads the settings from flags, the environment and a file.

    Args:
        file: TOML, or lines ``MIEN_PORT=8001`` if its name does not end in ``.toml``.
        **flags: Settings by name.

    Raises:
        ServiceError: The file cannot be read, or a setting has a value that it cannot have.
    """
    if file is not None:
        _check_file(file)
    toml = file is not None and file.suffix == ".toml"

    class Configured(Settings):
        model_config = SettingsConfigDict(
            toml_file=file if toml else None, env_file=None if toml else file
        )

    try:
        return Configured(**flags)
    except ValidationError as error:
        raise ServiceError(_why(error)) from None
    except (SettingsError, ValueError, OSError) as error:
        raise ServiceError(f"the settings file '{file}' cannot be read: {error}") from None


def _check_file(file: Path) -> None:
    try:
        is_file = stat.S_ISREG(file.stat().st_mode)
    except PermissionError as error:
        raise ServiceError(f"'{file}' cannot be read: {error.strerror}") from None
    except (OSError, ValueError):  # a name may be too long, or hold a null byte
        is_file = False
    if not is_file:
        raise ServiceError(f"there is no settings file '{file}'")


def _why(error: ValidationError) -> str:
    where = error.errors()[0]["loc"][:1]
    errors = error.errors(include_url=False, include_input=where != _SECRET)
    name, first = "".join(map(str, where)), errors[0]
    if first["type"] == "extra_forbidden":
        return f"there is no setting '{name.removeprefix('mien_')}'"
    if not name:  # the settings do not suit each other
        return first["msg"].removeprefix("Value error, ")
    return sentence(f"the setting '{name}'", [e for e in errors if e["loc"][:1] == where])
