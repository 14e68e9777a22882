"""Where a codemod might act, by plain syntax: one search for each codemod, blind to what fixaudit finds.

The searches are wide on purpose. They draw what an engineer would grep for, so that a site that
fixaudit never looks at counts as much as one that it judges wrongly.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

_LOG_NAME = re.compile(r"log(ger|ging)?$", re.IGNORECASE)
_URL_NAME = re.compile(r"(url|uri|dsn|broker)$", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"not (yet )?implemented|coming soon|stub|placeholder", re.IGNORECASE)
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})
_CLIENTS = ("requests.", "httpx.", "session.", "client.", "urllib.request.")
_BLOCKING = ("time.sleep", "requests.", "subprocess.", "os.system", "shutil.", "open")
_SPECIAL = re.compile(r"__[a-z]+__")


@dataclass
class Tree:
    """What the searches know of one file, and of the headers of all files of its tree.

    Attributes: `parents` maps a node to its parent; `coroutines` holds the names of all
    `async def` of the tree; `functions` maps the name of a function to its definition, None
    where the tree defines it more than once.
    """

    module: ast.Module
    coroutines: frozenset[str]
    functions: Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef | None]
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.module):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around one, inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def handler(self, node: ast.AST) -> ast.ExceptHandler | None:
        """The handler of the same function that a node stands in."""
        for entry in self.above(node):
            if isinstance(entry, ast.ExceptHandler):
                return entry
            if isinstance(entry, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                return None
        return None

    def in_coroutine(self, node: ast.AST) -> bool:
        """True where the innermost function is an `async def`."""
        for entry in self.above(node):
            if isinstance(entry, (ast.FunctionDef, ast.Lambda)):
                return False
            if isinstance(entry, ast.AsyncFunctionDef):
                return True
        return False

    def symbol(self, node: ast.AST) -> str:
        """The dotted name of the definition around a node; `<module>` at the top."""
        definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        names = [
            entry.name for entry in (node, *self.above(node)) if isinstance(entry, definitions)
        ]
        return ".".join(reversed(names)) or "<module>"


def _called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _last(node: ast.AST) -> str:
    return _called(node).rpartition(".")[2]


def _logs(node: ast.AST, *levels: str) -> bool:
    receiver, _, level = _called(node).rpartition(".")
    return level in levels and _LOG_NAME.search(receiver) is not None


def _md5(node: ast.AST, tree: Tree) -> bool:
    named = isinstance(node, ast.Call) and any(
        isinstance(entry, ast.Constant) and entry.value == "md5" for entry in node.args
    )
    return _last(node) == "md5" or (_last(node) == "new" and named)


def _new_in_handler(node: ast.AST, tree: Tree) -> bool:
    made = isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.cause is None
    return made and tree.handler(node) is not None


def _same_again(node: ast.AST, tree: Tree) -> bool:
    if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Name):
        return False
    handler = tree.handler(node)
    return handler is not None and handler.name == node.exc.id


def _logged_in_handler(node: ast.AST, tree: Tree) -> bool:
    return _logs(node, "error", "critical") and tree.handler(node) is not None


def _logged_url(node: ast.AST, tree: Tree) -> bool:
    return _logs(node, "debug", "info", "warning", "error", "exception") and any(
        isinstance(entry, (ast.Name, ast.Attribute))
        and _URL_NAME.search(ast.unparse(entry)) is not None
        for entry in ast.walk(node)
    )


def _swallows_http_errors(node: ast.AST, tree: Tree) -> bool:
    broad = isinstance(node, ast.ExceptHandler) and (
        node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
    )
    body = tree.parents.get(node)
    return broad and isinstance(body, ast.Try) and "HTTPException" in ast.unparse(body)


def _dropped_coroutine(node: ast.AST, tree: Tree) -> bool:
    return _last(node) in tree.coroutines and isinstance(tree.parents.get(node), ast.Expr)


def _dropped_task(node: ast.AST, tree: Tree) -> bool:
    starts = _last(node) in ("create_task", "ensure_future")
    return starts and isinstance(tree.parents.get(node), ast.Expr)


def _blocks(node: ast.AST, tree: Tree) -> bool:
    name = _called(node)
    return bool(name) and name.startswith(_BLOCKING) and tree.in_coroutine(node)


def _request(node: ast.AST, tree: Tree) -> bool:
    name = _called(node)
    return _last(node) == "urlopen" or (name.startswith(_CLIENTS) and _last(node) in _VERBS)


def _unchecked_tls(node: ast.AST, tree: Tree) -> bool:
    if isinstance(node, ast.keyword):
        off = isinstance(node.value, ast.Constant) and node.value.value is False
        return off and node.arg in ("verify", "ssl", "verify_ssl", "check_hostname")
    return isinstance(node, ast.Attribute) and node.attr == "CERT_NONE"


def _sql_text(node: ast.AST, tree: Tree) -> bool:
    if _last(node) not in ("execute", "text", "executemany", "fetchone", "fetchall"):
        return False
    return isinstance(node, ast.Call) and any(isinstance(e, ast.JoinedStr) for e in node.args)


def _bool_compared(node: ast.AST, tree: Tree) -> bool:
    return (
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Attribute)
        and isinstance(node.comparators[0], ast.Constant)
        and isinstance(node.comparators[0].value, bool)
    )


def _unknown_keyword(node: ast.AST, tree: Tree) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    function = tree.functions.get(node.func.id)
    if function is None or function.args.kwarg is not None:
        return False
    taken = {entry.arg for entry in (*function.args.args, *function.args.kwonlyargs)}
    return any(entry.arg is not None and entry.arg not in taken for entry in node.keywords)


def _assigned_again(node: ast.AST, tree: Tree) -> bool:
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
        return False
    body = getattr(tree.parents.get(node), "body", None)
    if not isinstance(body, list) or node not in body:
        return False
    earlier = body[: body.index(node)]
    return ast.unparse(node) in {ast.unparse(e) for e in earlier if isinstance(e, ast.Assign)}


def _opened_if_there(node: ast.AST, tree: Tree) -> bool:
    if not isinstance(node, ast.If) or "exists(" not in ast.unparse(node.test):
        return False
    return any(_called(entry) == "open" for line in node.body for entry in ast.walk(line))


def _placeholder(node: ast.AST, tree: Tree) -> bool:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    routed = any(_last(entry) in (*_VERBS, "route") for entry in node.decorator_list)
    texts = (e.value for e in ast.walk(node) if isinstance(e, ast.Constant))
    return routed and any(isinstance(e, str) and _PLACEHOLDER.search(e) for e in texts)


def _special_method(node: ast.AST, tree: Tree) -> bool:
    return (
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and _SPECIAL.fullmatch(node.name) is not None
        and node.returns is None
    )


def _cors(node: ast.AST, tree: Tree) -> bool:
    named = isinstance(node, ast.Call) and any(e.arg == "allow_origins" for e in node.keywords)
    return named or _last(node) in ("CORS", "CORSMiddleware")


SEARCHES: Mapping[str, Callable[[ast.AST, Tree], bool]] = {
    "md5-to-sha256": _md5,
    "print-to-logger": lambda node, tree: _called(node) == "print",
    "logger-exception-cleanup": lambda node, tree: _logs(node, "exception"),
    "runtimeerror-to-assertion": lambda node, tree: (
        isinstance(node, ast.Raise) and "RuntimeError" in ast.unparse(node)
    ),
    "not-implemented-501": _placeholder,
    "getattr-default-removal": lambda node, tree: (
        _called(node) == "getattr" and isinstance(node, ast.Call) and len(node.args) == 3
    ),
    "bounded-gather": lambda node, tree: _last(node) == "gather",
    "raise-from": _new_in_handler,
    "bare-reraise": _same_again,
    "redundant-exc-info": lambda node, tree: (
        isinstance(node, ast.Call) and any(entry.arg == "exc_info" for entry in node.keywords)
    ),
    "logger-error-to-exception": _logged_in_handler,
    "redact-url-in-logs": _logged_url,
    "reraise-http-exception": _swallows_http_errors,
    "missing-await": _dropped_coroutine,
    "get-running-loop": lambda node, tree: _last(node) == "get_event_loop",
    "keep-task-reference": _dropped_task,
    "blocking-call-in-async": _blocks,
    "cors-wildcard": _cors,
    "tls-verify": _unchecked_tls,
    "request-timeout": _request,
    "sql-fstring": _sql_text,
    "sqlalchemy-bool-compare": _bool_compared,
    "redis-client-options": lambda node, tree: (
        _last(node) in ("Redis", "StrictRedis", "ConnectionPool")
        or (_last(node) == "from_url" and "redis" in _called(node).lower())
    ),
    "utcnow-to-aware": lambda node, tree: _last(node) in ("utcnow", "utcfromtimestamp"),
    "drop-unexpected-keyword": _unknown_keyword,
    "duplicate-assignment": _assigned_again,
    "exists-open-to-eafp": _opened_if_there,
    "hasattr-declared": lambda node, tree: _called(node) == "hasattr",
    "annotate-special-methods": _special_method,
}


def headers(
    modules: Mapping[str, ast.Module],
) -> tuple[frozenset[str], dict[str, ast.FunctionDef | ast.AsyncFunctionDef | None]]:
    """The names of all coroutine functions of a tree, and its functions by a name of their own."""
    found: list[ast.FunctionDef | ast.AsyncFunctionDef] = [
        node
        for module in modules.values()
        for node in ast.walk(module)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    count = Counter(node.name for node in found)
    coroutines = frozenset(node.name for node in found if isinstance(node, ast.AsyncFunctionDef))
    return coroutines, {node.name: node if count[node.name] == 1 else None for node in found}
