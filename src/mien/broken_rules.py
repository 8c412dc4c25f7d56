"""What pydantic refuses, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from reprlib import repr as shortened
from typing import Any

_RULES = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    "finite_number": "a finite number",
    "string_type": "a text",
    **dict.fromkeys(("string_too_short", "too_short"), "of length {min_length} or more"),
    **dict.fromkeys(("string_too_long", "too_long"), "of length {max_length} or less"),
    "list_type": "a list",
    "dict_type": "named entries",
    "dataclass_type": "named entries",
    "literal_error": "{expected}",
    "greater_than": "greater than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
}
"""What a value must be, by the type of pydantic's error."""


def sentence(name: str, errors: Sequence[Mapping[str, Any]]) -> str:
    """Says why a value is refused.

    Args:
        name: What the value is called in the sentence.
        errors: Pydantic's errors for it, at least one. A value that may be one of several things
            has an error for each. Without their inputs the value is not shown.

    Returns:
        A sentence without a full stop.

    Example:
        >>> from pydantic import TypeAdapter, ValidationError
        >>> try:
        ...     TypeAdapter(int).validate_python("many")
        ... except ValidationError as error:
        ...     sentence("port", error.errors())
        "port must be a whole number; it is 'many'"
    """
    rules = [
        _RULES[error["type"]].format(**error.get("ctx", {}))
        for error in errors
        if error["type"] in _RULES
    ]
    first = errors[0]
    if rules:
        given = f"; it is {shortened(first['input'])}" if "input" in first else ""
        return f"{name} must be {' or '.join(rules)}{given}"
    return f"{name} cannot be used: {first.get('ctx', {}).get('error', first['msg'])}"
