"""``mien serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(serve)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen at.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="0: any that is free.", show_default="8000"),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the page in a browser.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option(help="Settings file: TOML, or lines MIEN_PORT=8001.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="A bundled model's name, or an ONNX file of mien export.", show_default="default"
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads for the networks.", show_default="all")
    ] = None,
) -> None:
    """Starts the web page and the service behind it; for this machine only, unless asked."""
    from mien.cli.extras import require_serve
    from mien.cli.interruption import Interruption

    require_serve()
    with Interruption() as interruption:
        from PIL import Image
        from rich.console import Console

        from mien.analyzer import Analyzer
        from mien.cli.browser import open_browser
        from mien.server.app import create_app
        from mien.server.running import Server, bind
        from mien.server.settings import load_settings

        console = Console(stderr=True, highlight=False, soft_wrap=True)
        settings = load_settings(config, host=host, port=port, model=model, threads=threads)
        opened = bind(settings.host, settings.port)
        address = f"http://{settings.host}:{opened.getsockname()[1]}/"
        Image.MAX_IMAGE_PIXELS = None  # this process has one limit, and mien.images keeps it
        analyzer = Analyzer(settings.model, threads=settings.threads)

        def started() -> None:
            console.print(f"mien is at [bold]{address}[/bold]  (Ctrl-C ends it)")
            if not no_browser:
                open_browser(address)

        server = Server(create_app(settings, analyzer), settings, started)
        interruption.call(server.stop)
        server.run([opened])
    if interruption.asked:
        raise typer.Exit(130)
