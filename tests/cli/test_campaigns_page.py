"""The page docs/campaigns.md: its tables against the code, its commands and files run as they stand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml
from campaign_page_repository import GIVEN, page_mono
from campaign_remotes import Mono

from fixaudit.campaigns import settings
from fixaudit.campaigns.state import BatchStatus

PAGE = (Path(__file__).parents[2] / "docs" / "campaigns.md").read_text("utf-8")
ACTIONS = ["new", "plan", "run", "merge", "publish", "sync", "status", "retry", "report", "close"]


@pytest.fixture
def mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    for name in ("CI", "BUILD_NUMBER"):  # by which pytest shortens no line of its summary
        monkeypatch.delenv(name, raising=False)
    return page_mono(tmp_path, monkeypatch)


def _section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _block(name: str) -> str:
    found = re.search(rf"```{re.escape(name)}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None, name
    return found[1]


def _shell(top: Path, command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-c", command], cwd=top, env={**os.environ, **more},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _done(top: Path, command: str, **more: str) -> str:
    done = _shell(top, command, **more)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


# ---------------------------------------------------------------- tables


def _toml(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return f"`{json.dumps(value)}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value:g}`"


def _keys(kind: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    hints = get_type_hints(kind)
    for entry in fields(kind):
        inner = [each for each in (hints[entry.name], *get_args(hints[entry.name])) if is_dataclass(each)]  # fmt: skip
        if entry.name in ("path", "root", "words"):
            continue
        if inner:
            yield from _keys(inner[0], f"{entry.name}.")
        else:
            default = "none: needed" if entry.default is MISSING else _toml(entry.default)
            yield f"{prefix}{entry.name.replace('_', '-')}", default


def test_the_table_of_keys_has_every_key_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z.-]+)` \| (.*?) \| .+ \|$", _section("The file"), re.MULTILINE)
    said = {name: default.strip() for name, default in rows}
    assert said == dict(_keys(settings.CampaignSettings))
    assert len(said) == len(rows)


def test_the_table_of_statuses_has_every_status() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| .+ \| .+ \|$", _section("The statuses"), re.MULTILINE)
    assert tuple(rows) == get_args(BatchStatus)


def test_the_help_is_whole_and_fits_a_terminal() -> None:
    whole = _done(Path.cwd(), f"{sys.executable} -m fixaudit_cli campaign --help")
    assert not re.search(r"\w\.\.\.", whole)
    assert re.findall(r"^  ([a-z]+)  ", whole, re.MULTILINE) == ACTIONS
    for action in ACTIONS:
        told = _done(Path.cwd(), f"{sys.executable} -m fixaudit_cli campaign {action} --help")
        assert max(map(len, told.splitlines())) <= 80
        assert f"fixaudit campaign {action} NAME" in PAGE


# ---------------------------------------------------------------- the first day


def _console() -> Iterator[tuple[str, list[str]]]:
    """The commands of the first day, each with the lines that the page shows below it."""
    for block in re.findall(r"```console\n(.*?)```", _section("The first day"), re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.splitlines()
            yield command, lines


def _plain(lines: list[str]) -> list[str]:
    """Without what differs from run to run; batches may end in another order."""
    return sorted(
        re.sub(r"\b[0-9]+(\.[0-9]+)? ?s\b|\b[0-9a-f]{9,12}\b", "~", line).rstrip() for line in lines
    )


def _others_work(mono: Mono) -> None:
    """What the page says happens between the two blocks of its first day."""
    other = mono.clone("other")
    other.git("merge", "--quiet", "--squash", "origin/fixaudit/reraise/web-01")
    other.git("commit", "--quiet", "-m", "web: plain raise (#7)")
    test = other.top / "packages/ship/tests/test_ship.py"
    test.write_text(test.read_text().replace('"4"', '"3"'))
    module = other.top / "packages/pay/src/pay/__init__.py"
    module.write_text("# paid\n" + module.read_text())
    other.git("commit", "--quiet", "--all", "-m", "ship: mend")
    other.git("push", "--quiet", "origin", "main")


def test_the_first_day_is_as_the_page_shows_it(mono: Mono, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIXAUDIT_TRUST")
    commands = list(_console())
    assert len(commands) == 13
    for number, (command, lines) in enumerate(commands):
        if number == 2:
            _fill_in(mono, _block("toml"))
        if number == 6:
            _others_work(mono)
        done = _shell(mono.top, command)
        shown = (done.stdout + done.stderr).splitlines()
        assert done.returncode == (1 if number == 3 else 0), (command, shown)
        if lines:
            assert _plain(shown) == _plain(lines), (command, shown)
    assert (mono.top / "whole.patch").read_bytes().startswith(b"diff --git")


def _fill_in(mono: Mono, table: str) -> None:
    path = mono.top / "campaigns" / "reraise.toml"
    head = path.read_text().split("[publish]")[0]
    path.write_text(head + table)
    mono.commit("A campaign")


def test_gitlabs_commands_and_the_snippet_of_python_are_sound(mono: Mono) -> None:
    _, gitlab = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    mono.work.write("campaigns/reraise.toml", GIVEN + gitlab)
    mono.commit()
    told = _done(mono.top, "fixaudit campaign plan reraise")
    assert "4 sites in 3 packages" in told
    mono.work.write("snippet.py", _block("python"))
    shown = _done(mono.top, f"{sys.executable} snippet.py").splitlines()
    assert shown[0] == "logistics-01 @acme/logistics 2"


# ---------------------------------------------------------------- shards


def _steps(job: Mapping[str, Any]) -> list[str]:
    """What a job runs of fixaudit and git; `pip install` is this environment."""
    return [s["run"] for s in job["steps"] if "run" in s and "pip install" not in s["run"]]


def _published(mono: Mono) -> list[str]:
    found = mono.work.git("ls-remote", "--heads", str(mono.remote), "fixaudit/*")
    return sorted(line.rpartition("/")[2] for line in found.splitlines())


def _given(mono: Mono) -> str:
    mono.work.write("campaigns/reraise.toml", GIVEN + _block("toml"))
    return mono.commit()


def test_the_matrix_of_ci_and_the_scheduled_sync_run_as_written(mono: Mono, tmp_path: Path) -> None:
    sha = _given(mono)
    workflow = yaml.safe_load(_block("yaml .github/workflows/campaign.yml"))
    verify, publish = workflow["jobs"]["verify"], workflow["jobs"]["publish"]
    assert publish["needs"] == "verify"
    summary = str(tmp_path / "summary.md")
    kept = tmp_path / "kept"
    kept.mkdir()
    for shard in verify["strategy"]["matrix"]["shard"]:
        top = mono.clone(f"runner{shard}").top
        for step in _steps(verify):
            _done(top, step.replace("${{ matrix.shard }}", str(shard)), GITHUB_SHA=sha)
        [upload] = [s for s in verify["steps"] if "upload-artifact" in s.get("uses", "")]
        for path in (top / upload["with"]["path"]).iterdir():
            path.rename(kept / path.name)
    top = mono.clone("publisher").top
    kept.rename(top / "shards")
    for step in _steps(publish):
        _done(top, step, GITHUB_SHA=sha, GITHUB_STEP_SUMMARY=summary)
    assert _published(mono) == ["payments-01", "web-01"]
    assert "red-before" in Path(summary).read_text()
    _others_work(mono)
    nightly = yaml.safe_load(_block("yaml .github/workflows/campaign-sync.yml"))["jobs"]["sync"]
    top = mono.clone("nightly").top
    for step in _steps(nightly):
        _done(top, step)
    assert _published(mono) == ["logistics-01", "payments-01", "web-01"]
    assert "1 merged, 2 published" in (top / "board.html").read_text()


def _variables(container: Mapping[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in container["env"]}


def test_the_indexed_job_and_the_array_run_as_written(mono: Mono, tmp_path: Path) -> None:
    sha = _given(mono)
    job = yaml.safe_load(_block("yaml campaign-job.yaml"))["spec"]
    pod = job["template"]["spec"]
    [clone], [verify] = pod["initContainers"], pod["containers"]
    assert _variables(verify)["SHARDS"] == str(job["completions"])
    results = {kind: tmp_path / f"{kind}-results" for kind in ("kubernetes", "slurm")}
    for index in range(job["completions"]):
        own = {"CHECKOUT": str(tmp_path / f"pod{index}"), "JOB_COMPLETION_INDEX": str(index)}
        given = {"REPOSITORY": str(mono.remote), "COMMIT": sha, "RESULTS": str(results["kubernetes"])}  # fmt: skip
        for container in (clone, verify):
            variables = {**_variables(container), **given, **own}
            subprocess.run(container["command"], env={**os.environ, **variables}, check=True)
    for task in range(1, 4):
        folder = tmp_path / f"task{task}"
        folder.mkdir()
        given = {"REPOSITORY": str(mono.remote), "COMMIT": sha, "RESULTS": str(results["slurm"])}
        number = {"SLURM_ARRAY_TASK_ID": str(task), "TMPDIR": str(folder)}
        _done(folder, _block("sh campaign.sbatch"), **given, **number)
    merged = {}
    for kind, folder in results.items():
        top = mono.clone(kind).top
        assert _shell(top, f"fixaudit campaign merge reraise {folder}").returncode == 1
        _done(top, "fixaudit campaign report reraise --ledger ledger.jsonl")
        merged[kind] = (top / "ledger.jsonl").read_bytes()
    assert merged["kubernetes"] == merged["slurm"]
    assert merged["slurm"].count(b'"verified"') == 2
