"""Which code of a file speaks to somebody at a terminal: mains, commands and what only they reach."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import PurePosixPath

from fixaudit.semantics.project import Project
from fixaudit.source.console_scripts import console_script_names
from fixaudit.syntax.module import Function, Module

COMMAND_LINE_NAMES = frozenset({"__main__.py", "cli.py", "_cli.py", "cmdline.py", "commandline.py"})
COMMAND_LINE_FOLDERS = frozenset({"cli", "command_line", "commandline", "cmdline"})
_COMMAND_DECORATORS = frozenset({"command", "group", "callback", "result_callback", "cli_command"})
_COMMAND_LIBRARIES = frozenset(
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
_TASK_DECORATORS = frozenset({"invoke.task", "invoke.tasks.task", "fabric.task", "nox.session", "task.task"})  # fmt: skip
_CHAT_LIBRARIES = frozenset({"discord", "nextcord", "disnake", "telegram", "twitchio", "interactions"})  # fmt: skip
_PARSERS = frozenset(
    {"argparse.ArgumentParser", "optparse.OptionParser", "getopt.getopt", "getopt.gnu_getopt"}
    | {"docopt.docopt", "fire.Fire", "typer.run", "tyro.cli", "configargparse.ArgumentParser"}
)
_PARSING_METHODS = frozenset(
    {"add_argument", "parse_args", "parse_known_args", "parse_intermixed_args"}
)
_PARSED_TYPES = frozenset({"argparse.Namespace", "click.Context", "typer.Context", "optparse.Values"})  # fmt: skip
_COMMAND_CLASSES = frozenset(
    {"cmd.Cmd", "argparse.Action", "argparse.ArgumentParser", "argparse.HelpFormatter"}
    | {"code.InteractiveConsole", "django.core.management.base.BaseCommand"}
    | {
        "django.core.management.BaseCommand",
        "click.Command",
        "click.Group",
        "cleo.commands.Command",
    }
    | {"cliff.command.Command", "setuptools.Command", "distutils.cmd.Command"}
)
_SERVICES = frozenset(
    {"fastapi.FastAPI", "flask.Flask", "starlette.applications.Starlette", "sanic.Sanic"}
    | {"aiohttp.web.Application", "quart.Quart", "litestar.Litestar", "celery.Celery"}
    | {"tornado.web.Application", "grpc.aio.server", "grpc.server", "bottle.Bottle"}
)


# A module that logs is not written for the terminal, whatever its shape.
_LOGGING = frozenset({"logging", "loguru", "structlog"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class CliRoles:
    """Answers for one file. A role is a phrase that says why code belongs to the command line."""

    def __init__(self, source: Module, project: Project, role_path: str) -> None:
        self._source = source
        self._project = project
        self._role_path = role_path
        self._functions = {
            node.name: node
            for node in source.tree.body
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        self._direct: dict[ast.AST, str | None] = {}
        self._file = self._file_role()
        self._parsing = self._parsing_owners()
        self._reached = self._reached_only_from_here()

    def role(self, node: ast.AST) -> str | None:
        """Why `node` is command-line code; None where it is library or service code."""
        if self._file is not None:
            return self._file
        source = self._source
        if source.function(node) is None and source.tree in self._parsing:
            return "the module reads the command line when it is loaded"
        child = node
        for above in source.ancestors(node):
            role = self._role_inside(above, child)
            if role is not None:
                return role
            child = above
        return None

    def _role_inside(self, above: ast.AST, child: ast.AST) -> str | None:
        """The role that a statement or definition gives to the part `child` of it."""
        if isinstance(above, ast.If):
            if is_main_guard(above) and any(child is entry for entry in above.body):
                return "it stands under the `__main__` guard"
        elif isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if above in self._reached:
                return f"`{above.name}` is reached only from the command line"
            return self._function_role(above)
        elif isinstance(above, ast.ClassDef):
            return self._class_role(above)
        return None

    # ---------------------------------------------------------------- the file

    def _file_role(self) -> str | None:
        path = PurePosixPath(self._role_path)
        folders = path.parts[:-1]
        if (
            path.name in COMMAND_LINE_NAMES
            or path.stem.endswith("_cli")
            or not COMMAND_LINE_FOLDERS.isdisjoint(folders)
        ):
            return "the module is a command line"
        if folders[-2:] == ("management", "commands"):
            return "the module is a management command"
        return self._role_of_running_module()

    def _role_of_running_module(self) -> str | None:
        """A module without a guard that is a script all the same, by what it does when loaded."""
        body = self._source.tree.body
        if not self._imported.isdisjoint(_LOGGING):
            return None
        if any(map(_calls, body)) and not any(isinstance(entry, _DEFINITIONS) for entry in body):
            return "the module runs from top to bottom like a script"
        last = body[-1] if body else None
        if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
            called = last.value.func
            classes = any(isinstance(entry, ast.ClassDef) for entry in body)
            if isinstance(called, ast.Name) and called.id in self._functions and not classes:
                return f"the module is a script that ends by running `{called.id}`"
        return None

    def _parsing_owners(self) -> frozenset[ast.AST]:
        """Functions (or the module) that read or describe command-line arguments themselves."""
        source = self._source
        owners: set[ast.AST] = set()
        parsing = [call for call in source.nodes(ast.Call) if _parses(call)]
        for call in (*parsing, *self._calls_of(_PARSERS)):
            owners.add(source.function(call) or self._module_or_guard(call))
        for node in source.nodes(ast.Attribute):
            if node.attr == "argv" and source.qualified_name(node) == "sys.argv":
                owners.add(source.function(node) or self._module_or_guard(node))
        return frozenset(owners)

    def _calls_of(self, known: frozenset[str]) -> Iterator[ast.Call]:
        """The calls of what one of the dotted names means."""
        last = frozenset(name.rpartition(".")[2] for name in known)
        for call in self._source.named(ast.Call, last):
            if self._source.qualified_name(call.func) in known:
                yield call

    def _module_or_guard(self, node: ast.AST) -> ast.AST:
        for above in self._source.ancestors(node):
            if isinstance(above, ast.ClassDef) or (
                isinstance(above, ast.If) and is_main_guard(above)
            ):
                return above
        return self._source.tree

    # ---------------------------------------------------------------- functions and classes

    def _function_role(self, function: Function) -> str | None:
        if function not in self._direct:
            self._direct[function] = self._judge_function(function)
        return self._direct[function]

    def _judge_function(self, function: Function) -> str | None:
        name = function.name
        if any(self._is_command(entry) for entry in function.decorator_list):
            return f"`{name}` is a command"
        if function in self._parsing:
            return f"`{name}` reads the command line"
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        for argument in arguments:
            annotation = argument.annotation
            if annotation is not None and self._source.qualified_name(annotation) in _PARSED_TYPES:
                return f"`{name}` is handed the parsed command line"
        if self._functions.get(name) is not function:
            return None
        if name in {"main", "_main", "cli"}:
            return f"`{name}` is the entry point of a command line"
        if name in console_script_names(self._source, self._project):
            return f"`{name}` is the target of a console script"
        return None

    def _is_command(self, decorator: ast.expr) -> bool:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        qualified = self._source.qualified_name(called) or ""
        if qualified in _TASK_DECORATORS:
            return True
        if not isinstance(called, ast.Attribute) or called.attr not in _COMMAND_DECORATORS:
            head, _, last = qualified.rpartition(".")
            return last in _COMMAND_DECORATORS and head.partition(".")[0] in _COMMAND_LIBRARIES
        imported = self._imported
        if called.attr == "callback":
            return not imported.isdisjoint(_COMMAND_LIBRARIES)
        return imported.isdisjoint(_CHAT_LIBRARIES)

    @cached_property
    def _imported(self) -> frozenset[str]:
        """The top packages that the module imports."""
        targets = (
            entry.target or ""
            for bindings in self._source.scopes.module.bindings.values()
            for entry in bindings
            if entry.kind == "import"
        )
        return frozenset(target.partition(".")[0] for target in targets)

    def _class_role(self, owner: ast.ClassDef) -> str | None:
        for base in owner.bases:
            if self._source.qualified_name(base) in _COMMAND_CLASSES:
                return f"`{owner.name}` is a part of a command line"
        if not self._parsing.isdisjoint(owner.body):
            return f"`{owner.name}` reads the command line"
        return None

    # ---------------------------------------------------------------- reached only from here

    def _reached_only_from_here(self) -> frozenset[ast.AST]:
        """Module-level functions whose every use in the module is command-line code.

        Methods stay out: a class is there to be used by others. So do functions that are
        registered somewhere by a decorator, listed in `__all__`, or part of a service.
        """
        if any(self._calls_of(_SERVICES)):
            return frozenset()
        uses = self._uses()
        candidates = {
            function
            for name, function in self._functions.items()
            if name in uses and not self._is_registered(function) and not self._is_listed(name)
        }
        reached: set[ast.AST] = set()
        todo = True
        while todo:
            new = {
                function
                for function in candidates - reached
                if any(self._is_here(use, reached) for use in uses[function.name])
            }
            reached |= new
            todo = bool(new)
        return self._without_other_uses(reached, uses)

    def _without_other_uses(
        self, reached: set[ast.AST], uses: dict[str, list[ast.Name]]
    ) -> frozenset[ast.AST]:
        while True:
            others = {
                function
                for function in reached
                if not all(self._is_here(use, reached) for use in uses[_name(function)])
            }
            if not others:
                return frozenset(reached)
            reached -= others

    def _uses(self) -> dict[str, list[ast.Name]]:
        """Loads of module-level functions' names outside of their own bodies."""
        source = self._source
        found: defaultdict[str, list[ast.Name]] = defaultdict(list)
        for node in source.nodes(ast.Name):
            function = self._functions.get(node.id)
            if function is None or not isinstance(node.ctx, ast.Load):
                continue
            if source.scopes.lookup(node.id, node)[0] is not source.scopes.module:
                continue
            if all(above is not function for above in source.ancestors(node)):
                found[node.id].append(node)
        return found

    def _is_here(self, use: ast.Name, reached: set[ast.AST]) -> bool:
        child: ast.AST = use
        for above in self._source.ancestors(use):
            if above in reached:
                return True
            if self._role_of_place(above, child) is not None:
                return True
            child = above
        return self._source.function(use) is None and self._source.tree in self._parsing

    def _role_of_place(self, above: ast.AST, child: ast.AST) -> str | None:
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self._function_role(above)
        return self._role_inside(above, child)

    def _is_registered(self, function: Function) -> bool:
        """True for `@app.get(…)` and the like: an object of the module keeps the function."""
        for entry in function.decorator_list:
            called = entry.func if isinstance(entry, ast.Call) else entry
            if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Name):
                continue
            if any(
                binding.kind == "assign"
                for binding in self._source.lookup(called.value.id, function)
            ):
                return True
        return False

    def _is_listed(self, name: str) -> bool:
        for binding in self._source.scopes.module.bindings.get("__all__", ()):
            if isinstance(binding.value, (ast.List, ast.Tuple)):
                for entry in binding.value.elts:
                    if isinstance(entry, ast.Constant) and entry.value == name:
                        return True
        return False


def is_main_guard(node: ast.If) -> bool:
    """True for `if __name__ == "__main__":`, alone or joined to other conditions by `and`."""
    test = node.test
    tests = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    return any(_compares_name(entry) for entry in tests)


def _compares_name(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    if not isinstance(test.ops[0], (ast.Eq, ast.In)):
        return False
    sides = (test.left, test.comparators[0])
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return named and any(
        isinstance(part, ast.Constant) and part.value == "__main__"
        for side in sides
        for part in ast.walk(side)
    )


def _calls(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.For, ast.While, ast.With)):
        return any(map(_calls, statement.body))
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)


def _parses(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr != "add_argument":
        return call.func.attr in _PARSING_METHODS
    receiver = call.func.value
    name = receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
    # Options of a browser take an `add_argument` too.
    return "pars" in name.lower() or "group" in name.lower()


def _name(function: ast.AST) -> str:
    assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
    return function.name
