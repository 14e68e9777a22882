"""The help of a verb fits a terminal of 80 columns and has its options in sections."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from fixaudit_cli.app import run
from fixaudit_cli.lazy_verbs import command_of
from fixaudit_cli.verbs import ACTIONS, VERBS

SECTIONS = {
    "apply": [
        *("Arguments", "Which files", "What to change", "Reports", "Writing", "Review", "Git"),
        *("Validation", "Speed", "Output", "Options"),
    ],
    "check": [
        *("Arguments", "Which files", "What to change", "Review", "Speed", "Output", "Options"),
    ],
    "plan": [
        *("Arguments", "Reports", "Which files", "What to change", "Speed", "Output", "Review"),
        "Options",
    ],
    "undo": ["Arguments", "Options"],
    "runs": ["Arguments", "Options"],
}


def _help(verb: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([verb, "--help"]) == 0
    return capfd.readouterr().out


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_option_is_named_once_and_fits(verb: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    text = _help(verb, monkeypatch, capfd)
    assert max(len(line) for line in text.splitlines()) <= 80
    parameters: list[Any] = [p for p in command_of(verb).params if p.param_type_name == "option"]
    for parameter in parameters:
        names = "|".join(map(re.escape, (*parameter.opts, *parameter.secondary_opts)))
        rows = re.findall(rf"^  (?:-\w, )?(?:{names})[ \n]", text, re.MULTILINE)
        assert len(rows) == 1, parameter.opts


@pytest.mark.parametrize(("verb", "action"), [(v, a) for v, each in ACTIONS.items() for a in each])
def test_the_help_of_an_action_fits(verb: str, action: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "80")
    assert run([verb, action, "--help"]) == 0
    text = capfd.readouterr().out
    assert max(len(line) for line in text.splitlines()) <= 80
    assert text.splitlines()[2].split()[0] == ACTIONS[verb][action][1].split()[0]


@pytest.mark.parametrize("verb", SECTIONS)
def test_options_stand_in_sections_where_there_are_many(verb: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    text = _help(verb, monkeypatch, capfd)
    assert re.findall(r"^(\w[\w ]*):$", text, re.MULTILINE) == SECTIONS[verb]


def test_help_imports_no_rich() -> None:
    script = (
        "import sys\nfrom fixaudit_cli.app import run\nassert run(['apply', '--help']) == 0\n"
        "sys.stderr.write(str('rich' in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == "False"
