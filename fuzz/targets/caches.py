"""The files of a chip cache, which may come from another machine."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from hypothesis import strategies as st

from fuzz.folders import empty_folder
from fuzz.strategies import altered, damaged, extremes
from mien.datasets.audit.report import audit
from mien.datasets.chips.cache import open_cache
from mien.datasets.chips.index import INDEX_COLUMNS
from mien.faces.align import ChipTemplate

_ABOUT = {"name": "set", "size": 16, "template": ChipTemplate().to_dict(), "pictures": 1}
_ROW = {
    **dict.fromkeys(INDEX_COLUMNS, ""),
    "path": "a.jpg",
    "age_low": "31.0",
    "age_high": "31.0",
    "gender": "female",
    "split": "val",
    "found": "1",
    "score": "0.9",
    "width": "20",
    "height": "20",
    "matrix": "1 0 0 0 1 0",
    "labels": '"{""hat"": ""cap""}"',
}


def _index(cells: dict[str, str]) -> str:
    return f"{','.join(cells)}\r\n{','.join(cells.values())}\r\n"


_CHANGED_ROW = st.dictionaries(
    st.sampled_from(INDEX_COLUMNS), extremes.map(lambda value: f'"{value}"'), max_size=3
).map(lambda cells: _index({**_ROW, **cells}))

_WHOLE = {
    "cache.json": json.dumps(_ABOUT),
    "index.csv": _index(_ROW),
    "problems.csv": "where,problem\r\n",
    "shape": [1, 16, 16, 3],
    "type": "uint8",
}
INPUTS = st.fixed_dictionaries(
    {
        "cache.json": st.just(_WHOLE["cache.json"]) | altered(_ABOUT).map(json.dumps),
        "index.csv": st.just(_WHOLE["index.csv"])
        | _CHANGED_ROW
        | damaged(_index(_ROW).encode()).map(lambda data: data.decode("utf-8", "replace")),
        "problems.csv": st.sampled_from(("where,problem\r\n", "a\r\n1,2,3\r\n", "", "\0", '"')),
        "shape": st.sampled_from(
            ([1, 16, 16, 3], [1, 16, 16], [1], [], [0, 16, 16, 3], [1, 8, 8, 3])
        ),
        "type": st.sampled_from(("uint8", "float32", "U3")),
    }
).map(lambda files: json.dumps(files).encode())


def run(data: bytes) -> None:
    """Opens a cache and audits it."""
    files: dict[str, Any] = json.loads(data)
    folder = empty_folder("cache")
    for name in ("cache.json", "index.csv", "problems.csv"):
        (folder / name).write_bytes(files[name].encode("utf-8", "surrogatepass"))
    chips = io.BytesIO()
    np.save(chips, np.zeros(files["shape"], files["type"]))
    (folder / "chips.npy").write_bytes(chips.getvalue())
    cache = open_cache(folder)
    assert cache.chips.shape == (len(cache.rows), cache.size, cache.size, 3)
    assert cache.chips.dtype == np.uint8
    cache.select("val")
    audit([cache])


def seeds() -> list[bytes]:
    """Makes the files of a cache of one chip."""
    return [json.dumps(_WHOLE).encode()]
