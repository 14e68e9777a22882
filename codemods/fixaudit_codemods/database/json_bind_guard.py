"""`json.dumps` in a `TypeDecorator` raises a ValueError that says which column type refused the value.

`process_bind_param` runs deep inside of a flush. What JSON does not know there (a datetime, a circle, too
deep a nesting) is a TypeError, ValueError or RecursionError about the encoder, far from the code that set the value. The
statement goes into a `try` that raises one ValueError from it, with the name of the type. The value
itself is not shown: it may be a secret.

SQLAlchemy wraps what is raised there: callers get a `StatementError` before and after, whose `orig` is the
ValueError now. So code that looks into it may see another class: `--unsafe` only. It is off by default,
as the value is refused either way.

It leaves alone: a `dumps` in a `try` that has a handler for these, one with `default=str` or
`default=repr`, other encoders (`orjson` has an error of its own), and other methods. Types that a test
expects a TypeError of are for a human.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Evidence, Finding, Reach, ReportMatch, Role, Source, rewriting
from fixaudit.authoring import keyword, own_nodes
from fixaudit_codemods.database._sqlalchemy import type_decorator_bases

_MANY = 40
_CAUGHT = frozenset({"TypeError", "ValueError", "RecursionError", "Exception", "BaseException"})
_TEXTS = frozenset({"builtins.str", "builtins.repr"})
_NAMES = ("error", "cause", "json_error")
GUIDANCE = (
    "Put the `dumps` into `try: … except (TypeError, ValueError, RecursionError) as error: raise "
    "ValueError(…) from error`; the test then has to expect a ValueError, or through a session "
    "`sqlalchemy.exc.StatementError`, which wraps both."
)


class JsonBindGuard(Codemod):
    name = "json-bind-guard"
    code = "FA507"
    triggers = (b"process_bind_param",)
    visits = (ast.FunctionDef,)
    default = False  # the value is refused either way: only the message is another
    tags = frozenset({"database"})
    right_already = ("^a handler of its own ", "^`default=")
    report_match = ReportMatch(
        keywords=(
            ("json.dumps", "fail*|error*|unhandled|bind|type|exception*"),
            ("process_bind_param", "dumps|serializ*|serialis*"),
            ("json", "serializ*|serialis*", "error handling|unhandled|no handling|type decorator*"),
            ("type decorator*|typedecorator*", "error handling|json|exception*"),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test's type is the test's own",
        Role.MIGRATION: "a migration stays as it ran",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.FunctionDef, source: Source) -> Iterator[Finding]:
        if node.name != "process_bind_param":
            return
        owner = source.class_of(node)
        if owner is None or not _is_decorator(source, owner):
            return
        for call in own_nodes(node):
            if isinstance(call, ast.Call) and source.qualified_name(call.func) == "json.dumps":
                yield self._judged(source, node, owner, call)

    def _judged(
        self, source: Source, function: ast.FunctionDef, owner: ast.ClassDef, call: ast.Call
    ) -> Finding:
        reason = _handled(source, call) or _as_text(source, call) or self.out_of_scope(source)
        if reason is not None:
            return self.leave(source, call, reason)
        if (test := _expecting(source, owner)) is not None:
            return self.review(source, call, test, GUIDANCE)
        statement = source.statement(call)
        edit = _guarded(source, function, owner, statement)
        if isinstance(edit, str):
            return self.review(source, call, edit, GUIDANCE)
        why = (
            f"what JSON does not know is a ValueError that names `{owner.name}`; SQLAlchemy wraps it in a "
            "StatementError, as it did before"
        )
        return self.unsafe(source, call, why, [edit])


def _is_decorator(source: Source, owner: ast.ClassDef) -> bool:
    cls = source.project.class_of(owner, source.project.facts_of_source(source))
    return bool(type_decorator_bases(cls))


def _handled(source: Source, call: ast.Call) -> Evidence | None:
    """The handler in the same function that gets what the call raises."""
    child: ast.AST = call
    for above in source.ancestors(call):
        if isinstance(above, ast.FunctionDef):
            return None
        if isinstance(above, ast.Try) and child in above.body:
            for handler in above.handlers:
                if _catches(handler):
                    return source.proof(
                        handler, "a handler of its own gets the error", Reach.FUNCTION
                    )
        child = above
    return None


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(kind, "id", "") in _CAUGHT for kind in kinds)


def _as_text(source: Source, call: ast.Call) -> str | None:
    default = keyword(call, "default")
    if default is not None and source.qualified_name(default.value) in _TEXTS:
        return f"`default={source.segment(default.value)}` writes as text what JSON does not know"
    return None


def _expecting(source: Source, owner: ast.ClassDef) -> Evidence | None:
    """A test file that names the type and expects a TypeError."""
    for mention in source.project.mentions(b"TypeError", _MANY, tests_only=True):
        content = source.project.read(mention.path) or b""
        if "raises" in mention.text.lower() and owner.name.encode() in content:
            text = f"a test of `{owner.name}` expects a TypeError"
            return source.proof_at(mention.path, mention.line, text, Reach.DISTRIBUTION)
    return None


def _guarded(source: Source, function: ast.FunctionDef, owner: ast.ClassDef, statement: ast.stmt) -> Edit | str:  # fmt: skip
    """The statement in a `try`; in words, why it cannot be put there."""
    if not isinstance(statement, (ast.Return, ast.Assign, ast.AnnAssign, ast.Expr)):
        return "the call stands in the header of a block"
    if not rewriting.stands_alone(source, statement):
        return "other code shares its line"
    if _has_long_text(statement):
        return "a text over several lines stands in the statement"
    error = _free_name(function)
    if error is None:
        return "no name is free for the error"
    indent, step = source.indent(statement), _step(source, function, statement)
    span = rewriting.line_span(source, statement)
    lines = source.slice(span).rstrip("\r\n").splitlines()
    body = "\n".join(step + line if line.strip() else line for line in lines)
    text = (
        f"{indent}try:\n{body}\n"
        f"{indent}except (TypeError, ValueError, RecursionError) as {error}:\n"
        f'{indent}{step}raise ValueError(f"{owner.name} cannot store this as JSON: {{{error}}}") from {error}\n'
    )
    ended = source.body[span.start : span.end].endswith((b"\n", b"\r"))
    return source.edit(span.start, span.end, text if ended else text.rstrip("\n"))


def _has_long_text(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, (ast.Constant, ast.JoinedStr))
        and not (isinstance(node, ast.Constant) and not isinstance(node.value, (str, bytes)))
        and node.end_lineno != node.lineno
        for node in ast.walk(statement)
    )


def _free_name(function: ast.FunctionDef) -> str | None:
    taken = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    return next((name for name in _NAMES if name not in taken), None)


def _step(source: Source, function: ast.FunctionDef, statement: ast.stmt) -> str:
    """One level of the file's indentation, as the function's body has it."""
    outer = source.indent(function)
    first = source.indent(function.body[0])
    return first.removeprefix(outer) or "    "
