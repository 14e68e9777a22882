"""CORS that is open to everyone is closed: no origins by default, methods and headers by name.

`allow_origins=["*"]` lets any web page call the API, and together with `allow_credentials=True` lets it
do so with its visitor's cookies (Starlette then answers with the caller's own origin). A settings
field that defaults to a wildcard starts empty, so that production has to name its origins; methods and
headers become the lists in the options, with every header that the project reads; credentials are
allowed only where no wildcard is in force.

Which origins a literal `allow_origins=["*"]` should have, only the project knows: for review, unless
an option says it. So are texts that are split later, defaults of the environment and of command-line
options, headers read by names that are not written out, Flask-CORS, and branches that are for debugging
and local development by their names. It leaves alone: lists that are spelled out, examples and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Edit, Evidence, Finding, ReportMatch, Role, Source, memoized
from fixaudit.authoring import assigned_literal, keyword
from fixaudit_codemods.security._development import for_development
from fixaudit_codemods.security.cors_wildcard._open_defaults import open_default
from fixaudit_codemods.security.cors_wildcard._policy_sites import (
    KEYWORDS,
    Kind,
    default_of,
    environment_default,
    holds_wildcard,
    is_checked,
    is_middleware,
    is_wildcard,
    may_be_wildcard,
)
from fixaudit_codemods.security.cors_wildcard._request_headers import headers_read

_FLASK = frozenset({"flask_cors.CORS", "flask_cors.cross_origin"})
_WIDEST = 100
NAME_THEM = "Name the origins, or read them from settings whose default is empty."
LIST_THEM = "List those that are needed: whatever is missing, browsers refuse."
SPLIT = "Give an empty default, and make sure that splitting an empty text gives no origin at all."


@dataclass(frozen=True)
class Options:
    origins: tuple[str, ...] = ()
    origins_expression: str = ""
    methods: tuple[str, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
    headers: tuple[str, ...] = ("Authorization", "Content-Type", "X-Request-ID")

    def __post_init__(self) -> None:
        if self.origins and self.origins_expression:
            raise ValueError('"origins" and "origins-expression" exclude each other')
        if "*" in (*self.origins, *self.methods, *self.headers):
            raise ValueError('"*" among the values would change nothing')
        try:
            ast.parse(self.origins_expression or "0", mode="eval")
        except SyntaxError as error:
            raise ValueError(f'"origins-expression" is no expression: {error.msg}') from error


class CorsWildcard(Codemod):
    name = "cors-wildcard"
    code = "FA401"
    triggers = (b"CORS", b"cors", b"_origins", b"_methods", b"_headers", b"ORIGINS")
    visits = (ast.Call, ast.AnnAssign, ast.Assign)
    tags = frozenset({"security"})
    right_already = ("^no wildcard among ",)
    report_match = ReportMatch(
        rules=("CWE-942", "CWE-346", "wildcard-cors"),
        keywords=(
            ("cors", "wildcard"),
            ("allow_origins",),
            ("allowed_origins",),
            ("allow_headers",),
            ("cors", "origins"),
            ("cors", "allow_credentials"),
            ("cors", "whitelist"),
            ("cors", "header*"),
            (
                (
                    "any website|any site|any origin|all origins|every origin|any web page|"
                    "every web page|every website|any domain|all domains|jede webseite|"
                    "alle ursprünge|n'importe quel site|toutes les origines|cualquier sitio|"
                    "cualquier origen"
                ),
            ),
            (
                "cors",
                (
                    "open|everyone|any|all|every|permissive|restrict*|offen|ouvert*|abiert*|star|"
                    "joker|comodín"
                ),
            ),
            ("origin", "star|everyone|open|any|all|every|restrict*|joker|comodín"),
        ),
        options={
            "origins": (
                r"""[\"'`](https?://(?!(?:www\.)?(?:your|my|example))[\w.-]+(?::\d+)?)[\"'`]""",
            ),
            "methods": (r"allow_methods ?= ?\[([^\]*]+)\]",),
            "headers": (r"allow_headers ?= ?\[([^\]*]+)\]",),
        },
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "origins": "the origins that replace a literal `*` at the middleware",
        "origins_expression": "or where they are read from, such as `settings.allowed_origins`",
        "methods": "the methods that replace `*`",
        "headers": "the request headers that replace `*`",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test",
        Role.EXAMPLE: "an example",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(
        self, node: ast.Call | ast.AnnAssign | ast.Assign, source: Source
    ) -> Iterator[Finding]:
        for finding in self._findings(node, source):
            hint = for_development(source, node) or ()
            yield self.doubt(source, node, finding, hint, guidance=NAME_THEM)

    def _findings(
        self, node: ast.Call | ast.AnnAssign | ast.Assign, source: Source
    ) -> Iterator[Finding]:
        if not isinstance(node, ast.Call):
            yield from self._field(source, node)
        elif not _speaks_of_cors(source):
            return
        elif is_middleware(source, node):
            yield from self._middleware(source, node)
        elif source.qualified_name(node.func) in _FLASK:
            yield self._flask(source, node)

    # ------------------------------------------------------------------------- settings

    def _field(self, source: Source, node: ast.AnnAssign | ast.Assign) -> Iterator[Finding]:
        default = default_of(source, node)
        if default is None:
            value = environment_default(source, node)
            if value is not None:
                yield self._from_environment(source, node, value)
            return
        if (reason := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, reason)
        elif is_wildcard(default.value):
            where = "by default" if default.kind == "origins" else "unless a list is configured"
            yield self._listed(source, default.value, default.kind, where)
        elif holds_wildcard(default.value):
            what = "the default is open to everyone, and not written as a list of `*` alone"
            yield self.review(source, node, what, SPLIT)
        else:
            yield self.leave(source, node, f"no wildcard among the {default.kind}")

    def _from_environment(
        self, source: Source, node: ast.AnnAssign | ast.Assign, value: ast.expr
    ) -> Finding:
        if (reason := self.out_of_scope(source)) is not None:
            return self.leave(source, node, reason)
        told = "without a setting in the environment it is open to everyone"
        return self.review(source, value, told, SPLIT)

    def _listed(self, source: Source, value: ast.expr, kind: Kind, where: str) -> Finding:
        if kind == "origins":
            edit = source.replace(value, "()" if isinstance(value, ast.Tuple) else "[]")
            if isinstance(value, ast.Set):
                edit = source.replace(value, "set()")
            reason = (
                f"no origin is allowed {where}: deployments that relied on `*` must name theirs"
            )
            return self.unsafe(source, value, reason, [edit])
        names = self.options.methods
        unknown: Evidence | None = None
        if kind == "headers":
            read = headers_read(source)
            unknown = read.unknown
            listed = {name.lower() for name in self.options.headers}
            own = (name for name in read.names if name.lower() not in listed)
            names = (*self.options.headers, *own)
        reason = f"only the listed {kind} are allowed {where}: browsers refuse others"
        found = self.unsafe(source, value, reason, [_list_edit(source, value, names)])
        return self.doubt(source, value, found, unknown or (), guidance=LIST_THEM)

    # ------------------------------------------------------------------------- middleware

    def _middleware(self, source: Source, node: ast.Call) -> Iterator[Finding]:
        if (reason := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, reason)
            return
        for entry in node.keywords:
            if entry.arg in KEYWORDS:
                yield self._policy(source, entry, KEYWORDS[entry.arg])
            elif entry.arg == "allow_credentials":
                yield self._credentials(source, node, entry)
            elif entry.arg is None:
                what = "options of the middleware come unpacked"
                yield self.review(source, node, what, "Look for wildcards where they are made.")

    def _policy(self, source: Source, entry: ast.keyword, kind: Kind) -> Finding:
        value = assigned_literal(source, entry.value)
        if not is_wildcard(value):
            if holds_wildcard(entry.value):
                what = f"some of the {kind} are a wildcard here"
                return self.review(source, entry.value, what, NAME_THEM)
            default = open_default(source, entry.value)
            if default is not None:
                advice = NAME_THEM if kind == "origins" else LIST_THEM
                return self.review(source, entry.value, default, advice)
            return self.leave(source, entry.value, f"the {kind} are given by name or by settings")
        if kind != "origins" and value is entry.value:
            return self._listed(source, value, kind, "from now on")
        if kind != "origins":
            return self.review(source, entry.value, f"a list of all {kind}", "List those needed.")
        return self._origins(source, entry.value)

    def _origins(self, source: Source, value: ast.expr) -> Finding:
        reason = "any web page may call this API"
        if self.options.origins:
            edit = _list_edit(source, value, self.options.origins)
            return self.unsafe(source, value, f"{reason}; now those configured", [edit])
        expression = self.options.origins_expression
        if expression and _is_reachable(source, value, expression):
            edit = source.replace(value, expression)
            return self.unsafe(source, value, f"{reason}; now `{expression}`", [edit])
        return self.review(source, value, reason, NAME_THEM)

    def _credentials(self, source: Source, node: ast.Call, entry: ast.keyword) -> Finding:
        value = entry.value
        if not (isinstance(value, ast.Constant) and value.value is True):
            decided = "are not allowed" if isinstance(value, ast.Constant) else "depend on the code"
            return self.leave(source, value, f"credentials {decided} here")
        origins = keyword(node, "allow_origins")
        if origins is None:
            named = keyword(node, "allow_origin_regex") is not None
            return self.leave(source, value, "a pattern says which origins" if named else "no origins are allowed")  # fmt: skip
        if is_checked(source, origins.value):
            return self.leave(source, value, 'the code checks whether "*" is among the origins')
        possible = may_be_wildcard(source, origins.value)
        if possible is None and open_default(source, origins.value) is not None:
            possible = True
        if possible is False:
            return self.leave(source, value, "no wildcard among the origins")
        if possible is None:
            what = "cookies are allowed for origins that are configured elsewhere, perhaps `*`"
            return self.review(source, value, what, "Refuse `*` where the origins are read.")
        return self._guarded(source, value, origins.value)

    def _guarded(self, source: Source, value: ast.expr, origins: ast.expr) -> Finding:
        if is_wildcard(assigned_literal(source, origins)):
            reason = "with `*` any web page could use its visitor's cookies: these are ignored now"
            return self.unsafe(source, value, reason, [source.replace(value, "False")])
        if not _is_simple(origins):
            what = "any web page may use its visitor's cookies where the origins are `*`"
            return self.review(source, value, what, "Allow credentials only without the wildcard.")
        text = source.segment(origins)
        guarded = f'"*" not in {text}' if _is_dotted(origins) else f'"*" not in ({text})'
        reason = "cookies are allowed only while no wildcard is among the origins"
        proof = open_default(source, origins) or ()
        return self.unsafe(source, value, reason, [source.replace(value, guarded)], because=proof)

    def _flask(self, source: Source, node: ast.Call) -> Finding:
        if (reason := self.out_of_scope(source)) is not None:
            return self.leave(source, node, reason)
        named = keyword(node, "origins")
        if named is not None and not holds_wildcard(assigned_literal(source, named.value)):
            return self.leave(source, node, "the origins are given by name or by settings")
        if named is None and keyword(node, "resources") is not None and not holds_wildcard(node):
            return self.leave(source, node, "the origins are given by name or by settings")
        return self.review(source, node, "Flask-CORS allows every origin here", NAME_THEM)


@memoized
def _speaks_of_cors(source: Source) -> bool:
    """Cheap: whether the words that a call of the middleware or of Flask's needs are there at all."""
    return any(word in source.body for word in (b"CORS", b"cross_origin"))


def _is_dotted(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (
        isinstance(node, ast.Attribute) and _is_dotted(node.value)
    )


def _is_simple(node: ast.expr) -> bool:
    """True for what can be evaluated twice on one line: names, attributes, choices, literals."""
    allowed = (ast.Name, ast.Attribute, ast.IfExp, ast.BoolOp, ast.List, ast.Tuple, ast.Constant)
    contexts = (ast.expr_context, ast.boolop, ast.unaryop, ast.UnaryOp)
    return node.lineno == node.end_lineno and all(
        isinstance(inner, (*allowed, *contexts)) for inner in ast.walk(node)
    )


def _is_reachable(source: Source, node: ast.expr, expression: str) -> bool:
    parsed = ast.parse(expression, mode="eval").body
    names = [inner.id for inner in ast.walk(parsed) if isinstance(inner, ast.Name)]
    return all(source.lookup(name, node) for name in names)


def _list_edit(source: Source, value: ast.expr, names: tuple[str, ...]) -> Edit:
    """The names in place of the wildcard; a line each where one line would be too long."""
    quote = "'" if "'" in source.segment(value) else '"'
    quoted = [f"{quote}{name}{quote}" for name in names]
    opening, closing = {ast.Tuple: ("(", ")"), ast.Set: ("{", "}")}.get(type(value), ("[", "]"))
    comma = "," if isinstance(value, ast.Tuple) and len(quoted) == 1 else ""
    text = f"{opening}{', '.join(quoted)}{comma}{closing}"
    line = source.line_text(value.lineno)
    if len(line) - len(source.segment(value)) + len(text) > _WIDEST:
        indent = line[: len(line) - len(line.lstrip(" \t\f"))]
        step = "\t" if indent.startswith("\t") else "    "
        inner = "".join(f"{indent}{step}{name},\n" for name in quoted)
        text = f"{opening}\n{inner}{indent}{closing}"
    return source.replace(value, text)
