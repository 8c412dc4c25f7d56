"""The files of the web page."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

_FOLDER = Path(__file__).parents[1] / "web"


def page_routes(prefix: str) -> list[BaseRoute]:
    """Returns the addresses of the page and its files.

    Args:
        prefix: The path at which browsers see the service; empty if there is none.
    """
    files = Mount("/", StaticFiles(directory=_FOLDER, html=True))
    if not prefix:
        return [files]
    # A browser may be at the prefix without a slash behind it: the files are not beside that.
    html = (_FOLDER / "index.html").read_text("utf-8")
    based = html.replace("<head>", f'<head>\n    <base href="{prefix}/">', 1)

    async def index(request: Request) -> HTMLResponse:
        return HTMLResponse(based)

    return [Route("/", index), Route("/index.html", index), files]
