"""Where a print stands: places in which writing to stdout is the job, or in which logging would fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from fixaudit import Source, memoized
from fixaudit.authoring import Function, walk
from fixaudit_codemods.logs.print_to_logger._message import is_ruler
from fixaudit_codemods.logs.print_to_logger._output import LINES_AROUND, LINES_OF_ONE_OUTPUT
from fixaudit_codemods.logs.print_to_logger._terminal_calls import is_print, talks

_LATE = frozenset({"__del__", "__repr__", "__str__", "__format__"})
_EXIT_HOOKS = frozenset(
    {"atexit.register", "signal.signal", "threading.excepthook", "sys.settrace", "sys.setprofile"}
)
_LOGGING_CLASSES = frozenset(
    {"logging.Handler", "logging.StreamHandler", "logging.FileHandler", "logging.Formatter"}
    | {"logging.Filter", "logging.handlers.RotatingFileHandler", "logging.Logger"}
)
_SET_UP = frozenset(
    {"logging.basicConfig", "logging.config.dictConfig", "logging.config.fileConfig"}
    | {
        "structlog.configure",
        "loguru.logger.configure",
        "loguru.logger.add",
        "logging.addLevelName",
    }
)


def job_of_place(source: Source, call: ast.Call) -> str | None:
    """Why stdout is right, or logging wrong, where this call stands."""
    for above in source.ancestors(call):
        reason = None
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            reason = _job_of_function(source, above) or _before_logging(source, above, call)
        elif isinstance(above, ast.ClassDef):
            reason = _job_of_class(source, above)
        elif isinstance(above, (ast.With, ast.AsyncWith)):
            reason = _redirected(source, above)
        if reason is not None:
            return reason
    return None


@memoized
def _job_of_function(source: Source, function: Function) -> str | None:
    name = function.name
    if name in _LATE:
        return f"`{name}` may run while the interpreter shuts down or a debugger looks on"
    if _is_hooked(source, function):
        return f"`{name}` runs at exit or in a signal, where logging is not safe"
    for node in walk(function):
        if isinstance(node, ast.Call):
            called = source.qualified_name(node.func)
            if talks(source, node):
                return f"`{name}` holds a dialogue with the terminal"
            if called == "sys.stdout.write":
                return f"`{name}` writes to stdout itself: the print is a part of that output"
            if is_print(source, node) and _leaves_line_open(node):
                return f"`{name}` prints lines piece by piece"
    handed = next(_handed_dialogues(source, function), None)
    return f"it is a part of the dialogue that `{handed}` holds" if handed is not None else None


def _handed_dialogues(source: Source, function: Function) -> Iterator[str]:
    """The classes of the module that hold a dialogue, and of which the function is handed one."""
    for argument in (*function.args.posonlyargs, *function.args.args):
        if isinstance(argument.annotation, ast.Name):
            for binding in source.lookup(argument.annotation.id, function):
                if isinstance(binding.node, ast.ClassDef) and _holds_dialogue(source, binding.node):
                    yield binding.node.name


def _before_logging(source: Source, function: Function, call: ast.Call) -> str | None:
    """Why the print speaks before there is a log: the function sets logging up below it."""
    for line in _set_up_lines(source, function):
        if call.lineno < line or _handles(source, call, line):
            return f"`{function.name}` sets logging up: what it says before cannot go through it"
    return None


@memoized
def _set_up_lines(source: Source, function: Function) -> tuple[int, ...]:
    return tuple(
        node.lineno
        for node in walk(function)
        if isinstance(node, ast.Call)
        and (source.qualified_name(node.func) in _SET_UP or _adds_root_handler(source, node))
    )


def _handles(source: Source, call: ast.Call, line: int) -> bool:
    """True in a handler of the `try` that the line stands in: the set-up failed."""
    handler = source.handler(call)
    block = None if handler is None else source.parent(handler)
    return isinstance(block, ast.Try) and block.lineno <= line <= (block.body[-1].end_lineno or 0)


def _adds_root_handler(source: Source, call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Call(func=func, args=[]), attr="addHandler"):
            return source.qualified_name(func) == "logging.getLogger"
        case ast.Attribute(value=ast.Attribute(attr="root"), attr="addHandler"):
            return True
    return False


def _leaves_line_open(call: ast.Call) -> bool:
    for keyword in call.keywords:
        if keyword.arg == "end":
            value = keyword.value
            ends = isinstance(value, ast.Constant) and value.value in {"\n", None}
            return not ends
    return False


def _is_hooked(source: Source, function: Function) -> bool:
    for entry in function.decorator_list:
        called = entry.func if isinstance(entry, ast.Call) else entry
        if source.qualified_name(called) == "atexit.register":
            return True
    return function.name in _hooked_names(source)


@memoized
def _hooked_names(source: Source) -> frozenset[str]:
    """Names handed to `atexit.register`, `signal.signal`, … or assigned to `sys.excepthook`."""
    names: set[str] = set()
    for call in source.nodes(ast.Call):
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method == "add_signal_handler" or source.qualified_name(call.func) in _EXIT_HOOKS:
            names.update(_last_names(call.args))
    for assign in source.nodes(ast.Assign):
        target = assign.targets[0]
        if isinstance(target, ast.Attribute) and target.attr in {
            "excepthook",
            "unraisablehook",
        }:
            names.update(_last_names([assign.value]))
    return frozenset(names)


def _last_names(expressions: Sequence[ast.expr]) -> Iterator[str]:
    for expression in expressions:
        if isinstance(expression, ast.Name):
            yield expression.id
        elif isinstance(expression, ast.Attribute):
            yield expression.attr


def _job_of_class(source: Source, owner: ast.ClassDef) -> str | None:
    if _holds_dialogue(source, owner):
        return f"`{owner.name}` holds a dialogue with the terminal"
    for base in owner.bases:
        if source.qualified_name(base) in _LOGGING_CLASSES:
            return f"`{owner.name}` is a part of logging: it cannot log through itself"
    return None


@memoized
def _holds_dialogue(source: Source, owner: ast.ClassDef) -> bool:
    return any(isinstance(node, ast.Call) and talks(source, node) for node in walk(owner))


def _redirected(source: Source, block: ast.With | ast.AsyncWith) -> str | None:
    for item in block.items:
        call = item.context_expr
        if isinstance(call, ast.Call):
            name = source.qualified_name(call.func) or ""
            if name.endswith(("redirect_stdout", "redirect_stderr")):
                return "the output is captured here: it is what the block is for"
    return None


# ----------------------------------------------------------------------------- printed reports


def report_part(source: Source, statement: ast.stmt) -> str | None:
    """Why a print is a line of a printed report: rulers or blank prints stand beside it."""
    function = source.function(statement)
    if function is not None and _rulers_around(source, function, statement) > 1:
        return "a line of a printed report: the function prints rulers or blank lines around it"
    block: ast.stmt | None = statement
    while isinstance(block, ast.stmt):
        if any(_has_ruler(source, entry) for entry in _run(source, block)):
            return "a line of a printed report: a ruler or blank print stands beside it"
        parent = source.parent(block)
        block = parent if isinstance(parent, ast.stmt) and _only_prints(source, parent) else None
    return None


def _rulers_around(source: Source, function: ast.AST, statement: ast.stmt) -> int:
    """How many rulers a short function prints; of a long one only those near the statement."""
    lines = _ruler_lines(source, function)
    first, last = source.lines_of(function)
    if last - first <= LINES_OF_ONE_OUTPUT:
        return len(lines)
    return sum(abs(line - statement.lineno) <= LINES_AROUND for line in lines)


@memoized
def _ruler_lines(source: Source, function: ast.AST) -> tuple[int, ...]:
    rulers = (node for node in walk(function) if _is_ruler_print(source, node))
    return tuple(source.lines_of(node)[0] for node in rulers)


def _run(source: Source, statement: ast.stmt) -> list[ast.stmt]:
    """The neighbours in the block that, without a gap, do nothing but print."""
    block = source.block(statement)
    position = block.index(statement)
    first, last = position, position
    while first > 0 and _only_prints(source, block[first - 1]):
        first -= 1
    while last + 1 < len(block) and _only_prints(source, block[last + 1]):
        last += 1
    return block[first : last + 1]


@memoized
def _only_prints(source: Source, statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        value = statement.value
        return isinstance(value, ast.Call) and (
            is_print(source, value) or _prints_itself(source, value)
        )
    if isinstance(statement, (ast.For, ast.If)):
        inner = [*statement.body, *statement.orelse]
        return all(_only_prints(source, entry) for entry in inner)
    return False


@memoized
def _has_ruler(source: Source, statement: ast.stmt) -> bool:
    return any(_is_ruler_print(source, node) for node in walk(statement))


def _is_ruler_print(source: Source, node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return _prints_itself(source, node) or (is_print(source, node) and is_ruler(node.args))


def _prints_itself(source: Source, call: ast.Call) -> bool:
    """True for calls such as `table.print_rows()`: something beside the print writes to stdout."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if not name.startswith(("print_", "pprint", "show_")):
        return False
    return not (source.qualified_name(call.func) or "").startswith("traceback.")
