"""A project whose symbols were renamed: its own tests pass before and after, and no part is renamed alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.runner import Request, Worker

FILES = {
    "fixaudit.toml": """\
[codemods.rename-symbol.renames]
"shop.carts.make" = "new_cart"
"shop.carts.Cart" = "Basket"
"shop.carts.Cart.sum" = "total"
"shop.rates._rates" = "_by_country"
""",
    "shop/__init__.py": 'from shop.carts import Cart, make\n\n__all__ = ["Cart", "make"]\n',
    "shop/carts.py": """\
from __future__ import annotations

from shop import rates


class Cart:
    def __init__(self, items: dict[str, int]) -> None:
        self.items = items

    def sum(self) -> int:
        return sum(self.items.values())

    def with_tax(self, country: str) -> float:
        return self.sum() * rates.rate(country)


def make(**items: int) -> Cart:
    return Cart(items)
""",
    "shop/rates.py": """\
_rates = {"de": 1.19}


def rate(country: str) -> float:
    return _rates.get(country, 1.0)


def load(more: dict[str, float]) -> None:
    global _rates
    _rates = {**_rates, **more}
""",
    "tests/test_shop.py": """\
from unittest.mock import patch

import shop
import shop.carts as carts
from shop.carts import Cart as Trolley


class Gift(Trolley):
    def sum(self) -> int:
        return super().sum() // 2


def test_sums() -> None:
    assert shop.make(a=1, b=2).sum() == 3
    assert carts.make(a=100).with_tax("de") == 119
    assert Gift({"a": 4}).sum() == 2


def test_rates() -> None:
    with patch.dict("shop.rates._rates", {"fr": 2.0}):
        assert shop.Cart({"a": 1}).with_tax("fr") == 2
    with patch("shop.carts.make", return_value="patched"):
        assert carts.make() == "patched"
""",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def passes(root: Path) -> bool:
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(root)]
    return (
        subprocess.run([*run, str(root)], cwd=root, capture_output=True, check=False).returncode
        == 0
    )


def renamed(root: Path, *paths: str, jobs: int = 1) -> list[Changed]:
    """The changed files of a run over some paths of the project, by default all; they are written."""
    asked = tuple(root / each for each in paths) or (root,)
    worker = Worker(Request(paths=asked, root=root, select=("rename-symbol",), unsafe=True))
    files = worker.discover().files
    found = [
        each
        for each in Execution(worker, Speed(jobs=jobs, cache=False)).outcomes(files)
        if isinstance(each, Changed)
    ]
    for each in found:
        (root / each.path).write_bytes(each.after)
    return found


@pytest.mark.parametrize("jobs", [1, 2])
def test_all_uses_get_the_new_names(project: Path, jobs: int) -> None:
    assert passes(project)
    assert len(renamed(project, jobs=jobs)) == 4
    text = "\n".join(path.read_text() for path in sorted(project.rglob("*.py")))
    assert not {"make", "Cart", "_rates"} & set(text.replace("(", " ").replace('"', " ").split())
    assert passes(project)
    assert not renamed(project)


def test_a_part_of_the_files_is_not_renamed(project: Path) -> None:
    assert not renamed(project, "shop/carts.py")
    assert not renamed(project, "shop")
    assert passes(project)
