"""A campaign's file: what it says, typed, and one line with file and line for what it cannot say."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import made_monorepo
import pytest
from repositories import Work, new_work

from fixaudit.campaigns.definition import campaign_names, config_digest, read_campaign
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.new_campaign import new_campaign
from fixaudit.campaigns.settings import GoalSettings
from fixaudit.campaigns.trusted import campaign_text, campaign_trust_item, check_trusted
from fixaudit.errors import FixauditError
from fixaudit.registry.local_code import LocalCode
from fixaudit.registry.trust import read_records

EVERYTHING = """\
name = "utc-aware"
select = ["utcnow-to-aware"]
ignore = ["FA101"]
paths = ["packages"]
title = "Aware times"
why = "naive times mislead"
[batch]
by = ["codemod", "folder"]
max-files = 10
max-lines = 90
verdicts = ["fix", "unsafe"]
[worktree]
setup = [["uv", "sync", "--frozen"], ["make", "generated"]]
copy = [".env.test"]
keep = [".venv", "node_modules"]
lock-files = ["uv.lock"]
timeout = 60
[verify]
by = "host"
commands = [["pytest", "-q", "{folder}"]]
run-in = "root"
scope = "affected"
affected = ["pants", "--changed-since={base}", "list"]
max-dependents = 0
max-parallel = 4
baseline-run = false
flaky-retries = 0
python = [".venv/bin/python"]
timeout = 12.5
log-lines = 5
mask = ["token=\\\\S+"]
[publish]
branch = "bots/{campaign}/{batch}"
base = "trunk"
push-remote = "fork"
draft = true
command = ["gh", "pr", "create", "--head", "{branch}", "--body-file", "{body-file}"]
status-command = ["gh", "pr", "view", "{branch}"]
ready-command = ["gh", "pr", "ready", "{branch}"]
labels = ["bot"]
hooks = true
sign = "never"
max-open = 20
max-open-per-owner = 3
rate = "10/hour"
window = "mon-thu 09:00-16:00"
timezone = "Europe/Berlin"
timeout = 30
[goal]
findings = 3
deadline = 2027-01-31
[repos]
list = "repos.txt"
"""
LEAST = 'name = "utc-aware"\nselect = ["utcnow-to-aware"]\n'


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("FIXAUDIT_TRUST", raising=False)
    made = new_work(tmp_path, monkeypatch)
    monkeypatch.chdir(made.top)
    return made


def test_every_key_is_read(work: Work) -> None:
    work.write("campaigns/utc-aware.toml", EVERYTHING)
    found = read_campaign(work.top, "utc-aware")
    assert found.worktree.setup == (("uv", "sync", "--frozen"), ("make", "generated"))
    assert found.verify.affected == ("pants", "--changed-since={base}", "list")
    assert found.verify.timeout == 12.5
    assert found.publish.max_open_per_owner == 3
    assert found.publish.window == "mon-thu 09:00-16:00"
    assert found.goal == GoalSettings(3, "2027-01-31")
    assert found.branch("payments-01") == "bots/utc-aware/payments-01"
    assert (found.path, found.root) == (work.top / "campaigns/utc-aware.toml", work.top)


@pytest.mark.parametrize(
    "window",
    ["mon-thu 09:00-16:00", "mon,wed 9:00-12:00; fri 13:00-24:00", "22:00-05:00", "sat-sun"],
)
def test_windows(work: Work, window: str) -> None:
    work.write("campaigns/utc-aware.toml", f'{LEAST}[publish]\nwindow = "{window}"\n')
    assert read_campaign(work.top, "utc-aware").publish.window == window


def test_what_is_not_said_is_as_in_the_documents(work: Work) -> None:
    work.write("campaigns/utc-aware.toml", LEAST)
    found = read_campaign(work.top, "utc-aware")
    assert found.batch.by == ("owner", "package")
    assert (found.batch.max_files, found.batch.max_lines) == (50, 400)
    assert found.goal is None


WRONG = {
    "unknown key": ("[batch]\nmax-file = 3\n", '4: unknown key "max-file" in [batch]; did you mean "max-files"?'),
    "unknown table": ("[verfy]\n", '3: unknown key "verfy"; did you mean "verify"?'),
    "where it stands": ('path = "x"\n', '3: unknown key "path"'),
    "wrong type": ('[batch]\nmax-files = "3"\n', '4: "max-files" must be an integer, not "3"'),
    "a string for lists": ('[verify]\ncommands = "pytest"\n', '4: "commands" must be a list of lists of strings, not "pytest"'),
    "strings for lists": ('[verify]\ncommands = ["pytest"]\n', '4: "commands" must be a list of lists of strings, but holds "pytest"'),
    "numbers in lists": ("[verify]\ncommands = [[1]]\n", '4: "commands" must be a list of lists of strings, but holds a list'),
    "no verdict": ('[batch]\nverdicts = ["fixed"]\n', '4: "verdicts" must be one of "fix", "unsafe", not "fixed"; did you mean "fix"?'),
    "a verdict twice": ('[batch]\nverdicts = ["fix", "fix"]\n', '4: "verdicts" names "fix" twice'),
    "nothing to group by": ("[batch]\nby = []\n", '4: "by" must name something'),
    "no room": ("[batch]\nmax-lines = 0\n", '4: "max-lines" must be 1 or more, not 0'),
    "no time": ("[verify]\ntimeout = nan\n", '4: "timeout" must be seconds, more than 0, not nan'),
    "an empty command": ("[verify]\ncommands = [[]]\n", '4: "commands" holds a command without a program'),
    "a shell line": ('[verify]\ncommands = [["pytest -q"]]\n', '4: "commands" holds "pytest -q" as one word, and no shell reads it; write ["pytest", "-q"]'),
    "a placeholder": ('[verify]\ncommands = [["pytest", "{foldr}"]]\n', '4: "commands" has "{foldr}", which is no placeholder; did you mean "folder"?'),
    "text of others": ('[publish]\ncommand = ["gh", "{title}"]\n', '4: "command" has "{title}", which could be taken for an option'),
    "a placeholder in setup": ('[worktree]\nsetup = [["make", "{base}"]]\n', '4: "setup" has "{base}", and no placeholder is known there'),
    "affected by nothing": ('[verify]\nscope = "affected"\n', '4: "scope" is "affected", and no command says what is'),
    "affected in vain": ('[verify]\naffected = ["x"]\n', '4: "affected" is never run, as "scope" is "dependents"'),
    "a pattern": ('[verify]\nmask = ["("]\n', '4: "mask" holds "(", which is no regular expression'),
    "a pattern of nothing": ('[verify]\nmask = ["x*"]\n', '4: "mask" holds "x*", which matches an empty text'),
    "a path outside": ('[worktree]\ncopy = ["../.env"]\n', '4: "copy" holds "../.env", which is no path in the repository'),
    "the whole tree": ('[worktree]\nkeep = ["."]\n', '4: "keep" holds the whole tree'),
    "no batch in the branch": ('[publish]\nbranch = "bots/{campaign}"\n', '4: "branch" must hold {batch}'),
    "another word in the branch": ('[publish]\nbranch = "{owner}/{batch}"\n', '4: "branch" has "{owner}"; {campaign} and {batch} are known'),
    "no branch": ('[publish]\nbranch = "a..b/{batch}"\n', '4: "branch" gives "a..b/payments-01", which git allows for no branch'),
    "an option as branch": ('[publish]\nbranch = "-{batch}"\n', '4: "branch" gives "-payments-01", which git allows for no branch'),
    "the base as branch": ('[publish]\nbranch = "{batch}"\nbase = "work-01"\n', '4: "branch" gives names such as "payments-01", which may be the base work-01'),
    "below the base": ('[publish]\nbranch = "main/{batch}"\n', '4: "branch" gives names such as "main/payments-01", which git cannot keep beside the base main'),
    "a protected branch": ('[publish]\nbranch = "hotfix/{batch}"\n', '"hotfix/payments-01", which may be the protected branch hotfix/*'),
    "a base": ('[publish]\nbase = "@{-1}"\n', '4: "base" is "@{-1}", which is no name of a branch'),
    "a remote": ('[publish]\npush-remote = "--upload-pack=x"\n', '4: "push-remote" is "--upload-pack=x", no remote'),
    "a rate": ('[publish]\nrate = "10 an hour"\n', '4: "rate" must look like "10/hour" (minute, hour, day), not "10 an hour"'),
    "a window": ('[publish]\nwindow = "mon-thu 9-16"\n', '4: "window" must look like "mon-thu 09:00-16:00", not "mon-thu 9-16"'),
    "an empty window": ('[publish]\nwindow = "mon 09:00-09:00"\n', '4: "window" must look like'),
    "a time zone": ('[publish]\ntimezone = "Europe/Berln"\n', '4: unknown time zone "Europe/Berln"; did you mean "Europe/Berlin"?'),
    "a file as time zone": ('[publish]\ntimezone = "../../etc/passwd"\n', '4: unknown time zone "../../etc/passwd"'),
    "a day": ('[goal]\ndeadline = "soon"\n', '4: "deadline" must be a day such as 2027-01-31, not "soon"'),
    "a time of day": ("[goal]\ndeadline = 2027-01-31T10:00:00\n", '4: "deadline" is a day'),
    "both kinds of repositories": ('[repos]\nlist = "a"\nfolder = "b"\n', '5: "list" and "folder" exclude each other'),
    "no TOML": ("[batch\n", "3: is not valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_its_line(work: Work, case: str) -> None:
    text, expected = WRONG[case]
    work.write("campaigns/utc-aware.toml", LEAST + text)
    with pytest.raises(CampaignError) as raised:
        read_campaign(work.top, "utc-aware")
    message = str(raised.value)
    assert message.startswith("campaigns/utc-aware.toml:")
    assert expected in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name = "utc-aware"\n', 'campaigns/utc-aware.toml: needs "select"'),
        ('select = ["FA101"]\n', 'campaigns/utc-aware.toml: needs "name"'),
        ('name = "utc"\nselect = ["FA101"]\n', '1: "name" is "utc", and the file is utc-aware.toml'),
        ('name = "UTC aware"\nselect = ["FA101"]\n', '1: "name" must be of small letters'),
        ('name = "utc-aware"\nselect = []\n', '2: "select" must name something'),
        ('name = "utc-aware"\nselect = ["utcnow-to-awre"]\n', '2: unknown selector "utcnow-to-awre"; did you mean "utcnow-to-aware"?'),
        (LEAST + 'ignore = ["FA9999"]\n', '3: unknown selector "FA9999"'),
        (LEAST.replace("utcnow-to-aware", "FA1") + 'ignore = ["FA1"]\n', '3: "ignore" takes away all that "select" names'),
    ],
)  # fmt: skip
def test_names_and_selectors(work: Work, text: str, expected: str) -> None:
    work.write("campaigns/utc-aware.toml", text)
    with pytest.raises(CampaignError) as raised:
        read_campaign(work.top, "utc-aware")
    assert expected in str(raised.value)


def test_the_default_branch_of_the_remote_is_protected(work: Work) -> None:
    work.commit(one="x = 1\n")
    remote = work.top.parent / "remote.git"
    work.git("clone", "--quiet", "--bare", ".", str(remote))
    work.git("remote", "add", "origin", str(remote))
    work.git("update-ref", "refs/remotes/origin/live", "HEAD")
    work.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/live")
    work.write("campaigns/utc-aware.toml", LEAST + '[publish]\nbranch = "live/{batch}"\n')
    with pytest.raises(CampaignError, match="cannot keep beside the protected branch live"):
        read_campaign(work.top, "utc-aware")


def test_no_such_campaign(work: Work) -> None:
    work.write("campaigns/utc-aware.toml", LEAST)
    assert campaign_names(work.top) == ["utc-aware"]
    for name, expected in (("utc-awar", 'did you mean "utc-aware"?'), ("x", "there are utc-aware")):
        with pytest.raises(CampaignError) as raised:
            read_campaign(work.top, name)
        assert expected in str(raised.value)
    with pytest.raises(CampaignError, match="no campaign"):
        read_campaign(work.top, "../campaigns/utc-aware")


# ---------------------------------------------------------------- a new one


def test_a_new_campaign_says_what_the_repository_suggests(work: Work) -> None:
    made_monorepo.written(work.top)
    work.write("uv.lock", "version = 1\n")
    work.write("packages/pay/conftest.py", "")
    work.commit()
    path = new_campaign(work.top, "utc-aware", ["utcnow-to-aware"])
    found = read_campaign(work.top, "utc-aware")
    assert found.batch.by == ("owner", "package")
    assert found.worktree.setup == (("uv", "sync", "--frozen", "--all-packages"),)
    assert found.verify.commands == (("uv", "run", "--frozen", "pytest", "-q"),)
    assert found.publish.base == "main"
    assert "12 packages were found" in path.read_text()


def test_a_new_campaign_of_a_bare_repository(work: Work) -> None:
    work.write("one.py", "x = 1\n")
    work.commit()
    work.git("branch", "--move", "work")
    work.git("remote", "add", "mine", "/nowhere")
    new_campaign(work.top, "utc-aware", ["FA1"])
    found = read_campaign(work.top, "utc-aware")
    assert found.batch.by == ("folder",)
    assert found.worktree.setup == found.verify.commands == ()
    assert (found.publish.base, found.publish.push_remote) == ("work", "mine")


def test_a_new_campaign_overwrites_nothing_and_leaves_nothing(work: Work) -> None:
    path = work.write("campaigns/utc-aware.toml", "mine")
    with pytest.raises(CampaignError, match="is there already"):
        new_campaign(work.top, "utc-aware", ["FA1"])
    assert path.read_text() == "mine"
    with pytest.raises(CampaignError, match="unknown selector"):
        new_campaign(work.top, "other", ["FA999"])
    with pytest.raises(CampaignError, match="is no name of a campaign"):
        new_campaign(work.top, "../other", ["FA1"])
    assert campaign_names(work.top) == ["utc-aware"]


# ---------------------------------------------------------------- what it depends on


def test_the_digest_is_that_of_the_content(work: Work, tmp_path: Path) -> None:
    made_monorepo.written(work.top)
    made_monorepo.campaign(work.top, "utc-aware")
    shutil.copytree(work.top, tmp_path / "elsewhere" / "else")
    one = read_campaign(work.top, "utc-aware")
    two = read_campaign(tmp_path / "elsewhere" / "else", "utc-aware")
    digest = config_digest(one, one.root)
    assert digest == config_digest(two, two.root) == config_digest(one, two.root)
    more = replace(one, batch=replace(one.batch, max_files=7))
    assert config_digest(more, one.root) != digest
    work.write("fixaudit.toml", "format = false\n")
    assert config_digest(one, one.root) != digest


# ---------------------------------------------------------------- trust


COMMANDS = LEAST + '[verify]\ncommands = [["pytest", "-q"]]\n[publish]\ncommand = ["gh", "pr"]\n'


def test_a_campaign_runs_only_when_it_is_trusted(work: Work) -> None:
    work.write("campaigns/utc-aware.toml", COMMANDS)
    settings = read_campaign(work.top, "utc-aware")
    with pytest.raises(CampaignError) as raised:
        check_trusted(settings, LocalCode())
    assert str(raised.value) == (
        "campaigns/utc-aware.toml: the commands of the campaign are not trusted as they are now; read the"
        " file, then `fixaudit trust campaigns/utc-aware.toml` (--trust: for this run)"
    )
    check_trusted(settings, LocalCode(True))
    with pytest.raises(CampaignError, match="--no-local-code"):
        check_trusted(settings, LocalCode(False))


def fixaudit(work: Work, *words: str) -> str:
    command = [sys.executable, "-m", "fixaudit_cli", *words]
    done = subprocess.run(command, cwd=work.top, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_trust_is_remembered_and_asked_for_again(work: Work) -> None:
    work.write("campaigns/utc-aware.toml", COMMANDS)
    said = fixaudit(work, "trust", "campaigns/utc-aware.toml")
    assert "`campaign utc-aware; verify pytest -q; publish gh pr; " in said
    settings = read_campaign(work.top, "utc-aware")
    assert [record.item for record in read_records()] == [campaign_trust_item(settings)]
    check_trusted(settings, LocalCode())
    work.write("campaigns/utc-aware.toml", COMMANDS + '[batch]\nby = ["codemod"]\n')
    check_trusted(read_campaign(work.top, "utc-aware"), LocalCode())
    for old, new in (('"-q"', '"-q", "x"'), ('"gh", "pr"', '"sh"'), ("[publish]", "[publish]\nhooks = true")):  # fmt: skip
        work.write("campaigns/utc-aware.toml", COMMANDS.replace(old, new))
        with pytest.raises(CampaignError, match="are not trusted as they are now"):
            check_trusted(read_campaign(work.top, "utc-aware"), LocalCode())
    fixaudit(work, "trust", "--remove", "campaigns/utc-aware.toml")
    assert read_records() == []


def test_one_campaign_is_not_trusted_by_another(work: Work) -> None:
    work.write("campaigns/utc-aware.toml", COMMANDS)
    work.write("campaigns/utc.toml", COMMANDS.replace("utc-aware", "utc", 1))
    fixaudit(work, "trust", "campaigns/utc.toml")
    with pytest.raises(CampaignError):
        check_trusted(read_campaign(work.top, "utc-aware"), LocalCode())
    fixaudit(work, "trust", "campaigns/utc-aware.toml")
    fixaudit(work, "trust", "--remove", "campaigns/utc.toml")
    check_trusted(read_campaign(work.top, "utc-aware"), LocalCode())


def test_a_tree_is_trusted_without_its_campaigns(work: Work) -> None:
    work.write("campaigns/utc-aware.toml", COMMANDS)
    assert "names codemods or commands" in fixaudit(work, "trust", ".")
    assert read_records() == []


def test_the_variable_trusts_a_tree(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    work.write("campaigns/utc-aware.toml", COMMANDS)
    monkeypatch.setenv("FIXAUDIT_TRUST", str(work.top))
    text = campaign_text(read_campaign(work.top, "utc-aware"))
    check_trusted(read_campaign(work.top, "utc-aware"), LocalCode())
    assert text.startswith("campaign utc-aware; verify pytest -q; ")


def test_a_campaign_without_commands_asks_for_nothing(work: Work) -> None:
    work.write("campaigns/utc-aware.toml", LEAST)
    check_trusted(read_campaign(work.top, "utc-aware"), LocalCode())
    assert "names codemods or commands" in fixaudit(work, "trust", "campaigns/utc-aware.toml")


@pytest.mark.parametrize("argument", ["x; publish sh", "x\ny", "'; hooks of the repository; '"])
def test_no_argument_looks_like_another_command(work: Work, argument: str) -> None:
    work.write("campaigns/utc-aware.toml", LEAST)
    plain = read_campaign(work.top, "utc-aware")
    verify = replace(plain.verify, commands=(("pytest", argument),))
    apart = replace(plain.verify, commands=(("pytest", "x"),))
    publish = replace(plain.publish, command=("sh",), hooks=True)
    assert campaign_text(replace(plain, verify=verify)) != campaign_text(replace(plain, verify=apart, publish=publish))  # fmt: skip


def test_errors_are_of_the_kind_that_users_read() -> None:
    assert issubclass(CampaignError, FixauditError)
