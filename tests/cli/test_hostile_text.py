"""Names and texts of files act on nothing that shows them: terminals, logs, pages, commit messages."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from projects import CODEMOD, fixaudit, make_project
from repositories import ENVIRONMENT, Work
from streams import Streams

from fixaudit.text.visible import safe_json, visible
from fixaudit_cli.git.commit_messages import CommitSummary, commit_message

FORMATS = ("text", "json", "sarif", "github", "junit", "markdown", "html")
WORD = "\x1b[2J\x9b1m\x07\r\u202e\n::error::pwned\n##[group]x <img src=x> [a](b) **b** | `c` \x7f"
NAME = "::error file=x::pwned\x1b]0;t\x07\u202e\n::warning::y <b> `q` [l](u) # h.py"
MODULE = "def f():\n    return old('{}')\n"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A hostile name, a hostile reason, a file that cannot be read as Python, a hostile comment."""
    root = make_project(tmp_path / "tree")
    for name in (NAME, "bad\x1b[31m\r\n::error::.py"):
        (root / name).write_text(MODULE.format(1) if name == NAME else "x = old(\n")
    (root / "said.py").write_text(
        f"x = old('{1}')  # fixaudit: ignore -- \x1b[1m\u202e<b>|::set-env::\n"
        "# fixaudit: ignore[\x1b[1mnobody]\n"
    )
    hostile = CODEMOD.replace('f"call number {ast.unparse(node.args[0])}"', repr(WORD))
    (root / "tools" / "old_to_new.py").write_text(hostile)
    return root


@pytest.mark.parametrize("verb", [("check", "-v"), ("apply", "--dry-run")], ids=" ".join)
@pytest.mark.parametrize("name", FORMATS)
def test_no_format_lets_text_of_files_act(tree: Path, name: str, verb: tuple[str, ...]) -> None:
    done = fixaudit(tree, *verb, "--output-format", name, ".")
    text = done.output.decode()
    assert "pwned" in text
    assert not RAW.search(text)
    assert not RAW.search(done.notes)
    assert not COMMAND.search(done.notes)
    if name == "github":
        assert all(
            re.match(r"::(warning|error|notice|debug)[ :]", row) for row in text.splitlines()
        )
        assert text.count("\n") == len(text.splitlines()) == 3
    elif name not in ("json", "sarif"):
        assert not COMMAND.search(text)
    if name == "json":
        assert WORD in [entry["reason"] for entry in json.loads(text)["findings"]]
    if name == "sarif":
        results = json.loads(text)["runs"][0]["results"]
        assert WORD in [entry["message"]["text"] for entry in results]
    if name == "junit":
        assert "pwned" in ElementTree.tostring(ElementTree.fromstring(text), "unicode")
    if name == "html":
        assert not re.search(r"<(img|b>[^<]*`)", text)


def test_markdown_holds_no_element_of_a_file(tree: Path) -> None:
    text = fixaudit(tree, "check", "-v", "--output-format", "markdown", ".").output.decode()
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inside = [child for token in tokens for child in token.children or ()]
    assert {token.content for token in tokens if token.type == "html_block"} <= {
        "<details><summary>1 site left</summary>\n", "</details>\n"
    }  # fmt: skip
    assert not [child for child in inside if child.type in ("html_inline", "link_open", "image")]
    assert any("<img src=x> [a](b)" in child.content for child in inside)
    headings = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert any(visible(NAME) in token.children[0].content for token in headings if token.children)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "-v", "."),
        ("apply", "--dry-run", "."),
        ("apply", "--diff", "--check", "."),
        ("plan", "report.md", "."),
        ("plan", "-v", "report.md", "."),
        ("plan", "report.md", ".", "--output-format", "json"),
        ("explain", "said.py:1"),
        ("explain", "old-to-new"),
        ("list",),
        ("list", "--output-format", "json"),
        ("undo", "\x1b[2J::error::"),
        ("check", "no\x1b[2J\n::error::such"),
    ],
    ids=ascii,
)
def test_a_terminal_gets_no_control_character_of_a_file(
    tree: Path, arguments: tuple[str, ...]
) -> None:
    source = tree / "tools" / "old_to_new.py"
    source.write_text(source.read_text().replace("The old", "The \x9b2J\u202eold"))
    (tree / "said.py").write_text("x = old('\x07\x9b2J\u202e')\ny = old('\x1b[2J')\n")
    (tree / "report.md").write_text(
        "# Audit\n\n## ID\x1b[2J-1: said \u202e\x9b2J old (High)\n\n`said.py:1` calls `old`.\n"
        "\x1b]0;x\x07 Recommendation: use new\x07\n"
    )
    shown = Streams(tree, *arguments, stdout="tty")
    bar = re.compile(r"\x1b\[\?25[hl]|\x1b\[\d*[AKm]|\x1b\[\d+(;\d+)*m|\r")
    text = bar.sub("", shown.errors.decode())
    assert text.strip()
    assert not RAW.search(text)


def test_lines_of_a_patch_are_no_commands_in_githubs_log(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    text = '"""Doc.\n\n::add-mask::x\n ::error::pwned\n"""\n\nx = old(1)\n'
    (root / "m.py").write_text(text)
    plain = fixaudit(root, "apply", "--dry-run", "m.py")
    assert " ::error::pwned" in plain.output.decode()
    logged = Streams(root, "apply", "--dry-run", "m.py", stderr="pipe", GITHUB_ACTIONS="true")
    assert not COMMAND.search(logged.output.decode())
    assert b"--patch FILE" in logged.errors
    to = root / "patch"
    filed = Streams(
        root, "apply", "--dry-run", "m.py", stdout=to, stderr="pipe", GITHUB_ACTIONS="true"
    )
    assert filed.output == plain.output
    assert b"--patch" not in filed.errors


def test_runs_and_commits_hold_no_control_character(tree: Path) -> None:
    repository = Work(tree)
    (tree / "said.py").write_text("y = old(2)\n")
    (tree / "report.md").write_text(
        "# Audit\n\n## A\x1b[1m-1: said old\n\n`said.py:1` calls `old`.\n"
    )
    repository.git("init", "-q")
    repository.git("add", "--all")
    subprocess.run(
        ["git", "commit", "-qm", "first"], cwd=tree, check=True, env={**os.environ, **ENVIRONMENT}
    )
    done = fixaudit(tree, "apply", "said.py", "--commit-per", "finding")
    assert done.code == 0, done
    message = repository.git("log", "-1", "--format=%B")
    assert "pwned" in message
    assert not RAW.search(message)
    assert "\\x1b" in message
    listed = fixaudit(tree, "runs")
    assert not RAW.search(listed.output.decode())


def test_commit_messages_are_cleaned() -> None:
    summary = CommitSummary(
        "a\x1b[1m", "b\x07\n\nSigned-off-by: x", "c\x9b", 1, 1, ("d\u202e\n\ne",)
    )
    message = commit_message(summary)
    assert not RAW.search(message)
    assert "\n\nSigned-off-by" not in message
    assert "\\u202e e" in message


def test_what_is_visible_stays_as_it_is() -> None:
    for text in ("plain", "ünï – “x” 日本 \U0001f600 क्‍ष", "a::b", "x #[y]", ""):
        assert visible(text) == text
    assert visible(os.fsdecode(b"caf\xe9.py")) == "caf\\xe9.py"
    assert visible("a\n\tb\x1b", lines=True) == "a\n\tb\\x1b"
    assert visible("a\n\tb") == "a\\n\\tb"
    assert visible(" ::error::") == " \\x3a:error::"
    assert visible("x\n::error::", lines=True) == "x\n\\x3a:error::"
    assert visible("##vso[x]") == "\\x23#vso[x]"
    for text in ("\x7f\x9b\u202e\U000e0001", "\udc80", "日本"):
        assert json.loads(safe_json(json.dumps({"a": text}, ensure_ascii=False, indent=1))) == {
            "a": text
        }
