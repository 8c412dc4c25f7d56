"""Runs the service of ``mien serve``, and prints where it is."""

from __future__ import annotations

import logging
import secrets
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from rich.console import Console

from mien.analyzer import Analyzer
from mien.cli.browser import open_browser
from mien.cli.console import plain_console
from mien.cli.interruption import Interruption
from mien.server.app import create_app
from mien.server.hosting.addresses import authority, machine_addresses, machine_names, reachable_at
from mien.server.hosting.run import Server, bind
from mien.server.hosting.settings import Settings
from mien.server.hosting.tls import Certificate, given_certificate, self_signed
from mien.server.middleware.keys import Key


def run(settings: Settings, interruption: Interruption, *, browser: bool) -> None:
    """Serves until it is interrupted.

    Args:
        settings: Settings of the service.
        interruption: Ends the service.
        browser: Whether to open the page.

    Raises:
        MienError: It cannot be started.
    """
    console = plain_console(stderr=True, soft_wrap=True)
    with ExitStack() as stack:
        opened = stack.enter_context(bind(settings.host, settings.port, settings.send_timeout))
        certificate = _certificate(settings, stack)
        secret = _secret(settings)
        Image.MAX_IMAGE_PIXELS = None  # this process has one limit, and mien.images keeps it
        analyzer = Analyzer(
            settings.model,
            device=settings.device,
            threads=settings.threads,
            certainty=None if settings.certainty == "off" else settings.certainty,
            max_pixels=max(settings.max_pixels, settings.max_frame_pixels),
        )
        app = create_app(settings, analyzer, None if secret is None else Key(secret))

        def started() -> None:
            if interruption.asked:
                return
            scheme = "http" if certificate is None else "https"
            port = opened.getsockname()[1]
            addresses = [
                f"{scheme}://{authority(host, port)}{settings.root_path}/"
                for host in reachable_at(settings.host)
            ]
            query = "" if secret is None else f"?key={quote(secret, safe='')}"
            _announce(console, addresses, query, settings, certificate)
            console.print(f"Model {analyzer.card.name}, device {analyzer.device}. Ctrl-C ends it.")
            if browser:
                open_browser(addresses[0] + query)

        server = Server(app, settings, certificate, started)
        interruption.call(server.stop)
        server.run([opened])


def set_up_logging(*, verbose: bool) -> None:
    """Logs warnings and failures on standard error; of libraries only errors.

    Args:
        verbose: Whether to log a line for each request.
    """
    form = "%(asctime)s %(message)s"
    logging.basicConfig(format=form, datefmt="%H:%M:%S", level=logging.ERROR)
    logging.getLogger("mien.server").setLevel(logging.INFO if verbose else logging.WARNING)


def _certificate(settings: Settings, stack: ExitStack) -> Certificate | None:
    if settings.tls_cert is not None and settings.tls_key is not None:
        return given_certificate(settings.tls_cert, settings.tls_key)
    if not settings.tls_self_signed:
        return None
    folder = settings.tls_dir
    if folder is None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mien-")))
    hosts = ["localhost", "127.0.0.1", "::1", *machine_names(), *machine_addresses()]
    named = [name for name in (settings.host, *settings.allowed_hosts) if name not in ("*", "")]
    return self_signed(folder, list(dict.fromkeys([*hosts, *named])))


def _secret(settings: Settings) -> str | None:
    if settings.api_key is not None:
        return settings.api_key.get_secret_value()
    return secrets.token_urlsafe(16) if settings.needs_key else None


def _announce(
    console: Console,
    addresses: list[str],
    query: str,
    settings: Settings,
    certificate: Certificate | None,
) -> None:
    # A key that was given does not get into a log.
    shown = query if settings.api_key is None else ""
    for number, address in enumerate(addresses):
        console.print("       and" if number else "mien is at", end=" ")
        console.print(f"{address}{shown}", style="bold")
    if shown:
        console.print("The key was made for this run; set MIEN_API_KEY for a lasting one.")
    elif query:
        console.print("Open it with ?key= and the API key behind the address.")
    if settings.tls_self_signed and certificate is not None:
        console.print(
            "Browsers will say that the connection is not private, because the certificate is"
            " self-signed.\nChoose 'Advanced' and go on if its SHA-256 fingerprint is"
            f"\n{certificate.fingerprint}"
        )
