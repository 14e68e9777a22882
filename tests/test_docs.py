"""The generated pages and the README's table are what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

from fixaudit import Source
from fixaudit.pipeline.judge import judge
from fixaudit.registry.loader import installed_codemods, local_codemods

ROOT = Path(__file__).resolve().parents[1]
SHOWN = re.MULTILINE | re.DOTALL


def test_generated_docs_are_not_stale() -> None:
    run = subprocess.run(
        [sys.executable, "scripts/generate_docs.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_ci_runs_the_readmes_test_command() -> None:
    """The command line of the README that runs pytest stands in `.ci/run`, word for word."""
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"^    (python3 -m venv .*)$", readme, re.MULTILINE)
    assert len(commands) == 2
    tests = next(command for command in commands if "/pytest" in command)
    assert tests in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_the_output_that_the_readme_shows_is_what_comes_out() -> None:
    """Of each command on the example the shown lines come out, in this order; `[…]` is any others."""
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.findall(
        r"^    [^\n]*?\.venv/bin/fixaudit ([^\n]*)$|^```text\n(.*?)^```$", readme, SHOWN
    )
    assert [bool(command) for command, _ in shown] == [True, False, True, False]
    for (command, _), (_, block) in zip(shown[::2], shown[1::2], strict=True):
        run = subprocess.run(
            [sys.executable, "-m", "fixaudit_cli", *command.split()],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        told = f"{run.stdout}{run.stderr}"
        for part in block.split("[…]\n"):
            assert part.strip("\n") in told, f"{command}\n{told}"
            told = told.partition(part.strip("\n"))[2]


def test_links_of_the_docs_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_the_changelog_names_every_codemod() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    names = {codemod.name for codemod in installed_codemods()}
    missing = sorted(name for name in names if name not in changelog)
    assert missing == []


def test_the_codemod_of_contributing_works(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (block,) = re.findall(r"^   ```python\n(.*?)^   ```$", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "yaml_safe_load.py").write_text(textwrap.dedent(block))
    (codemod,) = local_codemods([tmp_path])
    source = Source("a.py", b"import yaml\nyaml.load(x)\nyaml.load(x, y)\n")
    findings, problems = judge(source, [codemod()])
    assert problems == []
    assert [finding.verdict.value for finding in findings] == ["unsafe", "review"]
    assert [edit.text for edit in findings[0].edits] == ["yaml.safe_load"]
