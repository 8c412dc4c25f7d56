"""JSON schemas of the service's messages, for the OpenAPI document and the page's types."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import get_original_bases, is_typeddict

from mien import schema
from mien.server import schemas

REF = "#/components/schemas/{model}"
"""How one schema refers to another."""


def json_schemas() -> dict[str, Any]:
    """Returns the JSON schema of each type of :mod:`mien.server.schemas`, by its public name."""
    adapters = [(kind, "validation", TypeAdapter(kind)) for kind in schemas.MESSAGES]
    _, document = TypeAdapter.json_schemas(
        adapters,  # type: ignore[arg-type]
        ref_template=REF,
        schema_generator=_PublicNames,
    )
    kinds = {_public(name): kind for name, kind in (vars(schema) | vars(schemas)).items()}
    found: dict[str, Any] = document["$defs"]
    for name, object_schema in found.items():
        object_schema["title"] = name
        object_schema["description"] = object_schema["description"].replace("``", "`")
        texts = _member_texts(kinds[name])
        for member, member_schema in object_schema["properties"].items():
            member_schema.pop("title", None)
            if member in texts:
                member_schema["description"] = texts[member]
    return found


class _PublicNames(GenerateJsonSchema):
    """Names the schemas without the suffixes that tell the types from other classes of mien."""

    def normalize_name(self, name: str) -> str:
        return _public(super().normalize_name(name))


def _public(name: str) -> str:
    """Returns a type's name as in the OpenAPI document and in the types of the page."""
    return name.removesuffix("Json").removesuffix("Reply")


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
