"""The edits that let a route answer 501: what is raised, what is let through, what is not needed."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from fixaudit import Access, Edit, NeededName, ObsoleteImport, Source, access
from fixaudit.authoring import Framework, comments, outer_parentheses, stands_alone
from fixaudit_codemods.web._routes import Route

LINE_LENGTH = 88
ABORTING: dict[Framework, str] = {"flask": "flask", "quart": "quart"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no edit can be made."""

    reason: str


@dataclass(frozen=True, slots=True)
class Repair:
    """The edits and what they need; `exception` is how the route's HTTP exception is reached."""

    edits: tuple[Edit, ...]
    needed_names: tuple[NeededName, ...]
    exception: Access | None

    def pass_through(
        self, source: Source, handler: ast.ExceptHandler
    ) -> tuple[list[Edit], tuple[NeededName, ...]] | None:
        """An `except HTTPException: raise` before a broad handler."""
        if self.exception is None:
            return None
        inner = _indent_step(source, handler)
        line = source.positions.line_start(handler.lineno)
        own = source.line_text(handler.lineno)
        indent = own[: len(own) - len(own.lstrip())]
        text = f"{indent}except {self.exception.text}:\n{indent}{inner}raise\n"
        return [source.edit(line, line, text)], self.exception.needed_names


def raised(
    source: Source,
    route: Route,
    replaced: Sequence[tuple[ast.stmt, ast.expr | None]],
    status: int,
    default: str,
) -> Repair | Refusal:
    """The repair that puts a raise (or an abort) in the place of each statement."""
    node = route.function.body[-1]
    framework = route.framework or "fastapi"
    reached = _means(source, node, framework)
    if reached is None:
        return Refusal("the name of the HTTP exception means something else here")
    edits: list[Edit] = []
    needed_names: list[NeededName] = [*reached.needed_names]
    for statement, detail in replaced:
        if not stands_alone(source, statement) and not _behind_heading(source, statement):
            return Refusal(f"line {statement.lineno} holds more than this one statement")
        text = _detail(source, statement, detail, default)
        edits.append(_edit(source, statement, framework, reached, status, text, detail))
        needed_names += _needless(source, statement, detail)
    return Repair(
        tuple(edits), tuple(dict.fromkeys(needed_names)), _exception(source, node, framework)
    )


def _means(source: Source, node: ast.AST, framework: Framework) -> Access | None:
    if framework in ABORTING:
        module = ABORTING[framework]
        return access(source, node, module, "abort") or _through(source, node, module, "abort")
    return _exception(source, node, framework)


def _exception(source: Source, node: ast.AST, framework: Framework) -> Access | None:
    """Its HTTP exception: one that is imported already, else the framework's own."""
    homes = {
        "fastapi": ("fastapi", "fastapi.exceptions", "starlette.exceptions"),
        "starlette": ("starlette.exceptions",),
        "flask": ("werkzeug.exceptions",),
        "quart": ("werkzeug.exceptions",),
    }[framework]
    found = [access(source, node, home, "HTTPException") for home in homes]
    for entry in found:
        if entry is not None and not entry.needed_names:
            return entry
    return found[0] or _through(source, node, homes[0], "HTTPException")


def _through(source: Source, node: ast.AST, module: str, name: str) -> Access | None:
    if "." in module:
        return None
    reached = access(source, node, module)
    return None if reached is None else Access(f"{reached.text}.{name}", reached.needed_names)


def _detail(source: Source, statement: ast.stmt, detail: ast.expr | None, default: str) -> str:
    """The text of the payload as it is written, or that of `NotImplementedError("…")`."""
    if detail is not None:
        return source.slice(outer_parentheses(source, detail))
    if isinstance(statement, ast.Raise) and isinstance(statement.exc, ast.Call):
        arguments = statement.exc.args
        if len(arguments) == 1 and isinstance(arguments[0], (ast.Constant, ast.JoinedStr)):
            return source.segment(arguments[0])
    return '"' + default.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _edit(
    source: Source,
    statement: ast.stmt,
    framework: Framework,
    reached: Access,
    status: int,
    detail: str,
    node: ast.expr | None,
) -> Edit:
    behind = not stands_alone(source, statement)
    indent = source.indent(statement) + (_indent_step(source, statement) if behind else "")
    if framework in ABORTING:
        opening, arguments = f"{reached.text}(", (str(status), f"description={detail}")
    else:
        opening, arguments = f"raise {reached.text}(", (f"status_code={status}", f"detail={detail}")
    text = _laid_out(indent, _indent_step(source, statement), opening, arguments)
    kept = _comments_outside(source, statement, node)
    whole = "".join(f"{comment}\n{indent}" for comment in kept) + text
    if not behind:
        return source.replace(statement, whole)
    span = source.span(statement)
    colon = source.body.rindex(b":", 0, span.start) + 1
    return source.edit(colon, span.end, f"\n{indent}{whole}")


def _behind_heading(source: Source, statement: ast.stmt) -> bool:
    """The only statement of a function, on the line of its `def f(): ...`."""
    function = source.parent(statement)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or len(function.body) > 1:
        return False
    span = source.span(statement)
    line_end = source.positions.line_end(statement.end_lineno or statement.lineno)
    after = source.body[span.end : line_end].strip()
    before = source.body[: span.start].rstrip(b" \t")
    return before.endswith(b":") and (not after or after.startswith(b"#"))


def _laid_out(indent: str, step: str, opening: str, arguments: tuple[str, str]) -> str:
    """The call on one line where it fits, else as Black would break it."""
    line = f"{opening}{', '.join(arguments)})"
    inner = indent + step
    first, second = arguments
    if "\n" in second:
        name, _, value = second.partition("=")
        if '"""' in value or "'''" in value or "\\\n" in value:
            return line
        pieces = [entry.strip() for entry in value.removeprefix("(").splitlines()]
        if value.startswith("("):
            pieces[-1] = pieces[-1].removesuffix(")")
        body = "".join(f"{inner}{step}{piece}\n" for piece in pieces if piece)
        return f"{opening}\n{inner}{first},\n{inner}{name}=(\n{body}{inner}),\n{indent})"
    if len(indent.expandtabs(4)) + len(line) <= LINE_LENGTH:
        return line
    if len(inner.expandtabs(4)) + len(", ".join(arguments)) <= LINE_LENGTH:
        return f"{opening}\n{inner}{', '.join(arguments)}\n{indent})"
    return f"{opening}\n{inner}{first},\n{inner}{second},\n{indent})"


def _comments_outside(source: Source, statement: ast.stmt, kept: ast.expr | None) -> list[str]:
    """The comments in the statement that go with the payload: they move above the raise."""
    whole = [comment.text for comment in comments(source.segment(statement))]
    if kept is None:
        return whole
    inside = [c.text for c in comments(source.slice(outer_parentheses(source, kept)))]
    for text in inside:
        whole.remove(text)
    return whole


def _needless(source: Source, statement: ast.stmt, kept: ast.expr | None) -> list[NeededName]:
    """Imports that only the payload used."""
    stays = {id(part) for part in ast.walk(kept)} if kept is not None else set()
    return [
        ObsoleteImport(part.id)
        for part in ast.walk(statement)
        if isinstance(part, ast.Name)
        and id(part) not in stays
        and any(
            binding.kind == "import" for binding in source.scopes.module.bindings.get(part.id, ())
        )
    ]


def _indent_step(source: Source, node: ast.AST) -> str:
    """One level of indentation as the file has it around a node."""
    function = source.function(node)
    if function is None or isinstance(function, ast.Lambda):
        return "    "
    first = source.indent(function.body[0])
    own = source.indent(function)
    return first[len(own) :] if first.startswith(own) and len(first) > len(own) else "    "
