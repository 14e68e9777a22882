"""Configuration is found per package, extended, checked with line numbers, and cheap to ask for."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from counted_calls import counted_calls

from fixaudit.config.commandline import parse_config_arguments
from fixaudit.config.model import Config
from fixaudit.config.options import parse_options
from fixaudit.config.resolve import ConfigResolver, load_config
from fixaudit.config.toml import Where
from fixaudit.errors import CodemodError, ConfigError


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, text: str) -> Path:
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target.absolute()


FULL = """\
[project]
name = "x"

[tool.fixaudit]
select = ["core", "FA1"]
extend-select = ["print-to-logger"]
ignore = ["FA107"]
exclude = ["/gen/"]
unsafe = true
format = false
target-version = "py312"
line-length = 99
codemod-paths = ["tools/codemods"]
verify = ["pytest -q"]
cache-dir = ".cache/fixaudit"
ledger.max-age-days = 30

[tool.fixaudit.per-file-ignores]
"tests/**" = ["FA101"]
"conftest.py" = ["FA102"]

[tool.fixaudit.codemods.bounded-gather]
limit = 8
"""


@dataclass(frozen=True)
class GatherOptions:
    limit: int = 5
    limit_env: str | None = None
    mode: Literal["inline", "import"] = "inline"
    names: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    ratio: float = 0.5
    strict: bool = False


def test_every_key_arrives_typed(tmp_path: Path) -> None:
    path = write("pyproject.toml", FULL)
    config = load_config(tmp_path / "pkg" / "mod.py")
    assert (config.root, config.path) == (tmp_path, path)
    assert config.select == ("core", "FA1")
    assert (config.extend_select, config.ignore) == (("print-to-logger",), ("FA107",))
    assert (config.unsafe, config.format, config.line_length) == (True, False, 99)
    assert config.target_version == (3, 12)
    assert config.codemod_paths == (tmp_path / "tools/codemods",)
    assert (config.verify, config.cache_dir) == (("pytest -q",), None)
    first, second = config.notes
    assert first.startswith('pyproject.toml:15: "cache-dir" is not heeded in a file')
    assert second.startswith('pyproject.toml:16: "ledger" is not heeded in a file')
    assert (config.ledger.max_age_days, config.ledger.max_size_mb) == (None, None)
    assert config.options("bounded-gather", GatherOptions) == GatherOptions(limit=8)
    assert config.options("other", GatherOptions) == GatherOptions()
    assert config.excludes(tmp_path / "gen/a.py")
    assert not config.excludes(tmp_path / "a.py")
    assert config.ignored_in(tmp_path / "tests/a/test_b.py") == ("FA101",)
    assert config.ignored_in(tmp_path / "tests/conftest.py") == ("FA101", "FA102")
    assert config.ignored_in(tmp_path / "src/a.py") == ()
    assert pickle.loads(pickle.dumps(config)) == config


def test_without_any_file_the_defaults_hold(tmp_path: Path) -> None:
    write("pyproject.toml", "[project]\nname = 'x'\n")
    assert load_config(tmp_path / "a") == Config(tmp_path)


def test_the_nearest_file_counts_and_fixaudit_toml_comes_first(tmp_path: Path) -> None:
    write("pyproject.toml", "[tool.fixaudit]\nselect = ['root']\n")
    write("a/pyproject.toml", "[project]\nname = 'a'\n")
    write("b/pyproject.toml", "[tool.fixaudit]\nselect = ['py']\n")
    write("b/fixaudit.toml", "select = ['own']\n")
    resolver = ConfigResolver()
    assert resolver.for_path(tmp_path / "a/m.py").select == ("root",)
    assert resolver.for_path(tmp_path / "b/deep/er/m.py").select == ("own",)
    assert resolver.for_path(tmp_path / "b").root == tmp_path / "b"


def test_codemods_as_a_list_are_folders(tmp_path: Path) -> None:
    write("fixaudit.toml", "codemods = ['tools/codemods', './more']\ncodemod-paths = ['more']\n")
    assert load_config(tmp_path).codemod_paths == (tmp_path / "tools/codemods", tmp_path / "more")


def test_extend_lays_the_nearer_file_over_the_further(tmp_path: Path) -> None:
    write(
        "pyproject.toml",
        "[tool.fixaudit]\nselect = ['all']\nextend-select = ['A']\nunsafe = true\nexclude = ['/gen/']\n"
        "codemod-paths = ['tools']\n"
        "[tool.fixaudit.codemods.bounded-gather]\nlimit = 8\nmode = 'import'\n"
        "[tool.fixaudit.per-file-ignores]\n'/one.py' = ['X']\n",
    )
    write(
        "pkg/pyproject.toml",
        "[tool.fixaudit]\nextend = '../pyproject.toml'\nselect = ['core']\nextend-select = ['B']\n"
        "[tool.fixaudit.codemods.bounded-gather]\nlimit = 2\n"
        "[tool.fixaudit.per-file-ignores]\n'/two.py' = ['Y']\n",
    )
    config = load_config(tmp_path / "pkg/m.py")
    assert (config.root, config.select, config.unsafe) == (tmp_path / "pkg", ("core",), True)
    assert config.extend_select == ("A", "B")
    assert config.codemod_paths == (tmp_path / "tools",)
    assert config.options("bounded-gather", GatherOptions) == GatherOptions(limit=2, mode="import")
    assert config.excludes(tmp_path / "gen/m.py")
    assert not config.excludes(tmp_path / "pkg/gen/m.py")
    assert config.ignored_in(tmp_path / "one.py") == ("X",)
    assert config.ignored_in(tmp_path / "pkg/two.py") == ("Y",)
    assert config.ignored_in(tmp_path / "pkg/one.py") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n[tool.fixaudit]\nunsafe = true\nselct = []\n", 'pyproject.toml:4: unknown key "selct" in [tool.fixaudit]; did you mean "select"?'),
        ("[tool.fixaudit]\nzzz = 1\n", 'pyproject.toml:2: unknown key "zzz" in [tool.fixaudit]'),
        ("[tool.fixaudit]\nselect = [\n  'a',\n]\nunsafe = 'yes'\n", 'pyproject.toml:5: "unsafe" must be true or false, not "yes"'),
        ("[tool.fixaudit]\nselect = 'core'\n", 'pyproject.toml:2: "select" must be a list of strings, not "core"'),
        ("[tool.fixaudit]\nignore = ['core', 3]\n", 'pyproject.toml:2: "ignore" must be a list of strings, but holds 3'),
        ("[tool.fixaudit]\nline-length = true\n", 'pyproject.toml:2: "line-length" must be an integer, not true'),
        ("[tool.fixaudit]\ntarget-version = 'new'\n", 'pyproject.toml:2: "target-version" must look like "py311", not "new"'),
        ("[tool.fixaudit]\ncodemods = 3\n", 'pyproject.toml:2: "codemods" must be a list of strings or a table, not 3'),
        ("[tool.fixaudit.codemods]\nfoo = 1\n", 'pyproject.toml:2: "foo" must be a table of options'),
        ("[tool.fixaudit]\nledger.max-age = 3\n", 'pyproject.toml:2: unknown key "max-age" in [tool.fixaudit.ledger]; did you mean "max-age-days"?'),
        ("[tool.fixaudit.per-file-ignore]\n'a' = []\n", 'pyproject.toml:1: unknown key "per-file-ignore" in [tool.fixaudit]; did you mean "per-file-ignores"?'),
        ("[tool.fixaudit]\nper-file-ignores = { 'a' = 'FA1' }\n", 'pyproject.toml:2: "a" must be a list of strings, not "FA1"'),
        ("[tool]\nfixaudit = 1\n", "pyproject.toml:2: [tool.fixaudit] must be a table"),
        ("[a]\nx = = 3\n", "pyproject.toml:2: is not valid TOML: Invalid value"),
        ("[a]\nx = [1,\n", "pyproject.toml:2: is not valid TOML: "),
    ],
)  # fmt: skip
def test_errors_name_file_line_and_the_nearest_word(
    tmp_path: Path, text: str, message: str
) -> None:
    write("pyproject.toml", text)
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    assert (
        str(caught.value).startswith(message)
        if message.endswith(": ")
        else str(caught.value) == message
    )


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[a]\nb = '\xe9'\n")
    with pytest.raises(ConfigError, match=r"^pyproject\.toml:2: is not UTF-8"):
        load_config(tmp_path)


def test_a_key_is_not_taken_for_its_name_inside_a_string(tmp_path: Path) -> None:
    text = '[tool.other]\nselct = """\n[tool.fixaudit]\nselct = 1\n"""\n[tool.fixaudit]\nignore = ["selct"]\n"selct" = 1\n'
    write("pyproject.toml", text)
    with pytest.raises(ConfigError, match=r"^pyproject\.toml:8: "):
        load_config(tmp_path)


def test_a_broken_file_costs_its_own_folder_only(tmp_path: Path) -> None:
    write("pyproject.toml", "[tool.fixaudit]\nselect = ['core']\n")
    write("bad/pyproject.toml", "[tool\n")
    resolver = ConfigResolver()
    for name in ("bad/a.py", "bad/deep/b.py", "bad/a.py"):
        with pytest.raises(ConfigError, match=r"^bad/pyproject\.toml:1: "):
            resolver.for_file(os.fspath(tmp_path / name))
    assert resolver.for_file(os.fspath(tmp_path / "good/a.py")).select == ("core",)


def test_extend_in_a_circle_or_to_nowhere(tmp_path: Path) -> None:
    write("a.toml", "extend = 'fixaudit.toml'\n")
    write("fixaudit.toml", "unsafe = true\nextend = 'a.toml'\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    circle = "fixaudit.toml -> a.toml -> fixaudit.toml"
    assert str(caught.value) == f'a.toml:1: "extend" goes round in a circle: {circle}'
    write("fixaudit.toml", "\nextend = 'gone.toml'\n")
    with pytest.raises(
        ConfigError, match=r'^fixaudit\.toml:2: "extend" names gone\.toml, which does not exist'
    ):
        load_config(tmp_path)
    write("fixaudit.toml", "extend = 'pyproject.toml'\n")
    write("pyproject.toml", "")
    with pytest.raises(ConfigError, match=r"^pyproject\.toml: has no \[tool\.fixaudit\] table"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "limt = 3",
            'fixaudit.toml:3: unknown key "limt" in [codemods.bounded-gather]; did you mean "limit"?',
        ),
        ("limit = '3'", 'fixaudit.toml:3: "limit" must be an integer, not "3"'),
        ("limit-env = 3", 'fixaudit.toml:3: "limit-env" must be a string, not 3'),
        (
            "mode = 'imports'",
            'fixaudit.toml:3: "mode" must be one of "inline", "import", not "imports"; did you mean "import"?',
        ),
        ("headers = { a = 1 }", 'fixaudit.toml:3: "a" must be a string, not 1'),
        ("names = {}", 'fixaudit.toml:3: "names" must be a list of strings, not a table'),
    ],
)
def test_options_are_checked_against_the_codemods_dataclass(
    tmp_path: Path, options: str, message: str
) -> None:
    write("fixaudit.toml", f"unsafe = false\n[codemods.bounded-gather]\n{options}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path).options("bounded-gather", GatherOptions)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('codemods = ["a\\u0000b"]', "codemods"),
        ('codemod-paths = ["a\\u0000b"]', "codemod-paths"),
        ('extend = "a\\u0000b"', "extend"),
        ('owners = "a\\u0000b"', "owners"),
    ],
)
def test_a_null_byte_in_a_path_is_named(tmp_path: Path, line: str, key: str) -> None:
    write("fixaudit.toml", f"unsafe = true\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    assert str(caught.value) == f'fixaudit.toml:2: "{key}" has a null byte, which no path has'


def test_options_of_all_kinds() -> None:
    table = {
        "limit": 3,
        "limit-env": "N",
        "names": ["a"],
        "headers": {"X-A": "b"},
        "ratio": 2,
        "strict": True,
    }
    parsed = parse_options(GatherOptions, table, Where(None))
    assert parsed == GatherOptions(3, "N", "inline", ("a",), {"X-A": "b"}, 2.0, True)
    assert isinstance(parsed.ratio, float)


@dataclass(frozen=True)
class Checked:
    name: str
    size: int = 1

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError('"size" must be 1 or more')


@dataclass(frozen=True)
class Impossible:
    value: set[str] = field(default_factory=set)


def test_required_options_own_checks_and_impossible_types() -> None:
    where = Where(None, label="--config 'x'")
    with pytest.raises(ConfigError, match=r"^--config 'x': needs \"name\"$"):
        parse_options(Checked, {"size": 3}, where)
    with pytest.raises(ConfigError, match=r'"size" must be 1 or more'):
        parse_options(Checked, {"name": "a", "size": 0}, where)
    with pytest.raises(CodemodError, match="cannot be given in TOML"):
        parse_options(Impossible, {"value": 1}, where)


def test_options_for_an_unknown_codemod_are_refused(tmp_path: Path) -> None:
    write("pyproject.toml", "[tool.fixaudit]\n[tool.fixaudit.codemods.bounded-gathr]\nlimit = 1\n")
    config = load_config(tmp_path)
    config.check_codemods(["bounded-gathr"])
    with pytest.raises(ConfigError) as caught:
        config.check_codemods(["md5-to-sha256", "bounded-gather"])
    assert str(caught.value) == (
        'pyproject.toml:2: unknown codemod "bounded-gathr" in [tool.fixaudit.codemods]; did you mean "bounded-gather"?'
    )


def test_config_on_the_command_line_lies_on_top(tmp_path: Path) -> None:
    write("pyproject.toml", "[tool.fixaudit]\nselect = ['core']\nunsafe = true\n")
    given = parse_config_arguments(["unsafe = false", "codemods.bounded-gather.limit = 2"])
    config = ConfigResolver(given).for_path(tmp_path)
    assert (config.select, config.unsafe) == (("core",), False)
    assert config.options("bounded-gather", GatherOptions).limit == 2
    isolated = ConfigResolver(given, isolated=True).for_path(tmp_path)
    assert (isolated.select, isolated.unsafe, isolated.root) == (None, False, tmp_path)


def test_a_named_file_replaces_all_others(tmp_path: Path) -> None:
    write("pkg/pyproject.toml", "[tool.fixaudit]\nselect = ['core']\n")
    write("ci/strict.toml", "select = ['all']\nexclude = ['/pkg/gen/']\ncodemod-paths = ['mine']\n")
    config = ConfigResolver(parse_config_arguments(["ci/strict.toml"])).for_path(
        tmp_path / "pkg/a.py"
    )
    assert (config.select, config.root) == (("all",), tmp_path)
    assert config.excludes(tmp_path / "pkg/gen/a.py")
    assert config.codemod_paths == (tmp_path / "ci/mine",)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["nowhere.toml"], "--config 'nowhere.toml': is neither a file nor `key = value`"),
        (["a = = 1"], "--config 'a = = 1': is not valid TOML: Invalid value"),
        (
            ["extend = 'x'"],
            "--config 'extend = 'x'': \"extend\" belongs in a file; name the file itself instead",
        ),
        (["selct = []"], '--config \'selct = []\': unknown key "selct"; did you mean "select"?'),
        (
            ["one.toml", "two.toml"],
            "--config names two files, {root}/one.toml and two.toml; give one",
        ),
    ],
)
def test_command_line_mistakes(tmp_path: Path, values: list[str], message: str) -> None:
    write("one.toml", "")
    write("two.toml", "")
    with pytest.raises(ConfigError) as caught:
        ConfigResolver(parse_config_arguments(values)).for_path(tmp_path)
    assert str(caught.value) == message.replace("{root}", str(tmp_path))


def test_each_folder_is_looked_at_once_however_many_files_it_has(tmp_path: Path) -> None:
    write("pyproject.toml", FULL)

    def calls(files: int) -> int:
        resolver = ConfigResolver()
        paths = [f"{tmp_path}/p{number % 300}/m{number}.py" for number in range(files)]
        return counted_calls(lambda: [resolver.for_file(path) for path in paths])

    assert all(ConfigResolver().for_file(f"{tmp_path}/p{n}/m.py").unsafe for n in range(300))
    calls(300)  # what is looked up only once in a process
    # Nothing is asked of the disk for a further file: that would be dozens of calls.
    assert (calls(13_000) - calls(300)) / 12_700 < 16


@dataclass(frozen=True)
class PolicyOptions:
    limit: int = 5
    include_tests: bool = False


@dataclass(frozen=True)
class OtherOptions:
    """An option of the same name that means something else."""

    include_tests: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", False),
        ("include-tests = true", True),
        ("include-tests = true\n[tool.fixaudit.codemods.tls]\nlimit = 2", True),
        ("include-tests = true\n[tool.fixaudit.codemods.tls]\ninclude-tests = false", False),
        ("include-tests = false\n[tool.fixaudit.codemods.tls]\ninclude_tests = true", True),
        ("[tool.fixaudit.codemods.tls]\ninclude-tests = true", True),
        ("[tool.fixaudit.codemods.other]\ninclude-tests = true", False),
    ],
)
def test_tests_are_included_for_all_or_for_one(
    tmp_path: Path, settings: str, expected: bool
) -> None:
    write("pyproject.toml", f"[tool.fixaudit]\n{settings}\n")
    config = load_config(tmp_path)
    assert config.options("tls", PolicyOptions).include_tests is expected
    assert config.options("plain", GatherOptions) == GatherOptions()
    assert config.options("own", OtherOptions) == OtherOptions()


def test_include_tests_is_true_or_false(tmp_path: Path) -> None:
    write("pyproject.toml", "[tool.fixaudit]\ninclude-tests = 'yes'\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    message = 'pyproject.toml:2: "include-tests" must be true or false, not "yes"'
    assert str(caught.value) == message
    write(
        "pyproject.toml", "[tool.fixaudit]\n[tool.fixaudit.codemods.tls]\ninclude-tests = 'yes'\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path).options("tls", PolicyOptions)
    assert str(caught.value) == 'pyproject.toml:3: "include-tests" must be true or false, not "yes"'


def test_include_tests_on_the_command_line_lies_on_top(tmp_path: Path) -> None:
    write("pyproject.toml", "[tool.fixaudit]\ninclude-tests = true\n")
    given = parse_config_arguments(["include-tests = false"])
    config = ConfigResolver(given).for_path(tmp_path)
    assert config.options("tls", PolicyOptions).include_tests is False
