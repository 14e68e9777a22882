"""Which files codemods leave alone by their role: data on the class, seen to by the engine."""

from __future__ import annotations

import ast
import io
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from fixaudit import Codemod, Finding, Role, Source, Verdict
from fixaudit.pipeline.judge import judge
from fixaudit.registry.loader import installed_codemods
from fixaudit.source.role import first_role
from fixaudit.testing.cases import Case, find_cases
from fixaudit_cli.commands.explain import describe
from fixaudit_cli.output.terminal import Painter

ROOT = Path(__file__).resolve().parents[1]
CODEMODS = ROOT / "codemods" / "fixaudit_codemods"
OWN = [entry for entry in installed_codemods() if entry.__module__.startswith("fixaudit_codemods.")]
LEAVING_TESTS = [entry for entry in OWN if Role.TEST in entry.leaves]

ASKING = frozenset(
    {
        *("is_test", "is_migration", "is_notebook", "is_generated"),
        *("is_test_path", "is_script_path", "is_example_path", "is_migration_path"),
        *("is_notebook_export", "is_local_settings_path"),
        *("file_roles", "first_role", "role_path"),
    }
)
# Where a role is evidence about a site, or about another file, and not the scope of the codemod.
OTHER_FILES = "the role of another file: what a test does is no evidence about the program"
EXCEPTIONS = {
    "attributes/_init_order.py: role_path": "tells where the file's own distribution begins",
    "attributes/_test_doubles.py: is_test_path": OTHER_FILES,
    "attributes/drop_unexpected_keyword/_callees.py: is_test": OTHER_FILES,
    "attributes/duplicate_assignment/_assigned_twice.py: is_test": OTHER_FILES,
    "database/_client_callers.py: is_test": OTHER_FILES,
    "database/composite_index/codemod.py: is_migration_path": OTHER_FILES,
    "database/composite_index/codemod.py: is_test": OTHER_FILES,
    "database/mapped_type/_assigned.py: is_test": OTHER_FILES,
    "concurrency/_limiters.py: is_test": OTHER_FILES,
    "concurrency/_serving.py: is_test": OTHER_FILES,
    "concurrency/_serving.py: is_migration_path": OTHER_FILES,
    "database/_client_callers.py: is_migration_path": OTHER_FILES,
    "concurrency/lazy_singleton_lock/_threads.py: is_test": OTHER_FILES,
    "database/_project_tables.py: is_test": OTHER_FILES,
    "database/missing_check_constraint/_values.py: is_migration": OTHER_FILES,
    "database/missing_check_constraint/_values.py: is_test": OTHER_FILES,
    "maintainability/undocumented_constant.py: is_test": OTHER_FILES,
    "web/_applications.py: is_test": OTHER_FILES,
    "web/exception_handler_log_context.py: is_test": OTHER_FILES,
    "web/fastapi_rate_limit.py: is_test": OTHER_FILES,
    "web/query_in_route.py: is_test": OTHER_FILES,
    "web/route_dependencies/_callers.py: is_test": OTHER_FILES,
    "web/security_headers/_setters.py: is_test": OTHER_FILES,
    "web/security_headers/_setters.py: is_test_path": OTHER_FILES,
    "security/tls_verify/_calls.py: is_test": OTHER_FILES,
    "settings/environ_assign.py: is_test": OTHER_FILES,
    "settings/set_field_default.py: is_test": OTHER_FILES,
    "settings/set_literal.py: is_test": OTHER_FILES,
    "settings/sys_path_hack/codemod.py: is_test": OTHER_FILES,
    "logs/_loguru_sinks.py: is_test": OTHER_FILES,
    "logs/redact_url_in_logs/_handed_to_stores.py: is_test": OTHER_FILES,
    "logs/redact_url_in_logs/_repository_urls.py: is_test": OTHER_FILES,
    "security/cors_wildcard/_request_headers.py: is_test": OTHER_FILES,
    "security/cors_wildcard/_request_headers.py: is_test_path": OTHER_FILES,
    "maintainability/rename_symbol/_hindrances.py: is_test": "a test function is known by its name",
    "concurrency/get_running_loop.py: is_test": "only an assertion on the loop is left, not tests",
    "concurrency/missing_await/_coroutine_calls.py: is_test": "in a test a name in a string is a mock",
    "security/md5_to_sha256/_verdict.py: is_migration": "`not-for-security` keeps the digest: it may "
    "mark migrations too",
}


def asked(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Attribute):
            names = [node.attr]
        elif isinstance(node, ast.Name):
            names = [node.id]
        elif isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [part for alias in node.names for part in alias.name.split(".")]
        yield from ASKING.intersection(names)


def test_no_codemod_asks_for_the_role_of_its_file() -> None:
    found = {
        f"{path.relative_to(CODEMODS).as_posix()}: {name}"
        for path in CODEMODS.rglob("*.py")
        for name in asked(path)
    }
    assert sorted(found) == sorted(EXCEPTIONS)


@pytest.mark.parametrize("codemod", OWN, ids=lambda entry: str(entry.name))
def test_what_is_left_stands_on_the_page_and_in_explain(codemod: type[Codemod]) -> None:
    page = (ROOT / "docs" / "codemods" / f"{codemod.name}.md").read_text("utf-8")
    told = describe(codemod, Painter(io.StringIO()))
    for role, reason in codemod.leaves.items():
        assert f"| {role} | {role.counts} | {reason} |" in page
        assert f"  {role}: {reason}\n" in told
    is_leaving_tests = codemod in LEAVING_TESTS
    assert ("| `include-tests` | `False` | " in page) is is_leaving_tests
    assert ("  include-tests = False\n      " in told) is is_leaving_tests
    assert ("## Files it leaves alone" in page) is bool(codemod.leaves)


# ------------------------------------------------------------------------------ one option


def acting_case(codemod: type[Codemod]) -> Case:
    """A fixture of one file in which the codemod finds something to act on: the first that edits without
    options, else one that edits with some, else one for review."""
    cases = [
        case
        for case in find_cases(ROOT / "fixtures", [codemod])
        if case.verdict is not Verdict.LEAVE and not case.is_folder and case.header.path is None
    ]
    return min(cases, key=lambda case: (case.verdict is Verdict.REVIEW, bool(case.header.options)))


def with_options(case: Case, **more: object) -> Codemod:
    """The codemod with the options of the fixture and some more."""
    codemod = case.configured
    return type(codemod)(replace(codemod.options, **more))


def verdicts(codemod: Codemod, case: Case, path: str) -> list[Verdict]:
    source = Source(path, case.before.read_bytes(), module="shop.test_stock")
    findings, problems = judge(source, [codemod])
    assert problems == []
    return [finding.verdict for finding in findings]


@pytest.mark.parametrize("codemod", LEAVING_TESTS, ids=lambda entry: str(entry.name))
def test_include_tests_has_tests_judged_like_other_code(codemod: type[Codemod]) -> None:
    case = acting_case(codemod)
    elsewhere = verdicts(with_options(case), case, "shop/stock.py")
    assert set(elsewhere) - {Verdict.LEAVE}
    left = verdicts(with_options(case), case, "shop/tests/stock.py")
    assert left
    assert set(left) == {Verdict.LEAVE}
    included = with_options(case, include_tests=True)
    assert verdicts(included, case, "shop/tests/stock.py") == elsewhere


@pytest.mark.parametrize("codemod", OWN, ids=lambda entry: str(entry.name))
def test_those_that_leave_tests_have_the_option_and_no_others(codemod: type[Codemod]) -> None:
    has_it = "include_tests" in {entry.name for entry in fields(codemod.Options)}
    assert has_it is (codemod in LEAVING_TESTS)
    options = codemod.Options()
    assert pickle.loads(pickle.dumps(options)) == options


# ------------------------------------------------------------------------------ the engine


@dataclass(frozen=True)
class Size:
    size: int = 1


class Renames(Codemod):
    """Renames every name `old`, whatever the file."""

    name = "renames"
    code = "X900"
    triggers = (b"old",)
    visits = (ast.Name,)
    leaves: ClassVar[dict[Role, str]] = {
        Role.GENERATED: "a generator writes it",
        Role.TEST: "a test",
    }
    Options: ClassVar[type[Any]] = Size

    def judge(self, node: ast.Name, source: Source) -> Iterator[Finding]:
        if node.id == "old":
            yield self.fix(source, node, "old", [source.replace(node, "new")])
        elif node.id == "older":
            yield self.review(source, node, "older", "look at it")
        else:
            yield self.leave(source, node, "another name")


A_TEST = "a test (it lies below `tests/`)"
GENERATED = "a generator writes it (its head says that a program wrote it)"
CODE = b"print(old, older, x)\n"


def found(path: str, code: bytes = CODE, options: Any = None) -> list[tuple[Verdict, str]]:
    findings, problems = judge(Source(path, code), [Renames(options)])
    assert problems == []
    acting = (Verdict.FIX, Verdict.UNSAFE)
    assert all(finding.evidence for finding in findings if finding.verdict not in acting)
    for finding in findings:
        assert bool(finding.edits) is (finding.verdict in acting)
        assert (finding.guidance is not None) is (finding.verdict is Verdict.REVIEW)
    return [(finding.verdict, finding.reason) for finding in findings]


def test_all_that_is_found_in_a_file_out_of_scope_is_left() -> None:
    other = (Verdict.LEAVE, "another name")
    judged = [other, (Verdict.FIX, "old"), (Verdict.REVIEW, "older"), other]
    left = [other, (Verdict.LEAVE, A_TEST), (Verdict.LEAVE, A_TEST), other]
    assert found("shop/stock.py") == judged
    assert found("tests/stock.py") == left
    assert found("tests/stock.py", options=Renames.Options(include_tests=True)) == judged
    assert found("scripts/stock.py") == judged


def test_the_first_role_declared_gives_the_reason() -> None:
    code = b"# @generated\n" + CODE
    assert found("tests/stock.py", code)[1] == (Verdict.LEAVE, GENERATED)
    included = Renames.Options(include_tests=True)
    assert found("tests/stock.py", code, included)[1] == (Verdict.LEAVE, GENERATED)


def test_options_of_its_own_stay_and_options_without_the_policy_leave_tests() -> None:
    assert Renames.Options(size=3, include_tests=True).size == 3
    assert isinstance(Renames.Options(), Size)
    assert found("tests/stock.py", options=Size(2))[1] == (Verdict.LEAVE, A_TEST)


@pytest.mark.parametrize(
    ("role", "path", "code"),
    [
        (Role.TEST, "shop/test_stock.py", b""),
        (Role.SCRIPT, "scripts/load.py", b""),
        (Role.EXAMPLE, "examples/load.py", b""),
        (Role.MIGRATION, "shop/migrations/0001_initial.py", b""),
        (Role.NOTEBOOK, "shop/look.py", b"# In[1]:\n"),
        (Role.GENERATED, "shop/api_pb2.py", b"# Generated by protoc. DO NOT EDIT!\n"),
        (Role.LOCAL_SETTINGS, "shop/settings/local.py", b""),
        (Role.LOCAL_SETTINGS, "shop/dev_settings.py", b""),
        (Role.TEST, "shop/plugin.py", b"import pytest\n\n@pytest.fixture()\ndef stock(): ...\n"),
        (Role.VENDORED, "shop/_vendor/six.py", b""),
        (Role.VENDORED, "shop/vendored/menus/__init__.py", b""),
        (Role.VENDORED, "third_party/six.py", b""),
        (Role.VENDORED, "external/six.py", b""),
        (None, "shop/external/stripe.py", b""),
        (None, "shop/vendor.py", b""),
        (None, "shop/local_shops.py", b""),
    ],
)
def test_roles_are_told_by_place_and_first_lines(role: Role | None, path: str, code: bytes) -> None:
    played = first_role(Source(path, code), Role)
    assert (played and played.role) is role
    assert played is None or played.known_by


@pytest.mark.parametrize("codemod", OWN, ids=lambda entry: str(entry.name))
def test_no_codemod_edits_vendored_code(codemod: type[Codemod]) -> None:
    case = acting_case(codemod)
    found = verdicts(with_options(case), case, "shop/_vendor/stock.py")
    assert found
    assert set(found) == {Verdict.LEAVE}


def test_every_role_says_which_files_count() -> None:
    assert all(role.counts for role in Role)
