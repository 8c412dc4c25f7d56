from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from mien.broken_rules import sentence


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (int, "many", "x must be a whole number; it is 'many'"),
        (int, 1.5, "x must be a whole number; it is 1.5"),
        (bool, "perhaps", "x must be true or false; it is 'perhaps'"),
        (Annotated[float, Field(gt=0.5)], 0.5, "x must be greater than 0.5; it is 0.5"),
        (Annotated[float, Field(allow_inf_nan=False)], "nan", "x must be a finite number; it is "),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "x must be of length 1 or less; it is"),
        (
            Annotated[float, Field(ge=0.5, le=1)] | Literal["off"],
            "2",
            "x must be at most 1 or 'off'; it is '2'",
        ),
        (list[int], 3, "x must be a list; it is 3"),
        (dict[str, int], "y" * 99, "x must be named entries; it is 'yyyyyyyyyyyy...yyyyyyyyyyyyy'"),
        (type[int], str, "x cannot be used: Input should be a subclass of int"),
    ],
)
def test_it_says_what_a_value_must_be(kind: Any, value: Any, expected: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    assert sentence("x", caught.value.errors()).startswith(expected)


def test_a_secret_is_not_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_python("secret")
    assert sentence("x", caught.value.errors(include_input=False)) == "x must be a whole number"
