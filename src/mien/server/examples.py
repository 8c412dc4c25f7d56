"""An answer of each address that takes pictures, for the OpenAPI document."""

from __future__ import annotations

from mien.results import SCHEMA
from mien.server import schemas

_FACE: schemas.Face = {
    "box": {"x": 180.61, "y": 64.14, "width": 89.67, "height": 112.79},
    "landmarks": [
        [202.91, 104.06],
        [245.24, 104.15],
        [222.66, 126.54],
        [205.27, 144.25],
        [241.47, 144.87],
    ],
    "score": 0.9385,
    "aligned": True,
    "quality": {
        "size": 89.7,
        "sharpness": 1.0,
        "frontality": 0.945,
        "rotation": 0.2,
        "novelty": 0.4,
        "hints": [],
    },
    "attributes": {
        "age": {
            "kind": "distribution",
            "years": 29.7,
            "low": 19.4,
            "high": 39.2,
            "group": "30-39",
            "group_probabilities": {"10-19": 0.103, "20-29": 0.3825, "30-39": 0.4098},
            "at_least": {"13": 0.9886, "18": 0.9263, "21": 0.8718, "25": 0.7744, "65": 0.0005},
        },
        "gender": {
            "kind": "label",
            "label": "undetermined",
            "leaning": "female",
            "probabilities": {"male": 0.1197, "female": 0.8803},
        },
    },
}

_PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAIAAAACA"  # its beginning

_EXPLANATION: schemas.Explanation = {
    "chip": _PNG,
    "importance": {
        "age": {
            "map": _PNG,
            "shares": {
                "forehead": 0.1547,
                "eyes": 0.2725,
                "nose": 0.046,
                "mouth": 0.1603,
                "cheeks": 0.0903,
                "chin": 0.2763,
            },
        },
        "gender": {
            "map": _PNG,
            "shares": {
                "forehead": 0.2128,
                "eyes": 0.2175,
                "nose": 0.0505,
                "mouth": 0.0916,
                "cheeks": 0.2351,
                "chin": 0.1926,
            },
        },
    },
}


def _document(face: schemas.Face) -> schemas.Document:
    picture: schemas.Picture = {
        "schema": SCHEMA,
        "model": "default",
        "path": "astronaut.jpg",
        "width": 512,
        "height": 512,
        "faces": [face],
        "error": None,
    }
    return {"schema": SCHEMA, "model": "default", "pictures": [picture]}


EXAMPLES: dict[str, schemas.Document] = {
    "/v1/analyze": _document(_FACE),
    "/v1/explain": _document({**_FACE, "explanation": _EXPLANATION}),
}
"""An answer by the path of its address."""
