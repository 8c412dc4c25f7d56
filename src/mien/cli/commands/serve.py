"""``mien serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli import options

_MODEL = options.also_from_settings(options.MODEL, options.DEFAULT_MODEL)
_DEVICE = options.also_from_settings(options.DEVICE, options.DEFAULT_DEVICE)
_CERTAINTY = options.also_from_settings(options.CERTAINTY, options.Certainty.HIGH)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(serve)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port to listen on; 0 takes any that is free.",
            show_default="8000",
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the page in a browser.")
    ] = False,
    root_path: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Path at which a proxy shows it, such as /mien."),
    ] = None,
    model: Annotated[str | None, _MODEL] = None,
    device: Annotated[str | None, _DEVICE] = None,
    threads: Annotated[int | None, options.THREADS] = None,
    certainty: Annotated[options.Certainty | None, _CERTAINTY] = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further name of the service; repeatable."),
    ] = None,
    allowed_origin: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN", help="Another site whose pages may use it; repeatable."),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Certificate chain (PEM), for https.")
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(help="Private key of the certificate (PEM).")
    ] = None,
    tls_self_signed: Annotated[
        bool, typer.Option("--tls-self-signed", help="Make a certificate, for https.")
    ] = False,
    tls_dir: Annotated[
        Path | None, typer.Option(help="Folder where the made certificate is kept.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Settings file: TOML, or lines MIEN_PORT=8001.")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Any other setting (docs/guides/operator.md); repeatable.",
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Log a line for each request: its size and its time.")
    ] = False,
) -> None:
    """Starts the web page and the service behind it.

    Other machines can reach it only if --host says so. The page can use the camera only on this
    machine or over https. Settings can also be given in the environment (MIEN_PORT=8001); the API
    key (MIEN_API_KEY) only there or in a file.
    """
    from mien.cli.extras import require_serve
    from mien.cli.interruption import EXIT_CODE, Interruption

    require_serve()
    flags = {
        "host": host,
        "port": port,
        "root_path": root_path,
        "model": model,
        "device": device,
        "threads": threads,
        "certainty": certainty,
        "allowed_hosts": allowed_host or None,
        "allowed_origins": allowed_origin or None,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "tls_self_signed": tls_self_signed or None,
        "tls_dir": tls_dir,
    }
    given = {name: value for name, value in flags.items() if value is not None}
    # First the signals: they may come while the rest is loaded.
    with Interruption() as interruption:
        from mien.cli.serving import run, set_up_logging
        from mien.server.hosting.settings import load_settings

        set_up_logging(verbose=verbose)
        settings = load_settings(config, **(_parse(setting or []) | given))
        run(settings, interruption, browser=not no_browser)
    if interruption.asked:
        raise typer.Exit(EXIT_CODE)


def _parse(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, _, value in pairs:
        if not value:
            raise typer.BadParameter(f"'{name}' is not NAME=VALUE.", param_hint="--set")
        if name == "api_key":  # every user of the machine sees what a command was given
            raise typer.BadParameter("MIEN_API_KEY sets the key.", param_hint="--set")
    return {name: value for name, _, value in pairs}
