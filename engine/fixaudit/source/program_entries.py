"""Where code is entered from outside of the project: commands of a terminal, and what a service calls."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts, dotted_name
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts, nodes_below
from fixaudit.semantics.values.reach import remembered
from fixaudit.source.console_scripts import console_script_names
from fixaudit.syntax.module import Function

_COMMAND_DECORATORS = frozenset({"command", "group", "callback", "result_callback", "cli_command"})
COMMAND_LIBRARIES = frozenset(
    {
        "click",
        "typer",
        "rich_click",
        "asyncclick",
        "cloup",
        "cyclopts",
        "flask",
        "quart",
        "arguably",
    }
)
_TASK_DECORATORS = frozenset(
    {"invoke.task", "invoke.tasks.task", "fabric.task", "nox.session", "task.task"}
)
_CHAT_LIBRARIES = frozenset(
    {"discord", "nextcord", "disnake", "telegram", "twitchio", "interactions", "redbot"}
)
_PARSERS = frozenset(
    {"argparse.ArgumentParser", "optparse.OptionParser", "getopt.getopt", "getopt.gnu_getopt"}
    | {"docopt.docopt", "fire.Fire", "typer.run", "tyro.cli", "configargparse.ArgumentParser"}
)
_PARSER_NAMES = frozenset(name.rpartition(".")[2] for name in _PARSERS)
_PARSING_METHODS = frozenset({"parse_args", "parse_known_args", "parse_intermixed_args"})
_PARSED_TYPES = frozenset(
    {"argparse.Namespace", "click.Context", "typer.Context", "optparse.Values"}
)
_COMMAND_CLASSES = frozenset(
    {"cmd.Cmd", "argparse.Action", "argparse.ArgumentParser", "argparse.HelpFormatter"}
    | {"code.InteractiveConsole", "click.Command", "click.Group", "cleo.commands.Command"}
    | {"django.core.management.BaseCommand", "django.core.management.base.BaseCommand"}
    | {"cliff.command.Command", "setuptools.Command", "distutils.cmd.Command"}
)
_BUILD_COMMANDS = ("setuptools.command.", "distutils.command.", "hatchling.")
# Applications and servers, by the documentation of their frameworks.
_SERVICES = frozenset(
    {"fastapi.FastAPI", "flask.Flask", "starlette.applications.Starlette", "sanic.Sanic"}
    | {"aiohttp.web.Application", "quart.Quart", "litestar.Litestar", "celery.Celery"}
    | {"tornado.web.Application", "grpc.aio.server", "grpc.server", "bottle.Bottle"}
)
_SERVICE_NAMES = frozenset(name.rpartition(".")[2] for name in _SERVICES)
# Packages whose classes are there for a service to call what derives from them.
_SERVICE_PACKAGES = (
    *(
        "fastapi",
        "starlette",
        "tornado",
        "aiohttp.web",
        "django.views",
        "rest_framework",
        "channels",
    ),
    *("celery", "flask.views", "sanic", "discord", "nextcord", "disnake", "redbot.core.commands"),
    *("telegram", "aiogram", "socketserver", "http.server", "twisted", "grpc", "scrapy"),
)
# Decorators by which a framework gets to know a handler, whatever the object is called.
_HANDLER_DECORATORS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "route", "api_route", "websocket"}
    | {"middleware", "exception_handler", "errorhandler", "on_event", "event", "listen", "listener"}
    | {"task", "shared_task", "before_request", "after_request", "scheduled_job", "periodic_task"}
    | {"receiver", "message_handler", "callback_query_handler", "subscriber", "consumer"}
)
# Calls that keep a function for an event; `Thread`, `submit` and the like run it for the caller.
_KEEPING_CALLS = frozenset(
    {"add_handler", "add_event_handler", "add_job", "add_route", "add_api_route", "add_url_rule"}
    | {"add_middleware", "add_exception_handler", "add_listener", "subscribe", "add_task"}
    | {"Depends", "Security", "CommandHandler", "MessageHandler", "CallbackQueryHandler"}
)
# Events of what a page of Gradio shows, by its documentation of event listeners.
_PAGE_EVENTS = frozenset(
    {"click", "submit", "change", "then", "success", "load", "select", "upload", "input", "tick"}
)
# What a framework hands to who answers a request.
_REQUEST_TYPES = frozenset(
    {"fastapi.Request", "fastapi.WebSocket", "starlette.requests.Request", "gradio.Request"}
    | {"starlette.websockets.WebSocket", "aiohttp.web.Request", "sanic.Request"}
    | {"django.http.HttpRequest", "rest_framework.request.Request", "litestar.Request"}
)
_KEEPING_KEYWORDS = frozenset({"lifespan", "on_startup", "on_shutdown", "dependencies"})


class Entered(StrEnum):
    """Who enters."""

    COMMAND = "command"
    SERVICE = "service"
    IMPORTER = "importer"


@dataclass(frozen=True, slots=True)
class ProgramEntry:
    """A place at which code is entered.

    `is_declared` says of a command that it is one by itself: a console script, a command of click or
    typer, a management command; a `__main__` guard and a parser of arguments may stand in any module.
    """

    by: Entered
    line: int
    text: str
    is_declared: bool = False


class Entries:
    """Reads the entries of one module, from the nodes of its view."""

    def __init__(self, project: Project, module: ModuleFacts) -> None:
        self._project = project
        self._module = module

        def lines() -> tuple[tuple[int, ...], tuple[int, ...]]:
            view = project.view(module)
            words = (_PARSING_METHODS | _PARSER_NAMES | {"argv", "add_argument"}, _SERVICE_NAMES)
            parsing, serving = (tuple(sorted(n.lineno for n in view.loads(each))) for each in words)
            return parsing, serving

        key = ("lines of entries", module.path)
        # Bodies are walked where one of the words stands, and nowhere else.
        self._parsing_lines, self._serving_lines = remembered(project, key, lines)

    def _may_parse(self, node: ast.stmt) -> bool:
        return _has_line(self._parsing_lines, node)

    def _may_serve(self, node: ast.stmt) -> bool:
        return _has_line(self._serving_lines, node)

    def of_module(self) -> ProgramEntry | None:
        """How the module as a whole is entered; None for one that others import."""
        path = PurePosixPath(self._module.path.as_posix())
        if path.name == "__main__.py":
            return ProgramEntry(Entered.COMMAND, 1, "the module is a command line", True)
        if path.parts[-3:-1] == ("management", "commands"):
            return ProgramEntry(Entered.COMMAND, 1, "the module is a management command", True)
        return None

    def of_function(self, function: Function, is_outer: bool) -> ProgramEntry | None:
        """How a function is entered by itself; `is_outer` says that it stands right in the module."""
        name, line = function.name, function.lineno
        for decorator in function.decorator_list:
            if self._is_command(decorator):
                return ProgramEntry(Entered.COMMAND, line, f"`{name}` is a command", True)
            if (keeper := self._keeper(decorator)) is not None:
                return ProgramEntry(Entered.SERVICE, line, f"`{name}` is registered by `@{keeper}`")
        if is_outer and name in console_script_names(self._project, self._module):
            text = f"`{name}` is the target of a console script"
            return ProgramEntry(Entered.COMMAND, line, text, True)
        arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        for argument in arguments:
            annotation = "" if argument.annotation is None else self._name(argument.annotation)
            if annotation in _PARSED_TYPES:
                text = f"`{name}` is handed the parsed command line"
                return ProgramEntry(Entered.COMMAND, line, text)
            if annotation in _REQUEST_TYPES:
                return ProgramEntry(Entered.SERVICE, line, f"`{name}` answers a `{annotation}`")
        return self._of_body(function)

    def _of_body(self, function: Function) -> ProgramEntry | None:
        name, line, service = function.name, function.lineno, None
        if not self._may_parse(function) and not self._may_serve(function):
            return None
        for node in nodes_below(function):
            if self.parses(node):
                return ProgramEntry(Entered.COMMAND, line, f"`{name}` reads the command line")
            if isinstance(node, ast.Call) and _last(node.func) in _SERVICE_NAMES:
                if self._name(node.func) in _SERVICES:
                    service = ProgramEntry(
                        Entered.SERVICE, node.lineno, f"`{name}` builds a service"
                    )
        return service

    def of_class(self, owner: ast.ClassDef) -> ProgramEntry | None:
        """How what a class defines is entered."""
        for base in owner.bases:
            name = self._name(base)
            if name in _COMMAND_CLASSES or name.startswith(_BUILD_COMMANDS):
                text = f"`{owner.name}` is a part of a command line"
                return ProgramEntry(Entered.COMMAND, owner.lineno, text, True)
            if name.startswith(_SERVICE_PACKAGES) and not name.endswith(("Error", "Exception")):
                text = f"`{owner.name}` is called by `{name.partition('.')[0]}`"
                return ProgramEntry(Entered.SERVICE, owner.lineno, text)
        if self._may_parse(owner) and any(
            self.parses(node) for entry in owner.body for node in ast.walk(entry)
        ):
            return ProgramEntry(
                Entered.COMMAND, owner.lineno, f"`{owner.name}` reads the command line"
            )
        return None

    def of_handing_over(self, node: ast.AST, above: Iterable[ast.AST]) -> ProgramEntry | None:
        """How a framework that is handed a function, named by `node`, enters it."""
        child = node
        for parent in above:
            match parent:
                case ast.keyword(arg=str(arg)) if arg in _KEEPING_KEYWORDS:
                    return ProgramEntry(Entered.SERVICE, child.lineno, f"it is handed over as `{arg}`")  # type: ignore[attr-defined]
                case ast.Call(func=func) if child is not func:
                    last = _last(func)
                    if last in _KEEPING_CALLS or self._is_page_event(func):
                        text = f"it is handed to `{last}`"
                        return ProgramEntry(Entered.SERVICE, parent.lineno, text)
                case ast.Call() | ast.stmt():
                    return None
            child = parent
        return None

    def _is_page_event(self, func: ast.expr) -> bool:
        is_event = isinstance(func, ast.Attribute) and func.attr in _PAGE_EVENTS
        return is_event and "gradio" in self._imported

    def parses(self, node: ast.AST) -> bool:
        """True for what takes the command line to pieces; a look for one word in it does not."""
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                if node.func.attr == "add_argument":
                    receiver = (_last(node.func.value) or "").lower()
                    # Options of a browser take an `add_argument` too.
                    return "pars" in receiver or "group" in receiver
                if node.func.attr in _PARSING_METHODS:
                    return True
            if _last(node.func) in _PARSER_NAMES and self._name(node.func) in _PARSERS:
                return True
        if isinstance(node, ast.Compare):
            return False
        return any(
            isinstance(child, ast.Attribute)
            and child.attr == "argv"
            and self._name(child) == "sys.argv"
            for child in ast.iter_child_nodes(node)
        )

    def _is_command(self, decorator: ast.expr) -> bool:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        qualified = self._name(called)
        if qualified in _TASK_DECORATORS:
            return True
        last = _last(called)
        if last not in _COMMAND_DECORATORS:
            return False
        if not isinstance(called, ast.Attribute) or qualified.startswith(("click.", "typer.")):
            return qualified.partition(".")[0] in COMMAND_LIBRARIES
        head = (dotted_name(called) or "").partition(".")[0]
        if any(binding.kind == "function" for binding in self._module.bindings.get(head, ())):
            return True  # the function that is its group
        if last == "callback":
            return not self._imported.isdisjoint(COMMAND_LIBRARIES)
        return self._imported.isdisjoint(_CHAT_LIBRARIES)

    def _keeper(self, decorator: ast.expr) -> str | None:
        """The decorator by which an object of the module, or a framework, keeps the function."""
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        written, last = dotted_name(called), _last(called)
        if written is None:
            return None
        if last in _HANDLER_DECORATORS:
            return written
        if self._imported & _CHAT_LIBRARIES and last in _COMMAND_DECORATORS:
            return written
        head = written.partition(".")[0]
        bound = self._module.bindings.get(head, ())
        kept = "." in written and any(binding.kind == "variable" for binding in bound)
        return written if kept and last not in ("setter", "getter", "deleter") else None

    @property
    def _imported(self) -> frozenset[str]:
        """The top packages that the module imports."""
        return frozenset(entry.module.partition(".")[0] for entry in self._module.imports)

    def _name(self, expression: ast.expr) -> str:
        """The dotted name of what an expression means; as it is written where that is not known."""
        written = dotted_name(expression)
        if written is None:
            return ""
        found = self._project.resolve_at(self._module, written, expression)
        if isinstance(found, str):
            return found
        if isinstance(found, (ClassFacts, FunctionFacts)):
            return found.qualified_name
        return self._module.qualify(written)


def _has_line(lines: tuple[int, ...], node: ast.stmt) -> bool:
    """True where one of the sorted lines stands in a statement."""
    at = bisect_left(lines, node.lineno)
    return at < len(lines) and lines[at] <= (node.end_lineno or 0)


def _last(expression: ast.expr) -> str | None:
    """The last part of a name."""
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else None
