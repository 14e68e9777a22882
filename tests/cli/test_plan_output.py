"""A plan on the terminal: a table of 80 columns, and what there is to say of a finding below it."""

from __future__ import annotations

import html
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from example_service import EXAMPLE, copied_service
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from fixaudit_cli.app import run

KEYS = "import hashlib\n\n\ndef key(text):\n    return hashlib.md5(text).hexdigest()\n"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return copied_service(tmp_path, monkeypatch)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "t"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[list[str], str]:
    """The lines of standard output, and standard error."""
    capfd.readouterr()
    run(["plan", "AUDIT.md", *arguments])
    found = capfd.readouterr()
    return found.out.splitlines(), found.err


def paragraph(lines: list[str], key: str) -> dict[str, str]:
    """What is said of a finding, by its labels."""
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{key} (")) + 1
    found: dict[str, str] = {}
    label = ""
    for line in lines[start:]:
        if not line.startswith("  "):
            break
        label = line[2:10].strip() or label
        found[label] = f"{found.get(label, '')} {line[10:]}".strip()
    return found


def test_every_line_but_a_command_fits_80_columns(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines, _ = shown(capfd)
    assert lines[0].split() == ["severity", "id", "title", "place", "what", "happens"]
    assert len(lines[1:46]) == 45
    long = [line for line in lines if len(line) > 80 and not line.startswith("  run")]
    assert long == []


def test_a_row_says_what_happens_in_plain_words(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines, err = shown(capfd)
    rows = {line.split()[1]: line for line in lines[1:46]}
    assert rows["1.1"].endswith("fix with --unsafe")
    assert rows["1.4"].endswith("left alone")
    assert rows["2.1"].startswith("high      2.1   Delete endpoint")
    assert rows["2.4"].endswith("fix with --unsafe")
    assert rows["1.5"].endswith("by hand")
    assert rows["4.2"].endswith("for review")
    assert rows["4.5"].endswith("fix 7 of 12")
    assert "45 findings: " in err
    assert "13 fix with --unsafe" in err


def test_a_place_is_cut_at_its_beginning_and_a_title_at_its_end(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tree / "a_folder_with_a_long_name" / "another_folder_with_a_long_name"
    folder.mkdir(parents=True)
    (folder / "keys.py").write_text(KEYS)
    place = (folder / "keys.py").relative_to(tree)
    title = "MD5 is used where a stronger hash is what everybody expects these days"
    Path("AUDIT.md").write_text(f"# A\n\n### 1. {title}\n\n**Severity:** High\n\n`{place}:5`\n")
    lines, _ = shown(capfd)
    assert len(lines[1]) <= 80
    assert "MD5 is used where" in lines[1]
    assert "long_name/keys.py:5" in lines[1]
    assert lines[1].count("…") == 2


def test_a_paragraph_says_what_where_what_happens_and_the_command(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines, _ = shown(capfd)
    told = paragraph(lines, "1.2")
    assert list(told) == ["report", "where", "plan", "run"]
    assert told["where"] == "catalog/cache/keys.py:19: as cited, the flaw is here"
    assert "entries cached before are not found again" in told["plan"]
    assert told["run"] == ("fixaudit apply --report AUDIT.md --finding 1.2 --unsafe --dry-run")
    assert paragraph(lines, "4.2")["run"] == "fixaudit explain catalog/main.py:43"
    assert not any(line.startswith(("2.1 (", "6.4 (")) for line in lines)


def test_the_commands_that_are_told_work(service: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines, _ = shown(capfd, "--select", "core,security")
    commands = [shlex.split(line.split(maxsplit=1)[1]) for line in lines if line[:5] == "  run"]
    wanted = [command[1:] for command in commands if "1.2" in command or "explain" in command]
    assert len(wanted) > 2
    for command in wanted:
        assert run(command) == 0, command
        assert capfd.readouterr().out


def test_a_file_in_a_command_is_named_from_the_current_folder(
    service: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(service / "scripts")
    capfd.readouterr()
    assert run(["plan", "../AUDIT.md", "..", "--finding", "4.2"]) == 0
    told = paragraph(capfd.readouterr().out.splitlines(), "4.2")
    assert told["run"] == "fixaudit explain ../catalog/main.py:43"
    assert run(shlex.split(told["run"])[1:]) == 0


def test_what_was_not_taken_is_counted_and_told_on_request(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tree / "keys.py").write_text(KEYS)
    Path("AUDIT.md").write_text(
        "# A\n\nSee `keys.py:1` for the style.\n\n### 1. MD5 used\n\n`keys.py:5` uses MD5.\n"
    )
    lines, _ = shown(capfd)
    told = " ".join(" ".join(lines).split())
    assert (
        "AUDIT.md: 1 line with a place, an id or code was not understood as a finding: line 3; -v"
        in told
    )
    lines, _ = shown(capfd, "-v")
    assert any("line 3:" in line for line in lines)


def test_a_choice_by_severity_says_how_many_have_none(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, err = shown(capfd, "--severity", "high+")
    assert "4 findings have no severity and are left out" in err


def test_what_is_kept_says_so_and_how_to_edit_it(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tree / "keys.py").write_text(KEYS)
    Path("AUDIT.md").write_text(
        "# A\n\n### 1. MD5 used (S324)\n\n**Severity:** Low\n\n`keys.py:5`\n\n"
        "## Do not touch\n\n- `keys.py:5`: a partner's hash\n"
    )
    lines, _ = shown(capfd)
    assert lines[1].endswith("kept as asked")
    told = paragraph(lines, "1")
    assert "AUDIT.md:11 asks to keep this" in told["plan"]
    assert told["run"].endswith("--finding 1 --with-kept --dry-run")


def document(capfd: pytest.CaptureFixture[str], form: str, *options: str) -> str:
    capfd.readouterr()
    assert run(["plan", "AUDIT.md", "--output-format", form, *options]) == 0
    return capfd.readouterr().out


def test_what_happens_is_the_same_wherever_the_tree_stands(
    service: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder of its own, and below the distribution and the settings of another one."""

    def happens() -> dict[str, tuple[str, str, list[int]]]:
        rows = json.loads(document(capfd, "json"))["findings"]
        keys = {row["id"]: [site["line"] for site in row["here"]] for row in rows}
        return {row["id"]: (row["verdict"], row["flaw"], keys[row["id"]]) for row in rows}

    alone = happens()
    monkeypatch.chdir(EXAMPLE)
    assert happens() == alone


def test_sarif_is_valid_and_has_a_result_a_place(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = document(capfd, "sarif")
    Sarif.model_validate_json(text)
    (only,) = json.loads(text)["runs"]
    plan = json.loads(document(capfd, "json"))
    rules = [rule["id"] for rule in only["tool"]["driver"]["rules"]]
    assert rules == [row["id"] for row in plan["findings"]]
    for row in plan["findings"]:
        results = [entry for entry in only["results"] if entry["ruleId"] == row["id"]]
        assert len(results) == max(1, len(row["places"])) + len(row["elsewhere"])
        for result, place in zip(results, row["places"], strict=False):
            where = result["locations"][0]["physicalLocation"]
            assert where["artifactLocation"]["uri"] == place["path"]
            assert result["properties"]["flaw"] == place["flaw"]
            assert (result["kind"] == "fail") == (place["flaw"] == "here")
    (first,) = [entry for entry in only["results"] if entry["ruleId"] == "2.1"]
    assert first["level"] == "error"
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "catalog/api/admin.py"


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_markdown_and_html_have_every_row_and_every_paragraph(
    service: Path, capfd: pytest.CaptureFixture[str], form: str
) -> None:
    text = document(capfd, form)
    plan = json.loads(document(capfd, "json"))
    assert "45 findings" in text
    rows = [line for line in text.splitlines() if line.startswith(("| ", "<tr><td>"))]
    assert len(rows) - (form == "markdown") == len(plan["findings"])
    assert "fixaudit apply --report AUDIT.md --finding 1.2 --unsafe --dry-run" in text
    assert "http://" not in text
    assert "https://" not in text


HOSTILE = "<script>alert(1)</script> | `x` **bold** [a](javascript:b) \x1b[31m"


@pytest.mark.parametrize("form", ["markdown", "html", "sarif", "text"])
def test_what_a_report_says_is_text_in_every_format(
    tree: Path, capfd: pytest.CaptureFixture[str], form: str
) -> None:
    (tree / "keys.py").write_text(KEYS)
    rows = [
        {
            "id": "<b>1",
            "title": HOSTILE,
            "path": "keys.py",
            "line": 5,
            "rule": "S324",
            "severity": "high",
            "description": HOSTILE,
        }
    ]
    Path("AUDIT.md").write_text("")
    Path("scan.json").write_text(json.dumps(rows))
    capfd.readouterr()
    assert run(["plan", "scan.json", "--output-format", form]) == 0
    out = capfd.readouterr().out
    assert "\x1b" not in out
    if form in ("markdown", "html"):
        assert "<script>alert" not in out
        assert "<b>1" not in re.sub("`[^`]*`", "", out)
        assert "[a](javascript" not in out or form == "html"
    assert "alert(1)" in out


def test_a_plan_file_stays_json_beside_another_format(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = document(capfd, "markdown", "-o", "plan.json")
    assert text.startswith("# Plan of `AUDIT.md`")
    assert json.loads(Path("plan.json").read_text())["version"] == 2
    assert "fixaudit apply --plan plan.json --finding 1.2" in text


def test_a_format_that_is_not_there_is_refused(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", "AUDIT.md", "--output-format", "junit"]) == 2
    assert "text, json, sarif, markdown, html" in capfd.readouterr().err


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_lines_to_set_are_whole_in_every_format(
    tree: Path, capfd: pytest.CaptureFixture[str], form: str
) -> None:
    (tree / "api.py").write_text(
        "from flask import Flask\nfrom flask_cors import CORS\n\napp = Flask(__name__)\nCORS(app)\n"
    )
    origin = f"https://{'a-long-name.' * 6}example.org"
    Path("AUDIT.md").write_text(
        f"# A\n\n### 1. Unrestricted CORS configuration\n\n**Severity:** High\n\n`api.py:5`\n\nCORS is enabled without any origin restrictions, for every website.\n\n**Fix:**\n\n```python\nCORS(app, origins=['{origin}'])\n```\n"
    )
    text = html.unescape(document(capfd, form))
    start = text.index("[codemods.cors-wildcard]")
    lines = [line.strip() for line in text[start:].splitlines()[:2]]
    table = tomllib.loads("\n".join(lines).partition("</pre>")[0])
    assert table == {"codemods": {"cors-wildcard": {"origins": [origin]}}}
