"""What a print says: its visible text, the level it speaks at, and what is not a message at all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from fixaudit import Source
from fixaudit.authoring import walk

HOLE = "\N{REPLACEMENT CHARACTER}"
_USAGE = re.compile(r"^\s*usage\s*:", re.IGNORECASE)
_HEADING = re.compile(r"^\s*([=\-*#_~+])\1{2,}(?:.*[^=\-*#_~+]\1{3,})?\s*$", re.DOTALL)
_RULER_NAME = re.compile(r"border|divider|separator|ruler|hline|(?:^|_)sep$", re.IGNORECASE)  # fmt: skip
_TABLE_SPEC = re.compile(r"^.?[<>^]\d|^.?[<>^]$")
_PERCENT_COLUMN = re.compile(r"%-\d+s|%\d{2,}s")
_FORMAT_COLUMN = re.compile(r"\{[^{}]*:.?[<>^]\d+[^{}]*\}")
_COLUMN_METHODS = frozenset({"ljust", "rjust", "center"})
_DATA_CALLS = frozenset(
    {"json.dumps", "simplejson.dumps", "orjson.dumps", "ujson.dumps", "yaml.dump", "yaml.safe_dump"}
    | {
        "toml.dumps",
        "tomli_w.dumps",
        "tabulate.tabulate",
        "pprint.pformat",
        "ast.dump",
        "ast.unparse",
    }
    | {"xml.etree.ElementTree.tostring", "base64.b64encode", "csv.writer", "inspect.getsource"}
)
_DATA_METHODS = frozenset(
    {"to_json", "to_csv", "to_string", "to_markdown", "to_yaml", "to_html", "to_xml", "to_toml"}
    | {
        "model_dump_json",
        "prettify",
        "toprettyxml",
        "toxml",
        "getvalue",
        "format_help",
        "format_usage",
    }
)
_STRING_METHODS = frozenset(
    {
        "format",
        "join",
        "upper",
        "lower",
        "title",
        "strip",
        "lstrip",
        "rstrip",
        "replace",
        "capitalize",
    }
    | {"decode", "isoformat", "strftime", "hexdigest", "ljust", "rjust", "center", "expandtabs"}
)
_STRING_CALLS = frozenset(
    {"builtins.str", "builtins.repr", "builtins.ascii", "builtins.format", "textwrap.dedent"}
    | {"traceback.format_exc", "textwrap.fill", "textwrap.indent", "os.path.join", "os.getcwd"}
)


def visible(expression: ast.expr) -> str:
    """The text an expression certainly shows, with `HOLE` wherever a value goes."""
    match expression:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            parts = (part.value if isinstance(part, ast.Constant) else HOLE for part in values)
            return "".join(str(part) for part in parts)
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(value))):
            return re.sub(r"%[^%]*?[a-zA-Z]", HOLE, value)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return visible(left) + visible(right)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(value)), attr="format")):
            return re.sub(r"\{[^{}]*\}", HOLE, value)
        case ast.IfExp(body=body, orelse=orelse):
            return f"{visible(body)} {visible(orelse)}"
    return HOLE


def is_text(source: Source, expression: ast.expr, depth: int = 0) -> bool:
    """True where the value is certainly a `str`, which a logger takes as it is."""
    match expression:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(op=ast.Mod(), left=left):
            return is_text(source, left, depth)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return is_text(source, left, depth) or is_text(source, right, depth)
        case ast.IfExp(body=body, orelse=orelse):
            return is_text(source, body, depth) and is_text(source, orelse, depth)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _STRING_METHODS:
            return is_text(source, value, depth)
        case ast.Call(func=func):
            return source.qualified_name(func) in _STRING_CALLS
        case ast.Name(id=name) if depth < 3:
            bindings = source.lookup(name, expression)
            values = [entry.value for entry in bindings if entry.kind == "assign"]
            return (
                bool(values)
                and len(values) == len(bindings)
                and all(value is not None and is_text(source, value, depth + 1) for value in values)
            )
    return False


def not_a_message(source: Source, arguments: Sequence[ast.expr]) -> str | None:
    """Why the arguments are data or layout rather than a message; None if not."""
    if is_ruler(arguments):
        return "a blank line or ruler lays out a printed report"
    text = " ".join(visible(argument) for argument in arguments)
    if not _has_words(text) and any(_holds_data(source, argument) for argument in arguments):
        return "data on stdout: another program may read it"
    return None


def terminal_layout(source: Source, arguments: Sequence[ast.expr]) -> str | None:
    """Why the arguments are laid out for somebody who looks at a terminal; None where they are not."""
    text = " ".join(visible(argument) for argument in arguments)
    if "\r" in text or "\b" in text or "\x1b" in text or _paints(source, arguments):
        return "it draws on the terminal (colours or a line that is redrawn)"
    if _USAGE.match(text):
        return "usage text is meant for the terminal"
    if any(_has_columns(argument) for argument in arguments):
        return "a row of a printed table"
    if len(arguments) == 1:
        return _own_words(arguments[0])
    return None


def is_ruler(arguments: Sequence[ast.expr]) -> bool:
    """True for `print()`, `print("")`, `print("-----")`, `print("=" * 60)` and titled rulers."""
    for argument in arguments:
        for node in walk(argument):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
                sides = (node.left, node.right)
                if any(isinstance(s, ast.Constant) and isinstance(s.value, str) for s in sides):
                    return True
    whole = "".join(visible(argument) for argument in arguments)
    if re.search(r"([=\-*#_~+.])\1{7,}", whole) or _HEADING.match(whole):
        return True
    if HOLE in whole:
        return not _has_words(whole) and _shows_only_rulers(arguments)
    return not _has_words(whole)


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _shows_only_rulers(arguments: Sequence[ast.expr]) -> bool:
    """True where every value shown is a name such as `border` or `self.divider`."""
    names = [
        node.attr if isinstance(node, ast.Attribute) else node.id
        for argument in arguments
        for node in walk(argument)
        if isinstance(node, (ast.Name, ast.Attribute))
    ]
    return bool(names) and all(_RULER_NAME.search(name) for name in names)


def _paints(source: Source, arguments: Sequence[ast.expr]) -> bool:
    for argument in arguments:
        for node in walk(argument):
            if isinstance(node, (ast.Name, ast.Attribute)):
                name = source.qualified_name(node) or ""
                if name.startswith(
                    ("colorama.", "termcolor.", "click.style", "colored.", "crayons.")
                ):
                    return True
    return False


def _has_columns(argument: ast.expr) -> bool:
    widths = sum(_has_width(node) for node in walk(argument))
    return widths > 1 or any(_is_column(node) for node in walk(argument))


def _has_width(node: ast.AST) -> bool:
    match node:
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=spec), *_])):
            return re.match(r"[1-9]", str(spec)) is not None
    return False


def _is_column(node: ast.AST) -> bool:
    match node:
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=spec), *_])):
            return _TABLE_SPEC.match(str(spec)) is not None
        case ast.Attribute(attr=attr):
            return attr in _COLUMN_METHODS
        case ast.Constant(value=str(text)):
            return bool(_PERCENT_COLUMN.search(text) or _FORMAT_COLUMN.search(text))
    return False


def _holds_data(source: Source, argument: ast.expr) -> bool:
    return _is_data(source, argument, 0) or any(
        isinstance(node, ast.Call) and source.qualified_name(node.func) in _DATA_CALLS
        for node in walk(argument)
    )


def _is_data(source: Source, expression: ast.expr, depth: int) -> bool:
    if isinstance(expression, ast.Call):
        if source.qualified_name(expression.func) in _DATA_CALLS:
            return True
        if isinstance(expression.func, ast.Attribute):
            if expression.func.attr in _DATA_METHODS:
                return True
            if expression.func.attr in _STRING_METHODS:
                return _is_data(source, expression.func.value, depth)
        return False
    if isinstance(expression, ast.Name) and depth < 3:
        values = [entry.value for entry in source.lookup(expression.id, expression)]
        return any(value is not None and _is_data(source, value, depth + 1) for value in values)
    return False


def _own_words(expression: ast.expr) -> str | None:
    """Why what a module says of itself is for the terminal: its docstring, or the bare version. A
    sentence that names the version by the way may be any message."""
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in walk(expression)
        if isinstance(node, (ast.Name, ast.Attribute))
    }
    if "__doc__" in names:
        return "usage text is meant for the terminal"
    if "__version__" in names and len(re.findall(r"[^\W\d_]{2,}", visible(expression))) <= 2:
        return "the program's version is meant for the terminal"
    return None


def names_in(arguments: Sequence[ast.expr]) -> str:
    """The words that variables, attributes and keys bring: what a bare value says of itself."""
    words = []
    for argument in arguments:
        for node in walk(argument):
            if isinstance(node, ast.Name):
                words.append(node.id)
            elif isinstance(node, ast.Attribute):
                words.append(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.append(node.value)
    return " ".join(words).replace("_", " ")


def fragments(arguments: Sequence[ast.expr]) -> Iterator[str]:
    """Runs of literal text, some words long, by which a test can recognise the print."""
    for argument in arguments:
        for part in visible(argument).split(HOLE):
            for line in part.splitlines():
                text = line.strip()
                if len(text) >= 10 and " " in text:
                    yield text
