"""An example of a codemod, from its fixtures where the checkout has them."""

from __future__ import annotations

from pathlib import Path

_VERDICTS = ("fix", "unsafe")


def example_diff(name: str) -> str:
    """A short diff of the codemod's smallest changing fixture; empty where there is none at hand."""
    from fixaudit.text.unified_diff import unified

    for before_root in _fixture_roots():
        folder = before_root / name
        cases = [path for verdict in _VERDICTS for path in folder.glob(f"{verdict}_*.py")]
        if not cases:
            continue
        case = min(cases, key=lambda path: (path.stat().st_size, path.name))
        after = before_root.parent / "after" / name / case.name
        if after.is_file():
            patch = unified(case.name, case.read_bytes(), after.read_bytes()).patch
            return patch.decode("utf-8", "replace")
    return ""


def _fixture_roots() -> list[Path]:
    # codemods/fixaudit_codemods and fixtures/ stand side by side in a checkout.
    checkout = Path(__file__).resolve().parents[3] / "fixtures" / "before"
    return [root for root in (checkout, Path.cwd() / "fixtures" / "before") if root.is_dir()]
