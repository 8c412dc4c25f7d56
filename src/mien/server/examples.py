"""An answer of each address that takes pictures, for the OpenAPI document.

They are the answers for the sample picture; `python -m tools.samples` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path

from mien.server import schemas

EXAMPLES: dict[str, schemas.DocumentReply] = json.loads(
    Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
)
"""An answer by the path of its address."""
