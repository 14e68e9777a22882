"""Calls that write to a terminal, or talk with whoever sits before it."""

from __future__ import annotations

import ast

from fixaudit import Source
from fixaudit.authoring import may_hide, walk

_PROMPTS = frozenset(
    {"builtins.input", "getpass.getpass", "click.prompt", "click.confirm"}
    | {"typer.prompt", "typer.confirm", "prompt_toolkit.prompt", "prompt_toolkit.shortcuts.prompt"}
    | {"prompt_toolkit.PromptSession", "rich.prompt.Prompt.ask", "rich.prompt.Confirm.ask"}
    | {"questionary.text", "questionary.select", "questionary.confirm", "questionary.checkbox"}
    | {"questionary.password", "inquirer.prompt"}
)
# Dialogues of prompt_toolkit that fill the screen: `message_dialog(…).run()`.
_SCREENS = "prompt_toolkit.shortcuts."
_CONSOLES = frozenset(
    {"webbrowser.open", "webbrowser.open_new", "webbrowser.open_new_tab", "code.interact"}
    | {"pdb.set_trace", "builtins.breakpoint", "builtins.input"}
)
# The flows of google_auth_oauthlib: a browser is opened, or a code is asked for.
_CONSOLE_METHODS = frozenset({"run_local_server", "run_console"})
# The methods of `qrcode.QRCode` that draw a code for whoever sits before the terminal.
_DRAWN_CODES = frozenset({"print_ascii", "print_tty"})


def is_builtin(source: Source, function: ast.expr) -> bool:
    """True where `print` is the builtin; star imports of modules known not to have one do no harm."""
    if source.qualified_name(function) == "builtins.print":
        return True
    if not isinstance(function, ast.Name) or source.lookup(function.id, function):
        return False
    return not may_hide(source.project, source, "print")


def is_print(source: Source, node: ast.AST) -> bool:
    """True for a call of the builtin `print` that writes to stdout."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    if node.func.id != "print" or not is_builtin(source, node.func):
        return False
    return not any(keyword.arg == "file" for keyword in node.keywords)


def talks(source: Source, call: ast.Call) -> bool:
    """True for a call that asks somebody at a terminal, or opens a browser or console for them."""
    if isinstance(call.func, ast.Attribute):
        if call.func.attr in _CONSOLE_METHODS:
            return True
        if call.func.attr in _DRAWN_CODES:
            return _is_drawn_on_stdout(source, call)
    called = source.qualified_name(call.func)
    if called is not None and called.startswith(_SCREENS) and called.endswith("_dialog"):
        return True
    return called in _PROMPTS or called in _CONSOLES


def _is_drawn_on_stdout(source: Source, call: ast.Call) -> bool:
    """True where a code to scan is drawn on the terminal, by itself or printed from a buffer."""
    drawn_on = next((word.value for word in call.keywords if word.arg == "out"), None)
    if not isinstance(drawn_on, ast.Name):
        return drawn_on is None
    around = source.function(call) or source.tree
    shown = f"{drawn_on.id}.getvalue()"
    return any(
        isinstance(node, ast.Call)
        and is_print(source, node)
        and any(shown in ast.unparse(argument) for argument in node.args)
        for node in walk(around)
    )
