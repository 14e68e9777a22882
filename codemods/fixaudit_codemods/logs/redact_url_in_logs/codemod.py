"""Database, broker and Redis URLs in log messages go through a function that hides the password.

`redis://:secret@cache:6379/0` in a log is a password in every place that log is shipped to, for as
long as it is kept. The function is the project's own where it has one (or the one of the option
`helper`). Otherwise it is added to the module, and where several modules of a distribution need it to
one of them, or to a `utils.py` that they import, from which the others import it. It keeps scheme, user,
host and path, and lets None and what is no URL through as its text. URLs of repositories are for a human, where the project shows that
a user or token may stand in them.

It leaves alone: URLs that pass through a function or of which a part is logged, names that say they
are redacted, constants without a password, SQLAlchemy's own URL objects (which hide it), addresses of
web pages, and tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Edit, Evidence, Finding, ReportMatch, Role, Source, Verdict, loggers
from fixaudit.authoring import assigned_literal, clipped, origin_match
from fixaudit_codemods.logs.redact_url_in_logs._handed_to_stores import STORES, handed_to_store
from fixaudit_codemods.logs.redact_url_in_logs._helper import hides, redaction_for
from fixaudit_codemods.logs.redact_url_in_logs._logged_values import Exposure, exposures
from fixaudit_codemods.logs.redact_url_in_logs._repository_urls import (
    credentials_in_urls,
    is_repository_url,
)

LEVELS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"}
    | {"trace", "success", "msg"}
)
_SECRET = re.compile(
    rf"(?:\w*_)?(?:{STORES})(?:_\w+)*_?(?:url|uri|dsn|conninfo)|(?:\w*_)?(?:dsn|conninfo)"
    r"|(?:\w*_)?(?:connection|conn)_(?:string|str|uri)|(?:\w*_)?result_backend(?:_url)?",
    re.IGNORECASE,
)
_OWNER = re.compile(rf"_*(?:{STORES})(?:_(?:settings|config|options))?", re.IGNORECASE)
_REDACTED = re.compile(r"redact|mask|saniti[sz]e|safe|hidden|censor|public|display", re.IGNORECASE)
_HIDING = re.compile(r"sqlalchemy(?:\.\w+)*\.(?:make_url|URL)(?:\.\w+)?\(\)(?:\.\w+(?:\(\))?)*")
_READERS = frozenset({"get_secret_value", "value", "unicode_string", "strip"})
_HOST_ONLY = "Log the URL without its user, as the project does elsewhere."
GUIDANCE = "Log the host and the name of the database, or hide the password before."


@dataclass(frozen=True)
class Options:
    helper: str = ""
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.helper and "." not in self.helper:
            raise ValueError('"helper" must be a dotted name such as app.logs.redact_url')


Secret = ast.Name | ast.Attribute


class RedactUrlInLogs(Codemod):
    name = "redact-url-in-logs"
    code = "FA208"
    triggers = (b"url", b"URL", b"uri", b"URI", b"dsn", b"DSN", b"conn", b"result_backend")
    visits = (ast.Call,)
    tags = frozenset({"logging", "security"})
    report_match = ReportMatch(
        rules=("CWE-532", "CWE-312"),
        keywords=(
            ("credential|redis_url|database_url|connection string", "log"),
            ("password", "logged"),
            ("sanitize urls",),
            (
                "password|passwort*|passwörter*|kennwort*|kennwörter*|credential|secret|contraseña*|mot de passe|mots de passe|zugangsdaten|identifiants|credencial*",
                "in the log|in log|into the log|to the log|the log|log file|logs|logged|logging|logger|im log|in logs|protokoll*|journaux|registros|los logs",
            ),
            (
                "connection string|connection url|database url|verbindungsadresse|verbindungsstring|url de conexión|url de connexion|redis url",
                "log|logged|logging|logger|protokoll*|journaux|registros|written|geschrieben|escribe",
            ),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "helper": "a function of the project that hides the password, such as app.logs.redact_url",
        "names": "more names of variables and attributes that hold such URLs",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def objection(self, advice: Source) -> str | None:
        """A helper that sets what a parsed URL only computes."""
        for call in advice.nodes(ast.Call):
            set_ = [
                entry.arg
                for entry in call.keywords
                if entry.arg in ("password", "username", "port")
            ]
            if set_ and getattr(call.func, "attr", "") == "_replace":
                return f"`_replace({set_[0]}=…)` raises: a parsed URL has it inside `netloc`, which has to be put together anew"
        return None

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in LEVELS:
            return
        if self._secret_in(source, node) is None:  # before any literal is taken apart
            yield from self._repository_urls(source, node)
            return
        shown = [(entry, self._secret_in(source, entry.value)) for entry in exposures(source, node)]
        found = [(entry, secret) for entry, secret in shown if secret is not None]
        if not found:
            return
        hint = loggers.likely(source, node.func.value)
        if hint is None and loggers.kind_of(source, node.func.value) is None:
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
            return
        kept = [_left_alone(source, entry.value, secret) for entry, secret in found]
        open_ones = [entry for (entry, _), why in zip(found, kept, strict=True) if why is None]
        hinted = [why for why in kept if isinstance(why, Evidence)]
        if open_ones:
            redacted = self._redacted(source, node, open_ones)
            found_hint = self.doubt(source, node, redacted, hint or (), Verdict.UNSAFE)
            secrets = [secret for _, secret in found if not self._is_secret(secret)]
            handed = [why for each in secrets if (why := handed_to_store(source, each))]
            yield self.doubt(source, node, found_hint, handed, guidance=GUIDANCE)
        elif hinted:
            redacted = self._redacted(source, node, [entry for entry, _ in found])
            yield self.doubt(source, node, redacted, hinted)
        else:
            yield self.leave(source, node, str(kept[-1]))

    def _secret_in(self, source: Source, value: ast.AST) -> Secret | None:
        """The name or attribute in the value that holds a URL with a password."""
        names = [n for n in ast.walk(value) if isinstance(n, (ast.Name, ast.Attribute))]
        for inner in names:
            if self._is_secret(inner):
                return inner
        return next((inner for inner in names if handed_to_store(source, inner)), None)

    def _is_secret(self, node: ast.Name | ast.Attribute) -> bool:
        name = node.id if isinstance(node, ast.Name) else node.attr
        if _SECRET.fullmatch(name) or name in self.options.names:
            return True
        if isinstance(node, ast.Name) or name not in ("url", "uri"):
            return False
        owner = node.value
        last = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
        return _OWNER.fullmatch(last) is not None

    def _redacted(self, source: Source, node: ast.Call, found: list[Exposure]) -> Finding:
        words = ", ".join(f"`{ast.unparse(entry.value)}`" for entry in found)
        if any(entry.start is None for entry in found):
            what = f"{words} may hold a password, and the message is not one to edit"
            return self.review(source, node, what, GUIDANCE)
        helper = redaction_for(source, node, self.options.helper)
        if helper is None:
            what = f"{words} may hold a password; the names of the helper are taken"
            return self.review(source, node, what, GUIDANCE)
        edits: list[Edit] = []
        for entry in found:
            edits += entry.wrapped(source, helper.text)
        found_to = f"{words} may hold a password"
        redacted = self.fix(source, node, found_to, edits, helper.needed_names)
        return self.doubt(source, node, redacted, helper.doubts, Verdict.UNSAFE)

    def _repository_urls(self, source: Source, node: ast.Call) -> Iterator[Finding]:
        """For a human: of a token as the user, the helper would show a part."""
        values = [*node.args, *(word.value for word in node.keywords)]
        if not any(is_repository_url(inner) for value in values for inner in _names(value)):
            return
        func = node.func
        assert isinstance(func, ast.Attribute)
        if loggers.kind_of(source, func.value) is None and not loggers.likely(source, func.value):
            return
        shown = [entry.value for entry in exposures(source, node) if is_repository_url(entry.value)]
        known = credentials_in_urls(source) if shown else None
        if known is not None and self.out_of_scope(source) is None:
            words = f"`{ast.unparse(shown[0])}` is the URL of a repository, by its name"
            yield self.review(source, node, [source.hint(shown[0], words), known], _HOST_ONLY)


def _names(value: ast.expr) -> Iterator[ast.expr]:
    return (node for node in ast.walk(value) if isinstance(node, (ast.Name, ast.Attribute)))


def _left_alone(source: Source, value: ast.expr, secret: ast.expr) -> str | Evidence | None:
    """Why a value is shown as it is: a hint where only names say that it is redacted."""
    value = _unwrapped(value)
    if not isinstance(value, (ast.Name, ast.Attribute)):
        return _passed_on(value)
    if value is not secret:
        return f"only a part of `{ast.unparse(secret)}` is shown"
    last = value.id if isinstance(value, ast.Name) else value.attr
    if origin_match(source, value, _HIDING):
        return "SQLAlchemy hides the password of its URLs"
    reason = _left_by_value(source, value)
    if reason is None and _REDACTED.search(last):
        return source.hint(value, "its name says that it is redacted")
    return reason


def _unwrapped(value: ast.expr) -> ast.expr:
    """What `settings.redis_url.get_secret_value()` and other readers of a whole value read."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=[], keywords=[]):
            return inner if attr in _READERS else value
    return value


def _passed_on(value: ast.expr) -> str:
    if isinstance(value, ast.Call):
        return f"it goes through `{clipped(ast.unparse(value.func))}`"
    return "only a part of it, or something computed from it, is shown"


def _left_by_value(source: Source, value: ast.expr) -> str | Evidence | None:
    given = assigned_literal(source, value)
    if isinstance(given, ast.Constant) and isinstance(given.value, str) and "@" not in given.value:
        return "a constant without a password"
    if isinstance(given, ast.Call):
        called = ast.unparse(given.func)
        text = f"it comes from `{clipped(called)}`, which hides the password"
        if called == "repr" or "render_as_string" in called or hides(source, given.func):
            return text
        if _REDACTED.search(called):
            return source.hint(given, f"{text}, by its name")
    return None
