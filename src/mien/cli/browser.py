"""Opening a page in the user's browser, where there is one."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser


def open_browser(address: str) -> bool:
    """Opens a page without waiting for it; where there is no screen it does nothing.

    Returns:
        Whether there is a screen.
    """
    screen = sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if screen:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    return screen
