"""Syntax that only newer Pythons read: its names mean what they mean there; older ones say so."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from fixaudit.source.source import Source

SHADOWED = """\
class Settings:
    name: str = ""


def function[Settings](x: Settings) -> object:
    return getattr(x, "name", "")


class Box[Settings]:
    def method(self, x: Settings) -> object:
        return getattr(x, "name", "")


class Thing[T](Settings):
    pass


type Known[T] = Settings


def plain(x: Settings, y: Thing[int]) -> object:
    return getattr(x, "name", ""), getattr(y, "name", "")
"""
EVERYWHERE = """\
import asyncio, hashlib, logging

logger = logging.getLogger(__name__)

type Fn[**P, R: Box] = Callable[P, R]


class Box[T: (int, str), *Ts, **P](list[T]):
    async def run[V](self, task: V, *more: *Ts) -> V:
        asyncio.create_task(self.run(task))
        print(f"got {task!r} {f"{task}" + '\\n'.join(more)}")
        return getattr(self, "item", None) if hasattr(self, "item") else None


def digest[T](x: T):
    try:
        return hashlib.md5(x).hexdigest()
    except* ValueError as error:
        logger.error(f"failed {error}")
"""
QUOTED = """\
def move(order, start="START"):
    print(f"moved from {start} to {order["state"]}")
"""
NAMES = """\
T = 1
class Outer:
    N = 2
    @deco(T)
    def f[T: (T, N), **P](self, a: T = T, *, b=T) -> P:
        return lambda: (T, N)
    class Inner[T](Base[T], key=T):
        x = T
    type Alias[T] = tuple[T, N]
async def g[T](): return [T for _ in T]
"""
READS = sys.version_info >= (3, 12)


def _run(path: Path, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fixaudit_cli", verb, "--isolated", "--no-cache", *arguments]
    return subprocess.run(
        [*command, path.name], cwd=path.parent, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("text", [SHADOWED, EVERYWHERE, QUOTED])
def test_all_codemods_read_it_or_say_which_python_does(tmp_path: Path, text: str) -> None:
    path = tmp_path / "new.py"
    path.write_text(text)
    checked = _run(path, "check", "-v", "--select", "all")
    assert "Traceback" not in checked.stderr
    if READS:
        assert checked.returncode == 1, checked.stderr
        applied = _run(path, "apply", "--select", "all", "--unsafe")
        assert applied.returncode == 0, applied.stderr
        ast.parse(path.read_text())
    else:
        assert checked.returncode == 2
        assert "run fixaudit with Python 3.12 or newer" in checked.stderr


def test_a_type_parameter_hides_the_class_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "shadow.py"
    path.write_text(SHADOWED)
    checked = _run(path, "check", "-v", "--select", "getattr-default-removal")
    found = [line.split()[::3][:2] for line in checked.stdout.splitlines()[1:]]
    expected = [["6:12", "leave"], ["11:16", "leave"], ["22:12", "fix"], ["22:36", "fix"]]
    assert found == (expected if READS else [])


def test_names_mean_what_they_mean_in_the_scope_of_type_parameters() -> None:
    if not READS:
        with pytest.raises(SyntaxError):
            ast.parse(NAMES)
        return
    source = Source("pkg/x.py", NAMES.encode(), module="pkg.x")
    tops = {"T": 0, "N": 0, "type parameter": 0}
    for node in source.nodes(ast.Name):
        if node.id not in tops or isinstance(node.ctx, ast.Store):
            continue
        scope, bindings = source.scopes.lookup(node.id, node)
        kinds = {binding.kind for binding in bindings}
        outside = _is_outside(source, node)
        if node.id == "N":
            # Methods do not see the names of the class; what type parameters stand in does.
            assert (scope is None) is (node.lineno == 6), node.lineno
        elif outside:
            assert scope is source.scopes.module
        else:
            assert kinds == {"type-parameter"}, node.lineno
            assert source.function(bindings[0].node) is None
        tops["type parameter" if kinds == {"type-parameter"} else node.id] += 1
    assert tops == {"T": 3, "N": 2 + 1, "type parameter": 9}
    inner = next(node for node in source.nodes(ast.ClassDef) if node.name == "Inner")
    stored = next(n for n in source.nodes(ast.Name) if n.id == "x")
    assert source.class_of(stored) is inner
    assert [b.kind for b in source.lookup("Alias", inner)] == ["assign"]


def _is_outside(source: Source, node: ast.Name) -> bool:
    """Decorators and defaults are evaluated before the type parameters are there."""
    function = next(n for n in source.nodes(ast.FunctionDef) if n.name == "f")
    given = [*function.decorator_list, *function.args.defaults, *function.args.kw_defaults]
    return any(node is inner for item in given if item for inner in ast.walk(item))
