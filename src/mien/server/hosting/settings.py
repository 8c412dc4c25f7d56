"""What can be set, by flags, the environment (``MIEN_...``) or a file, in this order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from mien.errors import ServiceError
from mien.server.hosting.addresses import is_loopback


def _split(value: Any) -> Any:
    """Takes ``a,b`` for a list."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


_Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """Settings of the service.

    Each can be given to ``mien serve`` as ``--set name=value``, as a variable of the environment
    (``MIEN_PORT``) or in a file (TOML or ``.env``).
    """

    model_config = SettingsConfigDict(env_prefix="MIEN_", extra="forbid", frozen=True)

    host: Annotated[str, Field(description="Address to listen at.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="0: any that is free.")] = 8000
    model: Annotated[str, Field(description="A bundled model's name or an ONNX file.")] = "default"
    threads: Annotated[int | None, Field(ge=1, description="Threads for the networks.")] = None
    workers: Annotated[
        int, Field(ge=1, description="Pictures, and frames, worked on at a time.")
    ] = os.cpu_count() or 1

    api_key: Annotated[
        SecretStr | None, Field(min_length=12, description="What clients must know.")
    ] = None
    require_key: Annotated[
        bool | None,
        Field(description="Whether a key is made if none is given; beyond loopback it is."),
    ] = None
    allowed_hosts: Annotated[
        _Names, Field(description="Further names of the service; * for any.")
    ] = ()
    allowed_origins: Annotated[
        _Names, Field(description="Sites whose pages may use the service (CORS).")
    ] = ()
    trusted_proxies: Annotated[
        _Names, Field(description="Addresses of proxies whose X-Forwarded-For is believed.")
    ] = ()
    tls_cert: Annotated[Path | None, Field(description="Certificate chain, PEM.")] = None
    tls_key: Annotated[Path | None, Field(description="Its private key, PEM.")] = None
    tls_self_signed: Annotated[bool, Field(description="Make a certificate.")] = False
    tls_dir: Annotated[
        Path | None, Field(description="Where that is kept; else it ends with the service.")
    ] = None

    max_body_bytes: Annotated[int, Field(ge=1024, description="Of a request.")] = 64_000_000
    max_total_bytes: Annotated[int, Field(ge=1024, description="Of all requests at a time.")] = (
        512_000_000
    )
    max_pixels: Annotated[int, Field(ge=1, description="Of a picture.")] = 50_000_000
    max_side: Annotated[int, Field(ge=1, description="Of a picture, in pixels.")] = 32_768
    max_pictures: Annotated[int, Field(ge=1, description="Of a request.")] = 64
    max_faces: Annotated[int, Field(ge=1, description="Judged in a picture.")] = 500
    max_requests: Annotated[
        int, Field(ge=1, description="Requests worked on or waiting; more are refused.")
    ] = 32
    max_explanations: Annotated[
        int,
        Field(ge=1, description="The same for requests for explanations, which have one worker."),
    ] = 4
    timeout: Annotated[float, Field(gt=0, description="Seconds that an answer may take.")] = 60
    upload_timeout: Annotated[
        float, Field(gt=0, description="Seconds within which a request's body must come.")
    ] = 60
    send_timeout: Annotated[
        float, Field(gt=0, description="Seconds within which a client must take an answer.")
    ] = 20
    grace: Annotated[
        int, Field(ge=0, description="Seconds that requests under way have once it is to end.")
    ] = 10
    rate_limit: Annotated[
        float, Field(ge=0, description="Requests a second of one client; 0: any number.")
    ] = 50
    rate_burst: Annotated[float, Field(ge=1, description="Requests of one client at once.")] = 200

    batch_faces: Annotated[
        int, Field(ge=1, description="Faces judged at once; 1: requests share no batches.")
    ] = 32
    batch_wait: Annotated[
        float, Field(ge=0, le=1, description="Seconds that a face may wait for others.")
    ] = 0.003

    max_streams: Annotated[int, Field(ge=0, description="WebSockets at a time.")] = 8
    max_frame_bytes: Annotated[int, Field(ge=1024, description="Of a frame.")] = 4_000_000
    max_frame_pixels: Annotated[int, Field(ge=1, description="Of a frame.")] = 9_000_000
    stream_fps: Annotated[float, Field(gt=0, description="Rate that a stream tries to hold.")] = 30
    stream_idle: Annotated[
        float, Field(gt=0, description="Seconds without a frame that end a stream.")
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
        """Whether clients must know a key."""
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
        """Puts flags before the environment before files."""
        toml = TomlConfigSettingsSource(settings_cls)
        return init_settings, env_settings, dotenv_settings, toml


def load_settings(file: Path | None = None, **flags: Any) -> Settings:
    """Brings flags, environment and file together.

    Args:
        file: TOML, or lines ``MIEN_PORT=8001`` if its name does not end in ``.toml``.
        **flags: Settings by name.

    Raises:
        ServiceError: The file cannot be read, or a setting has a value that it cannot have.
    """
    if file is not None and not file.is_file():
        raise ServiceError(f"there is no settings file '{file}'")
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


def _why(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"there is no setting '{name.removeprefix('mien_')}'"
    reason = first["msg"].removeprefix("Value error, ")
    return f"the setting '{name}' cannot be used: {reason}" if name else reason
