"""Files and folders that systems put among a user's pictures."""

from __future__ import annotations

_FOLDERS = frozenset(
    [
        *("__MACOSX", ".AppleDouble", ".Trashes", ".thumbnails"),
        *("@eaDir", "#recycle", "@Recycle", ".@__thumb"),
        *("$RECYCLE.BIN", "System Volume Information"),
    ]
)
"""System folders: archives, desktops and network drives make them among a user's files."""

_BEGINNINGS = ("._", ".Trash-")
"""Beginnings of the names of Apple's second forks, and of the folders of what a user deleted."""

_FILES = frozenset(["thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store"])


def is_system_file(name: str) -> bool:
    """Returns whether a system file or a system folder has that name."""
    return name.startswith(_BEGINNINGS) or name in _FOLDERS or name.lower() in _FILES
