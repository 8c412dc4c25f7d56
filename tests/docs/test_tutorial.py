"""The tutorial runs from start to end, and no output of it is committed."""

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbclient import NotebookClient

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.ipynb"


def test_no_output_is_stored():
    """Outputs would show faces of a data set, and their numbers would grow old."""
    cells = nbformat.read(TUTORIAL, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code
    assert [cell.source for cell in code if cell.outputs or cell.execution_count] == []


def test_what_it_imports_is_there() -> None:
    """A change of mien's names is noticed without the minutes that the tutorial takes."""
    imported = 0
    for cell in nbformat.read(TUTORIAL, as_version=4).cells:
        if cell.cell_type == "code":
            code = cell.source.replace("%matplotlib inline\n", "")
            for node in ast.walk(ast.parse(code)):
                if isinstance(node, ast.ImportFrom) and str(node.module).startswith("mien"):
                    module = import_module(str(node.module))
                    assert [a.name for a in node.names if not _has(module, a.name)] == []
                    imported += len(node.names)
    assert imported > 20


def _has(module: ModuleType, name: str) -> bool:
    return hasattr(module, name) or find_spec(f"{module.__name__}.{name}") is not None


@pytest.mark.slow
def test_it_runs_from_start_to_end(tmp_path, monkeypatch):
    """In an empty folder: without the data set the notebook makes a small set of its own."""
    monkeypatch.setenv("MIEN_TUTORIAL", "quick")
    monkeypatch.delenv("MIEN_UTKFACE", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    notebook = nbformat.read(TUTORIAL, as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    images = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(images) >= 20
    (last,) = notebook.cells[-1].outputs
    assert "minutes" in last.data["text/markdown"]
