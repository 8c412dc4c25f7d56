"""The code calls nothing that some system lacks, and no file depends on a system's encoding."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mien

_FILES = sorted(Path(mien.__file__).parent.rglob("*.py"))
_UNIX = {
    "os": {
        *("fork", "forkpty", "getuid", "geteuid", "getgid", "getpgid", "nice", "setsid", "killpg"),
        *("mkfifo", "uname", "sysconf", "getloadavg", "chown", "statvfs", "sched_getaffinity"),
        *("wait", "wait3", "wait4", "posix_spawn", "sched_setaffinity", "register_at_fork"),
    },
    "signal": {
        *("SIGHUP", "SIGPIPE", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGSTOP"),
        *("alarm", "setitimer", "pause", "sigwait", "pthread_sigmask", "pthread_kill"),
    },
    "socket": {"AF_UNIX", "TCP_USER_TIMEOUT", "TCP_KEEPIDLE", "SO_REUSEPORT", "MSG_DONTWAIT"},
    "time": {"tzset", "clock_gettime"},
}
_UNIX_MODULES = {"resource", "fcntl", "pwd", "grp", "termios", "tty", "pty", "syslog"}
_ENCODED = {"read_text", "write_text"}


def _outside_guards(node: ast.AST) -> Iterator[ast.AST]:
    """Yields the nodes that are not behind a question about the system."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.If, ast.IfExp)) and "sys.platform" in ast.unparse(child.test):
            continue
        yield child
        yield from _outside_guards(child)


def _faults(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in _outside_guards(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in _UNIX.get(node.value.id, ()):
                yield node.lineno, f"{node.value.id}.{node.attr}"
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [getattr(node, "module", None), *(alias.name for alias in node.names)]
            yield from ((node.lineno, name) for name in names if name in _UNIX_MODULES)
        elif isinstance(node, ast.Call) and _lacks_encoding(node):
            yield node.lineno, ast.unparse(node)


def _lacks_encoding(call: ast.Call) -> bool:
    """Whether a call reads or writes text in the encoding of the system."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in named:
        return False
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in _ENCODED:
        return not (name == "read_text" and call.args)
    if name in ("run", "Popen") and "subprocess" in ast.unparse(call.func):
        return "text" in named
    if name != "open" or not isinstance(call.func, (ast.Attribute, ast.Name)):
        return False
    if ast.unparse(call.func) in ("os.open", "self.open", "form.open", "self._format.open"):
        return False
    position = 0 if isinstance(call.func, ast.Attribute) else 1
    mode = named.get(
        "mode", call.args[position] if len(call.args) > position else ast.Constant("r")
    )
    return not (isinstance(mode, ast.Constant) and "b" in str(mode.value))


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import os\nos.nice(1)", "os.nice"),
        ("import fcntl", "fcntl"),
        ("path.open('w')", "path.open('w')"),
        ("path.read_text()", "path.read_text()"),
        ("subprocess.run([], text=True)", "subprocess.run([], text=True)"),
        ("if sys.platform != 'win32':\n    os.nice(1)", None),
        ("path.open('rb')", None),
        ("path.open('w', encoding='utf-8')", None),
    ],
)
def test_what_counts_as_a_fault(code: str, fault: str | None) -> None:
    assert [found for _, found in _faults(ast.parse(code))] == ([fault] if fault else [])


def test_all_systems_can_run_all_of_it() -> None:
    found = [
        f"{path.relative_to(_FILES[0].parent)}:{line}: {fault}"
        for path in _FILES
        for line, fault in _faults(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found
