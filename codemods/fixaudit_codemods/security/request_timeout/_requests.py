"""Calls that wait for another machine: which of them have a timeout, and where one may come from."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal

from fixaudit import Source
from fixaudit.authoring import (
    AIOHTTP_SESSION,
    ASYNC_LLM_CALL,
    HTTPX_CLIENT,
    LLM_CALL,
    REQUESTS_SESSION,
    handed_on,
    keyword,
    names_written,
    origin_match,
)

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})
_PLAIN = frozenset(f"requests.{part}{verb}" for part in ("", "api.") for verb in VERBS)
_URLOPEN = "urllib.request.urlopen"
_SESSION = re.compile(rf"{REQUESTS_SESSION}\.(\w+)")
_LIMITED = re.compile(rf"(?:{HTTPX_CLIENT}|{AIOHTTP_SESSION}|httpx)\.(\w+)")
_CHAT = ".chat.completions.create"
# Other things have methods of these names too: only with `model=` they ask a language model.
_WITH_MODEL = (".responses.create", ".messages.create")
_ASKING = re.compile(rf"{LLM_CALL}|{ASYNC_LLM_CALL}")
_LLM_LAST = frozenset(
    {"create", "parse", "generate", "edit", "create_variation", "chat", "embed", "transcription"}
    | {"generate_content", "embed_content", "speech", "image_generation", "aimage_generation"}
    | {
        "completion",
        "acompletion",
        "text_completion",
        "atext_completion",
        "embedding",
        "aembedding",
    }
    | {"atranscription", "aspeech"}
)
_LAST = VERBS | {"urlopen"} | _LLM_LAST


@dataclass(frozen=True, slots=True)
class Request:
    """A call that sends something; `call` takes the keyword, and is another where one hands it on.

    `kind`: `endless` without a timeout, `limited` by the library's own default, `model` for a
    language model's (a default of minutes), `chosen` by the options.
    """

    name: str
    kind: str
    call: ast.Call
    session: ast.expr | None = None
    """The session whose method it is."""
    positional: int | None = None
    """How many positional arguments hold the timeout too."""
    takes_keywords: bool = True
    """False where the function is handed to what passes no keywords on."""

    @property
    def hidden(self) -> Literal["positional", "neither"]:
        """What else may hold one: `*rest`, where it has a position. `**options` is asked before."""
        return "neither" if self.kind == "endless" and self.positional is None else "positional"


def request_of(source: Source, call: ast.Call, chosen: tuple[str, ...]) -> Request | None:
    """What the call sends, directly or by handing a function on; None for other calls."""
    found = _named(source, call.func, call, chosen)
    if found is not None:
        return found
    given = handed_on(source, call)
    handed = None if given is None else _named(source, given.func, call, chosen)
    if given is None or handed is None:
        return None
    positional = None if handed.positional is None else handed.positional + given.before
    return replace(handed, positional=positional, takes_keywords=given.takes_keywords)


def _named(
    source: Source, func: ast.expr, call: ast.Call, chosen: tuple[str, ...]
) -> Request | None:
    last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if (
        not chosen
        and last not in _LAST
        and not (isinstance(func, ast.Name) and source.lookup(last, func))
    ):
        return None
    name = source.qualified_name(func)
    if not chosen and last not in _LAST and (name or "").rpartition(".")[2] not in _LAST:
        return None
    written = ast.unparse(func)
    if any(_matches(pattern, name, written) for pattern in chosen):
        return Request(written, "chosen", call)
    if name in _PLAIN:
        return Request(str(name), "endless", call)
    if name == _URLOPEN:
        return Request(_URLOPEN, "endless", call, positional=3)
    if name is not None and _ASKING.fullmatch(name):
        return Request(name, "model", call)
    asks = written.endswith(_CHAT) or (written.endswith(_WITH_MODEL) and keyword(call, "model"))
    if asks or (last in _LLM_LAST and origin_match(source, func, _ASKING) is not None):
        return Request(written, "model", call)
    session = origin_match(source, func, _SESSION)
    if session is not None and session[1] in VERBS:
        positional = 9 if session[1] == "request" else None
        return Request(written, "endless", call, getattr(func, "value", None), positional)
    limited = origin_match(source, func, _LIMITED)
    if limited is not None and last in VERBS:
        return Request(limited[0].partition(".")[0], "limited", call)
    return None


def _matches(pattern: str, name: str | None, written: str) -> bool:
    """By what the code writes only for `*.call`: `httpx.get` must be that of httpx."""
    if name is not None and fnmatchcase(name, pattern):
        return True
    return pattern.startswith("*.") and fnmatchcase(written, pattern)


# ------------------------------------------------------------------- where a timeout may come from


def given(request: Request) -> str | None:
    """What the call itself says of its timeout: the value as written, or None."""
    word = keyword(request.call, "timeout") or keyword(request.call, "request_timeout")
    if word is not None:
        return ast.unparse(word.value)
    if request.positional is not None and len(request.call.args) >= request.positional:
        return ast.unparse(request.call.args[request.positional - 1])
    return None


def unpacked(source: Source, call: ast.Call) -> tuple[str, bool] | None:
    """`(name, tags)` of a `**name` that may hold a timeout; `tags`: the function puts one there."""
    for word in call.keywords:
        if word.arg is not None:
            continue
        known = _literal(source, word.value) if isinstance(word.value, ast.Name) else [None]
        if known is not None and None not in known and "timeout" not in known:
            continue
        return ast.unparse(word.value), _mentions_timeout(source, call)
    return None


def _literal(source: Source, name: ast.Name) -> list[str | None] | None:
    """The keys of a dict display that a name is bound to, once, and that nothing changes."""
    bindings = source.lookup(name.id, name)
    value = bindings[0].value if len(bindings) == 1 else None
    if not isinstance(value, ast.Dict):
        return None
    for use in names_written(source, name.id):
        if not isinstance(use.ctx, ast.Load):
            continue
        above = source.parent(use)
        if not isinstance(above, ast.keyword) or above.arg is not None:
            return None
    return [str(key.value) if isinstance(key, ast.Constant) else None for key in value.keys]


def _mentions_timeout(source: Source, call: ast.Call) -> bool:
    function = source.function(call)
    inside = ast.walk(function) if function is not None else ()
    return any(isinstance(node, ast.Constant) and node.value == "timeout" for node in inside)


def limited_around(source: Source, node: ast.AST, *, awaited: bool) -> str | None:
    """A time limit around the call: `with Timeout(…)`, a decorator, and what limits an `await`."""
    for above in source.ancestors(node):
        opened: list[ast.expr] = []
        if isinstance(above, (ast.With, ast.AsyncWith)):
            opened = [item.context_expr for item in above.items]
        elif isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            opened = above.decorator_list
        elif isinstance(above, ast.Call) and awaited:
            opened = [above]
        for entry in opened:
            shown = ast.unparse(entry.func if isinstance(entry, ast.Call) else entry)
            cooperative = source.qualified_name(entry.func) if isinstance(entry, ast.Call) else None
            if (cooperative or "").startswith(("asyncio.", "async_timeout.", "anyio.")):
                if awaited and re.search(r"timeout|wait_for|fail_after|move_on_after", shown):
                    return shown
            elif re.search(r"(?i)timeout|time_limit", shown):
                return shown
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
    return None
