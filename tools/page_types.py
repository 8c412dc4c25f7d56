"""Writes the types of the service's answers for the scripts of the page.

    python -m tools.page_types            writes src/mien/web/js/types.d.ts
    python -m tools.page_types --check    fails if that file is not up to date

The types are made from the description of the JSON: src/mien/schema.py, src/mien/server/schemas.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mien.server.json_schemas import json_schemas

TYPES = Path(__file__).parents[1] / "src/mien/web/js/types.d.ts"

_HEAD = """\
// The service's answers. Made by tools/page_types.py from src/mien/schema.py and
// src/mien/server/schemas.py; change those, then run: python -m tools.page_types
// Read by the type checker alone; no browser loads this file.
"""

_SIMPLE = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "null": "null",
}


def page_types() -> str:
    """Returns the text of the file."""
    return "\n".join([_HEAD, *map("\n".join, map(_interface, json_schemas().values()))])


def _interface(schema: dict[str, Any]) -> Iterator[str]:
    yield f"/** {schema['description']} */"
    yield f"export interface {schema['title']} {{"
    for name, member in schema["properties"].items():
        if "description" in member:
            yield f"  /** {member['description']} */"
        optional = "" if name in schema.get("required", ()) else "?"
        yield f"  {name}{optional}: {_type(member)};"
    if schema.get("additionalProperties") is not False:
        yield "  [further: string]: unknown;"
    yield "}\n"


def _type(schema: dict[str, Any]) -> str:
    """Returns a JSON schema as a type."""
    match schema:
        case {"$ref": ref}:
            return str(ref).rpartition("/")[2]
        case {"anyOf": choices}:
            return " | ".join(map(_type, choices))
        case {"const": value}:
            return json.dumps(value)
        case {"enum": values}:
            return " | ".join(map(json.dumps, values))
        case {"type": "array", "items": items}:
            item = _type(items)
            return f"({item})[]" if "|" in item else f"{item}[]"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"Record<string, {_type(values)}>"
        case {"type": "object"}:
            return "Record<string, unknown>"
        case {"type": simple}:
            return _SIMPLE[simple]
    raise ValueError(f"there is no type for the JSON schema {schema}")


def main() -> None:
    """Writes or checks the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only check the file")
    if not parser.parse_args().check:
        TYPES.write_text(page_types(), encoding="utf-8")
    elif TYPES.read_text(encoding="utf-8") != page_types():
        sys.exit(f"{TYPES} is not up to date; run: python -m tools.page_types")


if __name__ == "__main__":
    main()
