"""JSON schemas of the service's messages, for the OpenAPI document and the page's types."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import get_original_bases, is_typeddict

from mien import schema
from mien.server import schemas

REF = "#/components/schemas/{model}"
"""How one schema refers to another."""


def json_schemas() -> dict[str, Any]:
    """Returns the JSON schema of each type of :mod:`mien.server.schemas`, by its name."""
    adapters = [(kind, "validation", TypeAdapter(kind)) for kind in schemas.MESSAGES]
    _, document = TypeAdapter.json_schemas(adapters, ref_template=REF)  # type: ignore[arg-type]
    found: dict[str, Any] = document["$defs"]
    for name, object_schema in found.items():
        object_schema["description"] = object_schema["description"].replace("``", "`")
        texts = _member_texts(vars(schemas).get(name) or vars(schema)[name])
        for member, member_schema in object_schema["properties"].items():
            member_schema.pop("title", None)
            if member in texts:
                member_schema["description"] = texts[member]
    return found


def _member_texts(kind: Any) -> dict[str, str]:
    """Returns the text below each member, inherited members included."""
    texts: dict[str, str] = {}
    for base in get_original_bases(kind):
        if is_typeddict(base):
            texts |= _member_texts(base)
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)
    for member, text in pairwise(definition.body):
        match member, text:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(value))):
                texts[name] = value
    return texts
