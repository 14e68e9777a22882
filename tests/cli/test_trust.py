"""Code and commands that came with a repository run only when somebody trusts them."""

from __future__ import annotations

import json
import os
import py_compile
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import foreign_owner
import pytest
from projects import CODEMOD, Ended
from projects import fixaudit as fixaudit_in
from repositories import ENVIRONMENT, Work

LEAVE_A_MARK = "import pathlib\npathlib.Path({mark!r}).write_text('ran')\n"
VERBS = [
    ("check", "."),
    ("apply", "--dry-run", "."),
    ("list",),
    ("explain", "old-to-new"),
    ("explain", "app/one.py:3"),
    ("plan", "audit.md", "."),
    ("test", "old-to-new"),
    ("test", "--update", "old-to-new"),
]


@pytest.fixture(autouse=True)
def _of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("FIXAUDIT_TRUST", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """A file that exists once the repository's code has run."""
    return tmp_path / "mark"


@pytest.fixture
def clone(tmp_path: Path, mark: Path) -> Path:
    """A repository with a codemod that leaves a mark, a file for it and one for a built-in."""
    top = tmp_path / "clone"
    work = Work(top)
    work.write("pyproject.toml", '[project]\nname = "c"\n[tool.fixaudit]\ncodemods = ["tools"]\nexclude = ["tools", "fixtures"]\n')  # fmt: skip
    work.write("tools/old_to_new.py", CODEMOD + LEAVE_A_MARK.format(mark=str(mark)))
    work.write("app/one.py", "def one():\n    return old(1)\n")
    work.write("app/two.py", "def two(f):\n    try:\n        f()\n    except ValueError as e:\n        raise e\n")  # fmt: skip
    work.write("audit.md", "# Audit\n\n## Old calls\n\n`app/one.py:2` calls old\n")
    for side, call in (("before", "old(1)"), ("after", "new.new(1)")):
        head = "" if side == "before" else "import new\n\n"
        work.write(f"fixtures/{side}/old-to-new/fix_a.py", f"{head}def f():\n    return {call}\n")
    work.git("init", "--quiet")
    work.commit()
    return top


def fixaudit(folder: Path, *arguments: str) -> Ended:
    if foreign_owner.VARIABLE not in os.environ:
        return fixaudit_in(folder, *arguments)
    done = subprocess.run(
        [sys.executable, foreign_owner.__file__, *arguments],
        cwd=folder,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_no_verb_runs_the_code_of_a_clone(clone: Path, mark: Path, words: tuple[str, ...]) -> None:
    done = fixaudit(clone, *words)
    assert not mark.exists(), done
    assert done.code == 2, done
    assert f"`fixaudit trust {clone / 'tools'}`" in done.notes
    assert "old-to-new did not run: this folder of codemods is not trusted" in done.notes


def test_new_beside_code_that_is_not_trusted_runs_and_trusts_none_of_it(
    clone: Path, mark: Path
) -> None:
    done = fixaudit(clone, "new", "my-own", "--dir", "tools")
    assert done.code == 0, done
    assert not mark.exists()
    assert b"tools is not trusted: read it, then `fixaudit trust tools`" in done.output
    assert fixaudit(clone, "check").code == 2
    assert not mark.exists()


@pytest.mark.parametrize("words", [*VERBS, ("apply", ".")], ids=" ".join)
def test_every_verb_goes_on_without_it_on_purpose(
    clone: Path, mark: Path, words: tuple[str, ...]
) -> None:
    done = fixaudit(clone, *words, "--no-local-code")
    assert not mark.exists(), done
    assert "trust" not in done.notes
    assert done.code in (0, 1), done


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_every_verb_runs_it_once_it_is_trusted(
    clone: Path, mark: Path, words: tuple[str, ...]
) -> None:
    assert fixaudit(clone, "trust").code == 0
    assert not mark.exists()
    done = fixaudit(clone, *words)
    assert mark.exists(), done
    assert done.code in (0, 1), done


def test_the_built_ins_have_run_and_the_others_are_named(clone: Path, mark: Path) -> None:
    done = fixaudit(clone, "check")
    assert b"bare-reraise" in done.output
    assert done.code == 2
    done = fixaudit(clone, "apply")
    assert done.code == 2, done
    assert "        raise\n" in (clone / "app" / "two.py").read_text()
    assert "old(1)" in (clone / "app" / "one.py").read_text()
    assert not mark.exists()


def test_a_selection_without_it_asks_nothing(clone: Path) -> None:
    assert fixaudit(clone, "check", "--select", "bare-reraise").code == 1
    assert fixaudit(clone, "check", "--select", "errors").code == 1
    assert fixaudit(clone, "check", "--ignore", "TT901").code == 1
    assert fixaudit(clone, "explain", "bare-reraise").code == 0
    assert fixaudit(clone, "list", "--select", "errors").code == 0
    assert fixaudit(clone, "check", "--isolated").code == 1
    assert fixaudit(clone, "check", "--select", "TT9").code == 2
    assert fixaudit(clone, "check", "--select", "old-to-new").code == 2


def test_a_codemod_that_does_not_tell_its_name_is_asked_about_where_it_may_be_meant(
    clone: Path, mark: Path
) -> None:
    module = clone / "tools" / "old_to_new.py"
    module.write_text(module.read_text().replace('"old-to-new"', '"old-to-" + "new"'))
    for words in ((), ("--select", "whatever"), ("--select", "TT9"), ("--select", "security")):
        done = fixaudit(clone, "check", *words)
        assert done.code == 2, done
        assert "old-to-new did not run" in done.notes
    assert fixaudit(clone, "check", "--select", "bare-reraise").code == 1
    assert not mark.exists()


def test_once_is_once(clone: Path, mark: Path) -> None:
    assert fixaudit(clone, "check", "--trust").code == 1
    assert mark.exists()
    mark.unlink()
    assert fixaudit(clone, "check").code == 2
    assert not mark.exists()


@pytest.mark.parametrize(
    "name", ["old_to_new.py", "_helper.py", "words.txt", "sub/deep.py", ".hidden"]
)
def test_any_changed_file_of_the_folder_asks_again(clone: Path, mark: Path, name: str) -> None:
    path = clone / "tools" / name
    path.parent.mkdir(exist_ok=True)
    before = path.read_bytes() if path.exists() else b""
    path.write_bytes(before)
    assert fixaudit(clone, "trust").code == 0
    assert fixaudit(clone, "check").code == 1
    stamp = path.stat()
    path.write_bytes(before + b"#")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    mark.unlink()
    done = fixaudit(clone, "check")
    assert done.code == 2, done
    assert "has changed since it was trusted" in done.notes
    assert not mark.exists()
    path.write_bytes(before)
    assert fixaudit(clone, "check").code == 1


def test_what_was_kept_of_a_run_without_it_is_no_answer_with_it(clone: Path) -> None:
    assert b"old-to-new" not in fixaudit(clone, "check").output
    assert b"old-to-new" in fixaudit(clone, "check", "--trust").output
    assert b"old-to-new" not in fixaudit(clone, "check").output
    assert b"old-to-new" not in fixaudit(clone, "check", "--no-local-code").output


def test_it_is_listed_and_removed(clone: Path, tmp_path: Path) -> None:
    assert "nothing is trusted" in fixaudit(clone, "trust", "--list").notes
    done = fixaudit(clone, "trust", "tools")
    assert done.output.startswith(f"trusted: {clone / 'tools'}=".encode())
    listed = fixaudit(tmp_path, "trust", "--list").output.decode()
    place, _, digest = listed.strip().partition("=")
    assert (place, len(digest)) == (str(clone / "tools"), 64)
    assert fixaudit(clone, "trust", "--remove").code == 0
    assert fixaudit(clone, "check").code == 2
    assert fixaudit(clone, "trust", "--list").output == b""


def test_a_variable_names_what_is_trusted(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fixaudit(clone, "trust")
    item = fixaudit(clone, "trust", "--list").output.decode().strip()
    fixaudit(clone, "trust", "--remove")
    for value in (item, str(clone), str(clone / "tools"), f"/nowhere:{clone}"):
        monkeypatch.setenv("FIXAUDIT_TRUST", value)
        assert fixaudit(clone, "check").code == 1, value
    for value in (str(clone / "app"), str(clone) + "x", item[:-1] + ("0" if item[-1] != "0" else "1")):  # fmt: skip
        monkeypatch.setenv("FIXAUDIT_TRUST", value)
        assert fixaudit(clone, "check").code == 2, value
    for value in ("yes", "1", "true", ".", "/", "//", "tools", f"tools={item[-64:]}"):
        monkeypatch.setenv("FIXAUDIT_TRUST", value)
        done = fixaudit(clone, "check")
        assert done.code == 2
        assert "is no absolute path of a folder" in done.notes, value
        assert done.notes.count("\n") == 1


def test_a_record_that_others_may_write_or_that_is_none_is_refused(
    clone: Path, tmp_path: Path
) -> None:
    fixaudit(clone, "trust")
    record = tmp_path / "state" / "trust.json"
    assert record.stat().st_mode & 0o777 == 0o600
    good = record.read_bytes()
    record.chmod(0o666)
    done = fixaudit(clone, "check")
    assert (done.code, done.notes.count("\n")) == (2, 1), done
    assert "others may write to it" in done.notes
    record.chmod(0o600)
    for content in (b"", b"[]", b"{", b'{"version": 1, "trusted": [{}]}', b"[" * 100_000):
        record.write_bytes(content)
        done = fixaudit(clone, "check")
        assert (done.code, done.notes.count("\n")) == (2, 1), done
        assert "trust.json" in done.notes
    record.write_bytes(good)
    assert fixaudit(clone, "check").code == 1


# ---------------------------------------------------------------- what is loaded


@pytest.fixture
def trusted(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clone, with all below it trusted."""
    monkeypatch.setenv("FIXAUDIT_TRUST", str(clone))
    return clone


def test_a_compiled_file_of_the_folder_is_never_run(trusted: Path, mark: Path) -> None:
    evil = trusted / "evil.py"
    evil.write_text(CODEMOD + LEAVE_A_MARK.format(mark=str(mark)))
    good = trusted / "tools" / "old_to_new.py"
    good.write_text(CODEMOD)
    for name in (f"__pycache__/old_to_new.{_tag()}.pyc", "old_to_new.pyc"):
        py_compile.compile(
            str(evil),
            str(trusted / "tools" / name),
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    evil.unlink()
    done = fixaudit(trusted, "check")
    assert b"old-to-new" in done.output
    assert not mark.exists()


def _tag() -> str:
    import sys

    return str(sys.implementation.cache_tag)


@pytest.mark.parametrize("how", ["from ._words import WORD", "from .parts._words import WORD"])
def test_modules_of_the_folder_import_each_other(trusted: Path, how: str) -> None:
    place = trusted / "tools" / ("parts" if "parts" in how else "")
    place.mkdir(exist_ok=True)
    (place / "_words.py").write_text('WORD = "a word of the sibling"\n')
    module = trusted / "tools" / "old_to_new.py"
    module.write_text(f"{CODEMOD}\n".replace('f"call number', 'WORD + f"call number').replace("import ast\n", f"import ast\n{how}\n", 1))  # fmt: skip
    done = fixaudit(trusted, "check")
    assert b"a word of the sibling" in done.output, done
    assert not list(trusted.rglob("__pycache__"))


def test_a_folder_that_puts_itself_on_the_path_is_served_by_the_same_loader(
    trusted: Path, mark: Path
) -> None:
    tools = trusted / "tools"
    (tools / "_words.py").write_text('WORD = "a word of the sibling"\n')
    evil = trusted / "evil.py"
    evil.write_text(LEAVE_A_MARK.format(mark=str(mark)) + 'WORD = "harm"\n')
    py_compile.compile(
        str(evil),
        str(tools / "__pycache__" / f"_words.{_tag()}.pyc"),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    evil.unlink()
    how = "import sys, os\nsys.path.insert(0, os.path.dirname(__file__))\nfrom _words import WORD\n"
    module = tools / "old_to_new.py"
    module.write_text(CODEMOD.replace('f"call number', 'WORD + f"call number').replace("import ast\n", f"import ast\n{how}", 1))  # fmt: skip
    done = fixaudit(trusted, "check")
    assert b"a word of the sibling" in done.output, done
    assert not mark.exists()


def test_extension_modules_of_the_folder_are_not_there(trusted: Path) -> None:
    (trusted / "tools" / "_fast.so").write_bytes(b"\x7fELF")
    module = trusted / "tools" / "old_to_new.py"
    module.write_text("from . import _fast\n" + CODEMOD.replace('"""Calls', '_A = """Calls', 1))
    done = fixaudit(trusted, "check")
    assert done.code == 2
    assert "old_to_new.py: does not import: ImportError" in done.notes


def test_nothing_of_the_tree_stands_in_for_a_module_of_ours(clone: Path, mark: Path) -> None:
    for name in ("libcst", "black", "typer", "pathspec", "platformdirs", "sqlite3", "tomllib"):
        (clone / f"{name}.py").write_text(LEAVE_A_MARK.format(mark=str(mark)))
    metadata = clone / "evil-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: evil\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[fixaudit.codemods]\nevil = libcst\n")
    for words in (("check", "."), ("apply", "."), ("list",), ("apply", "--format", "-n", ".")):
        fixaudit(clone, *words)
        assert not mark.exists(), words


def test_the_settings_of_pytest_in_the_tree_run_nothing(trusted: Path, mark: Path) -> None:
    (trusted / "conftest.py").write_text(LEAVE_A_MARK.format(mark=str(mark)))
    (trusted / "evil.py").write_text(LEAVE_A_MARK.format(mark=str(mark)))
    (trusted / "libcst.py").write_text(LEAVE_A_MARK.format(mark=str(mark)))
    (trusted / "pytest.ini").write_text(
        "[pytest]\naddopts = -p evil\npythonpath = .\nfixaudit_codemods = tools\n"
    )
    module = trusted / "tools" / "old_to_new.py"
    module.write_text(CODEMOD)
    done = fixaudit(trusted, "test")
    assert b" passed" in done.output, done
    assert not mark.exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_processes_run_the_bytes_that_were_looked_at(clone: Path, mark: Path, jobs: str) -> None:
    """A codemod that rewrites its own file while the run goes on changes nothing of the run."""
    tools = clone / "tools"
    itself = str(tools / "old_to_new.py")
    harm = CODEMOD + LEAVE_A_MARK.format(mark=str(mark))
    (tools / "old_to_new.py").write_text(f"{CODEMOD}\nopen({itself!r}, 'w').write({harm!r})\n")
    nested = clone / "pkg"
    nested.mkdir()
    (nested / "fixaudit.toml").write_text('codemods = ["../tools"]\n')
    for number in range(40):
        (nested / f"m{number}.py").write_text("def one():\n    return old(1)\n" + "# filler\n" * 9000)  # fmt: skip
    fixaudit(clone, "trust")
    done = fixaudit(clone, "check", "--jobs", jobs, "--no-cache", "--select", "old-to-new")
    assert done.output.count(b"old-to-new") == 41, done
    assert not mark.exists()


# ---------------------------------------------------------------- commands


def _with_verify(clone: Path, command: str) -> None:
    path = clone / "pyproject.toml"
    text = path.read_text().replace('codemods = ["tools"]\n', "")
    path.write_text(text + f"verify = [{json.dumps(command)}]\n")


def test_a_configured_command_runs_only_when_it_is_trusted(clone: Path, mark: Path) -> None:
    _with_verify(clone, f"touch {mark}")
    done = fixaudit(clone, "apply")
    assert done.code == 2, done
    assert not mark.exists()
    assert f"`touch {mark}` did not run: this command is not trusted" in done.notes
    assert f"`fixaudit trust {clone}`" in done.notes
    assert "        raise\n" in (clone / "app" / "two.py").read_text()
    assert fixaudit(clone, "undo").code == 0
    assert fixaudit(clone, "trust").code == 0
    assert fixaudit(clone, "apply").code == 0
    assert mark.exists()


@pytest.mark.parametrize(
    ("words", "runs", "code"),
    [
        (("--trust",), True, 0),
        (("--no-local-code",), False, 0),
        (("--isolated",), False, 0),
        (("--no-verify",), False, 0),
        (("--dry-run",), False, 0),
    ],
    ids=str,
)
def test_a_command_is_left_out_on_purpose(
    clone: Path, mark: Path, words: tuple[str, ...], runs: bool, code: int
) -> None:
    _with_verify(clone, f"touch {mark}")
    done = fixaudit(clone, "apply", *words)
    assert (mark.exists(), done.code) == (runs, code), done


def test_a_command_of_the_command_line_always_runs(clone: Path, mark: Path) -> None:
    _with_verify(clone, "false")
    assert fixaudit(clone, "apply", "--verify", f"touch {mark}").code == 0
    assert mark.exists()
    mark.unlink()
    assert fixaudit(clone, "undo").code == 0
    assert fixaudit(clone, "apply", "--config", f'verify = ["touch {mark}"]').code == 0
    assert mark.exists()


def test_another_text_or_another_place_asks_again(clone: Path, mark: Path) -> None:
    _with_verify(clone, f"touch {mark}")
    fixaudit(clone, "trust")
    path = clone / "pyproject.toml"
    path.write_text(path.read_text().replace(f"touch {mark}", f"touch  {mark}"))
    assert fixaudit(clone, "apply").code == 2
    fixaudit(clone, "undo")
    path.write_text(path.read_text().replace(f"touch  {mark}", f"touch {mark}"))
    moved = clone.rename(clone.with_name("moved"))
    assert fixaudit(moved, "apply").code == 2
    assert not mark.exists()


# ---------------------------------------------------------------- where a configuration reaches


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("codemods", 'codemods = ["{outside}"]'),
        ("codemods", 'codemods = ["../outside"]'),
        ("codemods", 'codemods = ["link"]'),
        ("codemod-paths", 'codemod-paths = ["../outside"]'),
        ("extend", 'extend = "../outside/fixaudit.toml"'),
        ("extend", 'extend = "link/fixaudit.toml"'),
        ("extend", 'extend = "~/fixaudit.toml"'),
    ],
)
@pytest.mark.parametrize("place", ["fixaudit.toml", "app/fixaudit.toml"])
def test_no_key_names_a_place_outside_the_repository(
    trusted: Path, mark: Path, tmp_path: Path, key: str, line: str, place: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "fixaudit.toml").write_text("unsafe = true\n")
    (outside / "harm.py").write_text(LEAVE_A_MARK.format(mark=str(mark)))
    os.environ.setdefault("HOME", str(tmp_path))
    (trusted / "link").symlink_to(outside)
    line = line.format(outside=outside)
    if place.startswith("app/"):
        line = line.replace('"../', '"../../').replace('"link', '"../link')
    (trusted / place).write_text(line + "\n")
    done = fixaudit(trusted, "check", "app")
    assert done.code == 2, done
    assert f'"{key}" names' in done.notes
    assert f"{place}:1: " in done.notes
    assert "outside" in done.notes
    assert not mark.exists()


def test_a_cache_dir_of_a_file_is_not_heeded_and_said_once(clone: Path, tmp_path: Path) -> None:
    target = tmp_path / "victim"
    (clone / "fixaudit.toml").write_text(f'cache-dir = "{target}"\n')
    (clone / "app" / "fixaudit.toml").write_text('extend = "../fixaudit.toml"\n')
    done = fixaudit(clone, "check")
    assert not target.exists()
    assert done.code == 1, done
    assert done.notes.count('"cache-dir" is not heeded in a file') == 1
    done = fixaudit(clone, "check", "--cache-dir", str(target))
    assert target.exists()


def test_a_link_in_the_folder_does_not_lead_out_of_the_repository(
    clone: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.py").write_text("SECRET = 1\n")
    (clone / "tools" / "_secret.py").symlink_to(tmp_path / "secret.py")
    done = fixaudit(clone, "check")
    assert (done.code, done.notes.count("\n")) == (2, 1), done
    assert "is a link that leads out of" in done.notes


def test_odd_entries_of_the_folder_hang_nothing(trusted: Path) -> None:
    os.mkfifo(trusted / "tools" / "pipe.py")
    (trusted / "tools" / "zero.txt").symlink_to("nowhere")
    assert fixaudit(trusted, "check").code == 1


def test_a_folder_that_is_missing_is_named(clone: Path) -> None:
    (clone / "pyproject.toml").write_text('[tool.fixaudit]\ncodemods = ["gone"]\n')
    done = fixaudit(clone, "check")
    assert (done.code, done.notes.count("\n")) == (2, 1), done
    assert "the codemod folder does not exist" in done.notes


@pytest.mark.parametrize("link", ["own", "fixtures", "fixaudit.toml"])
def test_new_writes_nothing_through_a_link_that_leads_out(
    clone: Path, tmp_path: Path, link: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    profile = outside / "profile"
    profile.write_text("# mine\n")
    target = profile if link.endswith(".toml") else outside
    name = link
    if (clone / name).is_dir():
        (clone / name).rename(tmp_path / "away")
    (clone / name).symlink_to(target)
    done = fixaudit(clone, "new", "my-own", "--dir", "own" if name == "own" else "tools")
    assert (done.code, done.notes.count("\n")) == (2, 1), done
    assert "is a link that leads there" in done.notes
    assert [path.name for path in outside.rglob("*")] == ["profile"]
    assert profile.read_text() == "# mine\n"


@pytest.mark.parametrize("link", ["fixtures/after", "fixtures/after/old-to-new", "fixtures"])
def test_update_writes_nothing_through_a_link_that_leads_out(
    trusted: Path, tmp_path: Path, link: str
) -> None:
    outside = tmp_path / "outside"
    (trusted / link).rename(outside)
    (trusted / link).symlink_to(outside)
    (after,) = outside.rglob("fix_a.py") if link != "fixtures" else outside.glob("after/*/*.py")
    after.write_text("# mine\n")
    done = fixaudit(trusted, "test", "--update", "old-to-new")
    assert done.code in (1, 2), done
    assert "leads out of" in done.notes
    assert after.read_text() == "# mine\n"


# ---------------------------------------------------------------- other owners

GiveAway = Callable[[Path, int], None]


@pytest.fixture(params=["really", "as told"])
def give_away(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> GiveAway:
    """Give a folder to a user: really, as root can, and by telling fixaudit and git, as all can."""
    owners: dict[str, int] = {}

    def really(folder: Path, user: int) -> None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user, follow_symlinks=False)

    def told(folder: Path, user: int) -> None:
        owners[os.path.realpath(folder)] = user
        monkeypatch.setenv(foreign_owner.VARIABLE, json.dumps(owners))
        if user != os.geteuid():
            monkeypatch.setenv(foreign_owner.GITS_VARIABLE, "1")

    if request.param == "as told":
        return told
    if os.geteuid() != 0:
        pytest.skip("only root gives files away; the same is tried `as told`")
    return really


def test_another_users_checkout_is_worked_on_without_git(
    clone: Path, mark: Path, give_away: GiveAway
) -> None:
    give_away(clone, 12345)
    done = fixaudit(clone, "check", "--isolated")
    assert done.code == 1, done
    remedy = f"git config --global --add safe.directory {clone}"
    assert done.notes.count(remedy) == 1, done
    done = fixaudit(clone, "apply", "--no-local-code")
    assert done.code == 0, done
    assert done.notes.count(remedy) == 1, done
    assert "        raise\n" in (clone / "app" / "two.py").read_text()
    done = fixaudit(clone, "apply", "--commit", "--no-local-code")
    assert done.code == 2
    assert remedy in done.notes
    done = fixaudit(clone, "check", "--changed", "--no-local-code")
    assert done.code == 2
    assert remedy in done.notes
    assert done.notes.count("\n") == 1
    assert not mark.exists()


def test_another_users_code_runs_after_an_explicit_word(
    clone: Path, mark: Path, give_away: GiveAway, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_away(clone, 12345)
    assert fixaudit(clone, "check").code == 2
    assert not mark.exists()
    assert fixaudit(clone, "check", "--trust").code == 1
    monkeypatch.setenv("FIXAUDIT_TRUST", str(clone))
    assert fixaudit(clone, "check").code == 1
    monkeypatch.delenv("FIXAUDIT_TRUST")
    assert fixaudit(clone, "check").code == 2
    assert fixaudit(clone, "trust").code == 0
    assert fixaudit(clone, "check").code == 1


def test_what_passed_to_another_user_after_it_was_trusted_needs_a_word(
    clone: Path, tmp_path: Path, give_away: GiveAway, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fixaudit(clone, "trust").code == 0
    give_away(clone, 12345)
    assert fixaudit(clone, "check").code == 2
    monkeypatch.setenv("SUDO_UID", "12345")
    # Who is not root has not been called by `sudo`: tests/engine/test_user_folders.py.
    assert fixaudit(clone, "check").code == (1 if os.geteuid() == 0 else 2)
    monkeypatch.setenv("SUDO_UID", "12346")
    assert fixaudit(clone, "check").code == 2
    settings = tmp_path / "gitconfig"
    for value, code in (("*", 2), (str(tmp_path / "other"), 2), (str(clone), 1)):
        settings.write_text(f"[safe]\n\tdirectory = {value}\n")
        monkeypatch.setitem(ENVIRONMENT, "GIT_CONFIG_GLOBAL", str(settings))
        assert fixaudit(clone, "check").code == code, value


def test_a_configuration_of_another_user_above_the_tree_does_not_count(
    tmp_path: Path, mark: Path, give_away: GiveAway
) -> None:
    shared = tmp_path / "shared"
    Work(shared).write("harm/evil.py", CODEMOD + LEAVE_A_MARK.format(mark=str(mark)))
    (shared / "fixaudit.toml").write_text('codemods = ["harm"]\nexclude = ["*"]\nunsafe = true\n')
    give_away(shared, 12345)
    Work(shared / "mine").write("two.py", "import hashlib\nK = hashlib.md5(b'').hexdigest()\n")
    give_away(shared / "mine", os.geteuid())
    done = fixaudit(shared / "mine", "check", ".")
    assert done.code == 1, done
    assert b"md5-to-sha256" in done.output
    assert "fixaudit.toml: is not heeded here: it belongs to another user" in done.notes
    assert not mark.exists()
    give_away(shared, os.geteuid())
    done = fixaudit(shared / "mine", "check", ".")
    assert "harm: trust: old-to-new did not run" in done.notes
