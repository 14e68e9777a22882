"""The level a print speaks at: by its handler, its words, the condition above it and its stream."""

from __future__ import annotations

import ast
import re

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import walk
from fixaudit_codemods.logs.print_to_logger._level_words import is_labelled, level_of
from fixaudit_codemods.logs.print_to_logger._message import names_in, visible

_DEBUG = re.compile(r"debug", re.IGNORECASE)
_ASKED = re.compile(r"^(?:be_)?(?:verbos|quiet|silent|disp$|iprint$|show_progress|progress$)|^_?(?:print|show|echo|display|dump)(?:_|$)", re.IGNORECASE)  # fmt: skip
_AS_OUTPUT = re.compile(r"^(?:as_|to_|output_)?(?:json|yaml|csv|stdout)(?:_output|_only)?$|^(?:do_|should_)?print(?:_|$)", re.IGNORECASE)  # fmt: skip
_TRACEBACKS = frozenset({"traceback.format_exc", "sys.exc_info", "traceback.format_exception"})
EXITS = frozenset({"sys.exit", "builtins.exit", "builtins.quit", "os._exit"})


NAMED_LEVEL = "the text names its level"


def level(source: Source, call: ast.Call) -> tuple[str, str]:
    """The level's method name, and the phrase that says why."""
    text = " ".join(visible(argument) for argument in call.args)
    spoken = any(char.isalpha() for char in text)
    worded = level_of(text if spoken else names_in(call.args))
    if worded is not None and is_labelled(text):
        return worded, NAMED_LEVEL
    handler = source.handler(call)
    if handler is not None and handler.name is not None and _shows(source, call, handler.name):
        if _raises(handler):
            return "error", "it shows the exception, which the handler raises again"
        return "exception", "it shows the exception of its handler"
    if _shows_traceback(source, call):
        return "error", "it shows a traceback"
    if worded is not None:
        return worded, "by its words"
    if _mentions_exception(source, call):
        return "error", "it shows a part of an exception that is being handled"
    if _ends_program(source, call):
        return "error", "the program or an exception ends the function right after it"
    if _guard(source, call, _DEBUG) is not None or _is_debugger(source, call):
        return "debug", "it is there for debugging"
    if to_stderr(source, call):
        return "warning", "it goes to stderr"
    return "info", "it only informs"


def asked_for(source: Source, call: ast.Call) -> Evidence | None:
    """The `if verbose:` or the like around a print, by its name: the caller wants this output."""
    guard = _guard(source, call, _ASKED)
    if guard is None:
        return None
    text = "the caller asks for this output, which logging hides by default"
    return source.hint(guard, text, Reach.STATEMENT)


def chosen_output(source: Source, call: ast.Call) -> Evidence | None:
    """The test of an option such as `--json` or `--print` around a print, which is what it asks for:
    a proof where the module declares that option of a command line, else a hint by the name."""
    guard = _guard(source, call, _AS_OUTPUT)
    if guard is None:
        return None
    text = "an option such as `--json` or `--print` asks for it"
    spoken = {f"--{name.replace('_', '-')}" for name in _names(guard)}
    is_option = any(
        isinstance(given, ast.Constant) and given.value in spoken
        for declared in source.named(ast.Call, frozenset({"add_argument", "option", "Option"}))
        for given in declared.args
    )
    at = source.proof if is_option else source.hint
    return at(guard, text, Reach.STATEMENT)


def _shows(source: Source, call: ast.Call, name: str) -> bool:
    """True where the exception itself is printed, not merely an attribute of it."""
    return any(
        isinstance(node, ast.Name)
        and node.id == name
        and not isinstance(source.parent(node), ast.Attribute)
        for argument in call.args
        for node in walk(argument)
    )


def _mentions_exception(source: Source, call: ast.Call) -> bool:
    """True where the print shows something of this or an outer handler's exception."""
    for above in source.ancestors(call):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return False
        if isinstance(above, ast.ExceptHandler) and above.name and _mentions(call, above.name):
            return True
    return False


def _mentions(call: ast.Call, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name
        for argument in call.args
        for node in walk(argument)
    )


def _raises(handler: ast.ExceptHandler) -> bool:
    todo: list[ast.AST] = list(handler.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Raise):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            todo.extend(ast.iter_child_nodes(node))
    return False


def _shows_traceback(source: Source, call: ast.Call) -> bool:
    return any(
        isinstance(node, ast.Call) and _gives_traceback(source, node.func)
        for argument in call.args
        for node in walk(argument)
    )


def _gives_traceback(source: Source, function: ast.expr) -> bool:
    """True for the functions of the library, and for those of a project that wrap `format_exc`."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return source.qualified_name(function) in _TRACEBACKS or name.endswith("format_exc")


def _ends_program(source: Source, call: ast.Call) -> bool:
    """True where `raise`, or `sys.exit` with a failure, is the very next statement."""
    statement = source.statement(call)
    block = source.block(statement)
    position = block.index(statement)
    for following in block[position + 1 : position + 2]:
        if isinstance(following, ast.Raise):
            return True
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Call):
            arguments = following.value.args
            zero = not arguments or (
                isinstance(arguments[0], ast.Constant) and arguments[0].value in (0, None)
            )
            return source.qualified_name(following.value.func) in EXITS and not zero
    return False


def _guard(source: Source, call: ast.Call, pattern: re.Pattern[str]) -> ast.expr | None:
    """The test of an `if` around the print, in the same function, for a switch of that name."""
    for above in source.ancestors(call):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            return None
        if isinstance(above, ast.If) and any(pattern.search(n) for n in _names(above.test)):
            return above.test
    return None


def _is_debugger(source: Source, call: ast.Call) -> bool:
    function = source.function(call)
    name = getattr(function, "name", "")
    return _DEBUG.search(name) is not None


def _names(test: ast.expr) -> list[str]:
    names = []
    for node in walk(test):
        if isinstance(node, ast.Name):
            names.append(node.id)
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.append(node.value)
    return names


def to_stderr(source: Source, call: ast.Call) -> bool:
    """True with `file=sys.stderr`."""
    return any(
        keyword.arg == "file" and source.qualified_name(keyword.value) == "sys.stderr"
        for keyword in call.keywords
    )
