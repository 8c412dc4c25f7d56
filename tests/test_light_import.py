from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "cv2", "onnxruntime", "matplotlib", "PIL", "fastapi", "uvicorn")


@pytest.mark.parametrize(
    "code",
    [
        "import mien",
        "from mien import Face, MienError",
        "import sys; sys.argv = ['mien', '--help']; from mien.cli import main; "
        "import contextlib; contextlib.suppress(SystemExit).__enter__(); main()",
        "import sys; sys.argv = ['mien', 'watch', '--help']; from mien.cli import main; main()",
        "import sys; sys.argv = ['mien', 'serve', '--help']; from mien.cli import main; main()",
    ],
)
def test_neither_the_package_nor_the_help_loads_anything_heavy(code: str) -> None:
    program = (
        f"import atexit, sys\natexit.register(lambda: print([m for m in {HEAVY!r} "
        f"if m in sys.modules], file=sys.stderr))\n{code}"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stderr.strip().endswith("[]"), result.stderr


def test_what_leads_to_an_answer_does_not_load_the_service() -> None:
    program = (
        "import sys, mien.analyzer, mien.pictures, mien.video.watcher, mien.drawing.faces;"
        "print([m for m in sys.modules if m.startswith(('fastapi', 'starlette', 'mien.server'))])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"


def test_all_names_are_there_and_sorted() -> None:
    import mien

    assert mien.__all__ == sorted(mien.__all__)
    for name in mien.__all__:
        assert getattr(mien, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = mien.nothing
