"""Write docs/codemods/, docs/questions.md and the README's table from the codemods and their fixtures.

    python scripts/generate_docs.py [--check]

With --check nothing is written; exits 1 and names every file that is not what it would write.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from questions_page import questions_page

from fixaudit.authoring.codemod import Codemod
from fixaudit.files.file_roles import Role
from fixaudit.registry.loader import installed_codemods
from fixaudit.text.unified_diff import unified

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
MARKS = ("<!-- codemods: begin -->", "<!-- codemods: end -->")
VERDICTS = ("fix", "unsafe", "review", "leave")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")
    check = parser.parse_args(arguments).check
    stale = [path for path, text in wanted().items() if _differs(path, text)]
    unwanted = [path for path in _pages_there() if path not in wanted()]
    for path in [*stale, *unwanted]:
        print(f"{path.relative_to(ROOT)}: {'is stale' if check else 'written'}")
    if check:
        if stale or unwanted:
            print("run: python scripts/generate_docs.py", file=sys.stderr)
        return 1 if stale or unwanted else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted()[path], "utf-8", newline="\n")
    for path in unwanted:
        path.unlink()
    return 0


def wanted() -> dict[Path, str]:
    """Every generated file with the text it should have."""
    codemods = own_codemods()
    pages = {
        ROOT / "docs" / "codemods" / f"{codemod.name}.md": page(codemod) for codemod in codemods
    }
    pages[ROOT / "docs" / "codemods" / "README.md"] = f"# Codemods\n\n{table(codemods, '')}"
    pages[ROOT / "docs" / "questions.md"] = questions_page()
    readme = (ROOT / "README.md").read_text("utf-8")
    head, _, rest = readme.partition(MARKS[0])
    _, _, tail = rest.partition(MARKS[1])
    pages[ROOT / "README.md"] = (
        f"{head}{MARKS[0]}\n{table(codemods, 'docs/codemods/')}{MARKS[1]}{tail}"
    )
    return pages


def own_codemods() -> list[type[Codemod]]:
    return [
        entry for entry in installed_codemods() if entry.__module__.startswith("fixaudit_codemods.")
    ]


def _pages_there() -> Iterator[Path]:
    yield from sorted((ROOT / "docs" / "codemods").glob("*.md"))


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text("utf-8") != text


def table(codemods: Sequence[type[Codemod]], folder: str) -> str:
    """The codemods as a Markdown table, linked to their pages."""
    rows = ["| code | codemod | on | sets | what |", "|---|---|---|---|---|"]
    for codemod in codemods:
        on = "yes" if codemod.default else "by name"
        tags = ", ".join(sorted(codemod.tags))
        what = codemod.summary().replace("|", "\\|")
        rows.append(
            f"| {codemod.code} | [{codemod.name}]({folder}{codemod.name}.md) | {on} | {tags} | {what} |"
        )
    return "\n".join(rows) + "\n"


def page(codemod: type[Codemod]) -> str:
    """The page of one codemod: docstring, options, suppressions, roles, examples, what it leaves."""
    state = "On by default" if codemod.default else "Off by default: select it by name, code or set"
    parts = [
        f"# {codemod.code} {codemod.name}\n\n{codemod.documentation()}\n\n",
        f"{state}. Sets: {', '.join(sorted(codemod.tags))}.\n\n",
        _options(codemod),
        _suppressions(codemod),
        _roles(codemod),
        _examples(codemod),
        _left(codemod),
    ]
    return "".join(parts).rstrip("\n") + "\n"


def _options(codemod: type[Codemod]) -> str:
    entries = fields(codemod.Options)
    if not entries:
        return ""
    defaults = codemod.Options()
    rows = [
        f"## Options\n\nIn `[tool.fixaudit.codemods.{codemod.name}]`:\n\n| option | default | |\n|---|---|---|\n"
    ]
    for entry in entries:
        text = codemod.options_help.get(entry.name, "").replace("|", "\\|")
        default = repr(getattr(defaults, entry.name)).replace("|", "\\|")
        rows.append(f"| `{entry.name.replace('_', '-')}` | `{default}` | {text} |\n")
    return "".join(rows) + "\n"


def _roles(codemod: type[Codemod]) -> str:
    """The roles of files whose sites are left, with the reason that each gets."""
    if not codemod.leaves:
        return ""
    rows = "".join(
        f"| {role} | {role.counts} | {reason} |\n" for role, reason in codemod.leaves.items()
    )
    text = f"## Files it leaves alone\n\n| role | which files | reason given |\n|---|---|---|\n{rows}\n"
    if Role.TEST in codemod.leaves:
        text += (
            f"With `include-tests = true` in `[tool.fixaudit.codemods.{codemod.name}]`, or in "
            "`[tool.fixaudit]` for all codemods, tests are judged like other code.\n\n"
        )
    return text


def _suppressions(codemod: type[Codemod]) -> str:
    words = f"`# fixaudit: ignore[{codemod.name}] -- reason`"
    if codemod.equivalent_codes:
        words += " and the comments other linters use for it: " + ", ".join(
            f"`{twin}`" for twin in codemod.equivalent_codes
        )
    return f"A line is left alone by {words}.\n\n"


def _cases(codemod: type[Codemod], verdict: str) -> list[Path]:
    found = (FIXTURES / "before" / codemod.name).glob(f"{verdict}_*.py")
    return sorted(found, key=lambda path: (path.stat().st_size, path.name))


def _examples(codemod: type[Codemod]) -> str:
    parts = []
    for verdict in ("fix", "unsafe"):
        for case in _cases(codemod, verdict)[:2]:
            after = FIXTURES / "after" / codemod.name / case.name
            patch = unified(case.name, case.read_bytes(), after.read_bytes())
            text = b"".join(b"".join([hunk.header, *hunk.lines]) for hunk in patch.hunks)
            title = case.stem.partition("_")[2].replace("_", " ")
            parts.append(
                f"### {verdict}: {title}\n\n~~~~diff\n{text.decode('utf-8', 'replace')}~~~~\n\n"
            )
    return "## Examples\n\n" + "".join(parts) if parts else ""


def _left(codemod: type[Codemod]) -> str:
    rows = []
    for verdict in ("review", "leave"):
        for case in _cases(codemod, verdict):
            title = case.stem.partition("_")[2].replace("_", " ")
            reasons = [
                line.partition("reason:")[2].strip() for line in _head(case) if "reason:" in line
            ]
            tail = f": {'; '.join(reasons)}" if reasons else ""
            rows.append(f"- {verdict}: {title}{tail}\n")
    return "## What it does not touch\n\n" + "".join(rows) if rows else ""


def _head(case: Path) -> list[str]:
    lines = case.read_text("utf-8", "replace").split("\n")
    return [line for line in lines[:12] if line.startswith("#")]


if __name__ == "__main__":
    sys.exit(main())
