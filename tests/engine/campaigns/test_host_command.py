"""The host's command: a real program that is given text as text, by file or behind an option's name."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.host_command import (
    Host,
    HostError,
    HostStatus,
    HostValues,
    last_url,
    read_status,
)
from fixaudit.campaigns.placeholders import HOST_WORDS, placeholder_problem
from fixaudit.campaigns.settings import Command, PublishSettings

ECHO = """\
import json, os, sys
files = {}
for argument in sys.argv[1:]:
    path = argument.partition("=")[2]
    if os.path.isfile(path):
        files[argument.partition("=")[0]] = open(path, encoding="utf-8", newline="").read()
        files["mode"] = oct(os.stat(os.path.dirname(path)).st_mode & 0o777)
with open("seen.json", "w") as file:
    json.dump({"argv": sys.argv[1:], "files": files, "cwd": os.getcwd(), "stdin": sys.stdin.read()}, file)
print("https://host.example/1")
"""
VALUES = HostValues(
    "fixaudit/c/a-01", "main", "a-01", "c", "origin", "A title", "A body\n", ("x",), ("@acme/pay",)
)


def host(folder: Path, *arguments: str, script: str = ECHO, timeout: float = 60.0) -> Host:
    path = folder / "tool"
    path.write_text(f"#!{sys.executable}\n{script}")
    path.chmod(0o755)
    command: Command = ("./tool", *arguments)
    settings = PublishSettings(
        command=command, status_command=command, ready_command=command, timeout=timeout
    )
    return Host(settings, folder, lambda text: text.replace("s3cr3t", "***"))


def seen(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "seen.json").read_text())
    return found


NASTY = [
    "--web",
    "-rf",
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned #",
    "a b\tc",
    "'\" \\",
    "{branch} {body-file}",
    "%s %n {{.x}}",
    "*",
    "@file",
    "é €",
]


@pytest.mark.parametrize("text", NASTY)
def test_text_that_looks_like_an_option_or_shell_arrives_as_text(tmp_path: Path, text: str) -> None:
    arguments = (
        *("--title={title}", "--body-file={body-file}", "--title-file={title-file}"),
        *("--label={labels}", "--reviewer={owners}", "--labels-file={labels-file}"),
        *("--owners-file={owners-file}", "--head={branch}", "--description={body}"),
    )
    values = replace(VALUES, title=text, body=text, labels=(text, "b"), owners=(f"@{text}",))
    assert host(tmp_path, *arguments).open(values) == "https://host.example/1"
    found = seen(tmp_path)
    argv = found["argv"]
    assert isinstance(argv, list)
    one = " ".join(text.split())
    assert f"--title={one}" in argv
    assert f"--description={text}" in argv
    assert [a for a in argv if a.startswith("--label=")] == [f"--label={one}", "--label=b"]
    reviewers = [a for a in argv if a.startswith("--reviewer=")]
    assert reviewers == ([] if "@" in text else [f"--reviewer={one}"])
    assert "--head=fixaudit/c/a-01" in argv
    assert found["files"] == {
        "--body-file": text,
        "--title-file": f"{one}\n",
        "--labels-file": f"{one}\nb\n",
        "--owners-file": f"@{one}\n",
        "mode": "0o700",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seen.json", "tool"]


def test_lines_controls_and_bytes_of_no_text_arrive_as_one_line(tmp_path: Path) -> None:
    values = replace(VALUES, title="a\nb\x00\x1b[2J\udc80", labels=("x\ny",), body="a\x00b\udc80")
    host(tmp_path, "--title={title}", "--label={labels}", "--description={body}").open(values)
    assert seen(tmp_path)["argv"] == ["--title=a b\\x00\\x1b[2J\\x80", "--label=x y", "--description=ab\\x80"]  # fmt: skip


def test_an_argument_of_an_empty_list_is_left_out(tmp_path: Path) -> None:
    host(tmp_path, "--label={labels}", "--reviewer={owners}", "--x").open(
        replace(VALUES, labels=(), owners=("a@example.org", "@@maintainers", ""))
    )
    assert seen(tmp_path)["argv"] == ["--x"]


def test_it_runs_at_the_top_and_reads_no_terminal(tmp_path: Path) -> None:
    host(tmp_path, "--base={base}").open(VALUES)
    found = seen(tmp_path)
    assert found["cwd"] == os.path.realpath(tmp_path)
    assert found["stdin"] == ""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("{branch}",), '"{branch}" for a program'),
        (("gh", "{title}"), 'write "--title={title}", or "{title-file}"'),
        (("gh", "{labels}"), 'write "--labels={labels}", or "{labels-file}"'),
        (("gh", "{owners}"), "could be taken for an option"),
        (("gh", "-t{title}"), "could be taken for an option"),
        (("gh", "x={body}"), "could be taken for an option"),
        (("sh", "-c", "gh pr create --title={title}"), "read as a command"),
        (("gh", "--title={titel}"), '"{titel}", which is no placeholder; did you mean "title"?'),
        (("gh", "{url}"), '"{url}", which is no placeholder; there are {base}, {batch}'),
    ],
)
def test_commands_that_would_not_keep_text_apart_are_refused(command: Command, said: str) -> None:
    wrong = placeholder_problem(command, HOST_WORDS)
    assert wrong is not None
    assert said in wrong
    assert len(wrong.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("gh", "pr", "create", "--title={title}", "--body-file={body-file}", "--draft"),
        ("gh", "pr", "ready", "{branch}"),
        ("gh", "pr", "list", '--jq=(.[0] // {"state": "none"}) | {state, url}', "--head={branch}"),
        ("glab", "api", "--raw-field=title={title}", "--field=description=@{body-file}"),
        ("tool", "{title-file}", "{batch}", "{campaign}", "{remote}", "{base}"),
    ],
)
def test_commands_of_hosts_are_taken(command: Command) -> None:
    assert placeholder_problem(command, HOST_WORDS) is None


def test_a_program_that_is_not_there_is_named_before_anything(tmp_path: Path) -> None:
    settings = PublishSettings(command=("no-such-host-tool", "--title={title}"))
    with pytest.raises(CampaignError, match=r"publish\.command: there is no program `no-such-host"):
        Host(settings, tmp_path).check()
    ready = PublishSettings(ready_command=("./no-such",))
    with pytest.raises(CampaignError, match=r"publish\.ready-command: there is no program"):
        Host(ready, tmp_path).check()


def test_a_program_of_the_current_folder_is_not_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(CampaignError, match="there is no program `tool`"):
        Host(PublishSettings(command=("tool",)), tmp_path).check()


@pytest.mark.parametrize(
    ("printed", "url"),
    [
        ("Creating…\nhttps://host.example/1\n", "https://host.example/1"),
        ("https://a.example/1\nhttps://b.example/2\ndone\n", "https://b.example/2"),
        ("see https://a.example/1", None),
        ("javascript:alert(1)\nfile:///etc/passwd", None),
        ('https://a.example/"><script>\n', None),
        ("https://a.example/\u202e1", None),
        ("", None),
    ],
)
def test_the_url_is_the_last_line_that_is_one(printed: str, url: str | None) -> None:
    assert last_url(printed) == url


def test_a_url_on_the_error_stream_is_none(tmp_path: Path) -> None:
    script = "import sys; print('https://news.example/2', file=sys.stderr)"
    assert host(tmp_path, script=script).open(VALUES) is None


def test_a_failure_tells_the_masked_end_on_one_line(tmp_path: Path) -> None:
    script = "import sys; print('x' * 4000 + '\\nkey s3cr3t\\n\\x1b[31mHTTP 401', file=sys.stderr); sys.exit(4)"  # fmt: skip
    with pytest.raises(HostError) as caught:
        host(tmp_path, script=script).open(VALUES)
    said = str(caught.value)
    assert said.startswith("tool ended with 4: ")
    assert "s3cr3t" not in said
    assert "\x1b" not in said
    assert len(said) < 400
    assert len(said.splitlines()) == 1
    assert not caught.value.in_doubt


def test_what_ends_too_late_is_ended_with_all_it_started_and_in_doubt(tmp_path: Path) -> None:
    """Both wait for a pipe that nobody writes to; the child's end of another one is gone with it."""
    os.mkfifo(tmp_path / "never")
    os.mkfifo(tmp_path / "alive")
    script = (
        "import os\nif os.fork() == 0:\n    end = os.open('alive', os.O_WRONLY)\n"
        "    os.write(end, b'child')\nopen('never').read()\n"
    )
    reader = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(HostError, match="took longer than 1 seconds") as caught:
            host(tmp_path, script=script, timeout=1.0).open(VALUES)
        assert caught.value.in_doubt
        os.set_blocking(reader, True)
        parts = iter(lambda: os.read(reader, 100), b"")
        assert b"".join(parts) == b"child"
    finally:
        os.close(reader)


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ('{"state": "open"}', HostStatus("open")),
        ('{"state": "OPEN", "checks": "green", "url": "https://h.example/1", "x": 1}', HostStatus("open", "green", "https://h.example/1")),
        ('{"state": "merged", "checks": null, "url": null}', HostStatus("merged")),
        ('{"state": "closed", "checks": "RED", "url": "javascript:x"}', HostStatus("closed", "red")),
        ('{"state": "none"}\n', HostStatus("none")),
    ],
)  # fmt: skip
def test_status_is_json(printed: str, status: HostStatus) -> None:
    assert read_status(printed) == status


@pytest.mark.parametrize(
    "printed",
    ["", "OPEN", "[]", "null", '{"state": 1}', '{"state": "draft"}', '{"state": "open", "checks": "ok"}',
     '{"state": "open", "checks": 1}', '{"state": "open", "url": []}', "[" * 100_000, "\x1b[2J", "{\n\n}"],
)  # fmt: skip
def test_any_other_status_is_unknown_on_one_line(printed: str) -> None:
    found = read_status(printed)
    assert found.state == "unknown"
    assert found.reason is not None
    assert len(found.reason.splitlines()) == 1
    assert "\x1b" not in found.reason


def test_a_status_that_fails_is_unknown_and_masked(tmp_path: Path) -> None:
    script = "import sys; print('s3cr3t'); sys.exit(1)"
    found = host(tmp_path, script=script).status(VALUES)
    assert found == HostStatus("unknown", reason="tool ended with 1: ***")
    printed = host(tmp_path, script="print('s3cr3t')").status(VALUES)
    assert printed.reason is not None
    assert printed.reason.startswith("status-command printed ***, and not")
