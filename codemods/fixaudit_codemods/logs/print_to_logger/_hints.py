"""What names and documentation say of a print: words that let one think of a terminal."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from fixaudit import Evidence, Source, memoized
from fixaudit.authoring import Function
from fixaudit_codemods.logs.print_to_logger._terminal_calls import talks

_VERBS = frozenset(
    {"print", "prints", "printf", "pprint", "show", "display", "dump", "echo", "usage", "help"}
    | {"banner", "pretty", "report"}
)
_CLASSES = re.compile(
    r"^Print(?=[A-Z])|^Std(?:[Oo]ut|[Ee]rr)|(?:Printer|Reporter|Console|Terminal|ProgressBar|Shell|Repl|REPL)$"
)
_DOCUMENTED = re.compile(
    r"\b(?:(?:pretty-?)?print(?:s|ed|ing)?(?! statement)|stdout|standard output|console|terminal"
    r"|(?:on|to) (?:the )?screen)\b",
    re.IGNORECASE,
)
_NO_LOG = re.compile(
    r"\b(?:can(?:no|['’])t|cannot|don['’]t|do not|not|no|without|before|instead of|rather than|bypass\w*)\b"
    r"[^.]{0,40}\blog(?:ger|ging|s)?\b|\blog(?:ger|ging)\b[^.]{0,30}\b(?:not|isn['’]t)\b"
    r"|\bprint\w*\b[^.]{0,30}\b(?:on purpose|intentional\w*|deliberate\w*)",
    re.IGNORECASE,
)
# Of the prints of a function, wherever in it the comment stands.
_GOES_TO = re.compile(r"\bprint\w*\b[^.]{0,30}\b(?:piped|redirected|captured)\b", re.IGNORECASE)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def hints(source: Source, call: ast.Call) -> Iterator[Evidence]:
    """Independent hints that the output is meant for whoever looks at it: each from another place."""
    documentation = ast.get_docstring(source.tree) or ""
    if (word := _DOCUMENTED.search(documentation)) is not None:
        yield source.hint(source.tree, f"the module's docstring says `{word[0]}`")
    for asked in _questions(source)[:1]:
        yield source.hint(asked, "the module asks somebody at the terminal")
    for above in source.ancestors(call):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _of_function(source, above)
        elif isinstance(above, ast.ClassDef) and _CLASSES.search(above.name):
            yield source.hint(above, f"`{above.name}` is named after what it writes to")
    yield from said_above(source, call)
    if len(call.args) == 1 and _joins_lines(call.args[0]):
        yield source.hint(call, "it shows many lines at once, laid out before")
    logged = _logged_beside(source, call)
    if logged is not None:
        yield source.hint(logged, "the log is told the same")


@memoized
def _questions(source: Source) -> list[ast.Call]:
    return [call for call in source.nodes(ast.Call) if talks(source, call)]


def said_above(source: Source, call: ast.Call) -> Iterator[Evidence]:
    """The comment at the print, or right above it, that says that no logger can be used."""
    first, last = source.lines_of(source.statement(call))
    lines = [*range(first, last + 1)]
    while first - 1 in source.comments_by_line and first - 1 not in lines:
        first -= 1
        lines.append(first)
    for line in lines:
        if _NO_LOG.search(source.comments_by_line.get(line, "")):
            text = "a comment says why it is printed, and not logged"
            yield replace(source.hint(call, text), line=line)


@memoized
def _of_function(source: Source, function: Function) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    words = [word.lower() for word in _WORDS.findall(function.name)]
    if words and words[0] in _VERBS:
        found.append(
            source.hint(function, f"printing is the job of `{function.name}`, by its name")
        )
    word = _DOCUMENTED.search(ast.get_docstring(function) or "")
    first, last = source.lines_of(function)
    for line in range(first, last + 1):
        if _GOES_TO.search(source.comments_by_line.get(line, "")):
            text = "a comment says where the prints go"
            found.append(replace(source.hint(function, text), line=line))
            break
    if word is not None:
        text = f"the docstring of `{function.name}` says `{word[0]}`"
        found.append(source.hint(function.body[0], text))
    return tuple(found)


def _joins_lines(argument: ast.expr) -> bool:
    match argument:
        case ast.Call(func=ast.Attribute(value=ast.Constant(value="\n"), attr="join")):
            return True
    return False


def _logged_beside(source: Source, call: ast.Call) -> ast.stmt | None:
    """A statement of the same block that logs what the print says, in the same words."""
    shown = {_spelled(argument) for argument in call.args}
    for statement in source.block(source.statement(call)):
        logged = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(logged, ast.Await):
            logged = logged.value
        if isinstance(logged, ast.Call) and isinstance(logged.func, ast.Attribute):
            if logged.func.attr in _LOG_METHODS:
                said = {_spelled(argument) for argument in logged.args}
                said |= {_spelled(value) for value in _values(logged.args)}
                if shown and (shown <= said or _share(shown, said)):
                    return statement
    return None


def _values(arguments: list[ast.expr]) -> Iterator[ast.expr]:
    """What the f-strings among the arguments show."""
    for argument in arguments:
        for part in argument.values if isinstance(argument, ast.JoinedStr) else ():
            if isinstance(part, ast.FormattedValue):
                yield part.value


def _spelled(argument: ast.expr) -> str:
    return ast.unparse(argument)


def _share(shown: set[str], said: set[str]) -> bool:
    """True where one text starts like the other, as far as its first words."""
    return any(
        a.startswith("f") and b.startswith("f") and a[:14] == b[:14] and len(a) > 14
        for a in shown
        for b in said
    )
