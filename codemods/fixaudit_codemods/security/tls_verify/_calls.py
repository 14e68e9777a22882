"""Calls that open TLS connections, and where a parameter that switches verification off ends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Source, memoized
from fixaudit.authoring import (
    AIOHTTP_SESSION,
    HTTPX_CLIENT,
    REQUESTS_SESSION,
    Binding,
    ClassFacts,
    Function,
    argument_of,
    callers_of,
    default_of,
    definition_of,
    handed_on,
    origin_match,
    outside_bases,
    variable_uses,
)

# Keywords that switch the check of the server's certificate off when they are False.
SWITCHES = frozenset(
    {"verify", "verify_ssl", "ssl_verify", "verify_certs", "verify_tls", "tls_verify"}
    | {"verify_certificate", "verify_certificates", "validate_certs", "check_ssl"}
)
_VERBS = "get|post|put|patch|delete|head|options|request|stream|send"
_CLIENT = re.compile(
    rf"(?:requests|httpx)(?:\.\w+)*\.(?:{_VERBS}|Client|AsyncClient|HTTPTransport|AsyncHTTPTransport)"
    rf"|(?:{REQUESTS_SESSION}|{HTTPX_CLIENT})\.(?:{_VERBS})"
    r"|boto3(?:\.\w+(?:\(\))?)*\.(?:client|resource)"
    r"|(?:aiobotocore|botocore)\.session\.\w+\(\)\.create_client"
)
_SESSION = re.compile(rf"{REQUESTS_SESSION}|{HTTPX_CLIENT}")
_OLD_AIOHTTP = re.compile(
    rf"aiohttp\.(?:TCPConnector|request)|{AIOHTTP_SESSION}\.(?:{_VERBS}|ws_connect)"
)
_TLS_ERROR = re.compile(r"SSL\w*Error|\w*Certificate\w*Error|CertificateError")
_LOCAL_HOST = re.compile(
    r"https?://(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal|[\w-]+\.local\b)"
)
_HTTP_VERBS = frozenset(_VERBS.split("|"))


def is_tls_call(source: Source, call: ast.Call, switch: str) -> bool:
    """True for a call of requests, httpx, boto3 or aiohttp that takes this keyword."""
    if switch == "verify":
        return _is_client(source, call.func) or _hands_on(source, call)
    return switch == "verify_ssl" and is_aiohttp(source, call)


def _is_client(source: Source, func: ast.expr) -> bool:
    if origin_match(source, func, _CLIENT) is not None:
        return True
    if not isinstance(func, (ast.Name, ast.Attribute)):
        return False
    # A class of the project that is one of theirs, and passes what it gets on.
    found = definition_of(source, func)
    if not isinstance(found, ClassFacts) or found.find_method("__init__") is not None:
        return False
    return any(map(_CLIENT.fullmatch, outside_bases(found)))


def _hands_on(source: Source, call: ast.Call) -> bool:
    """True for `to_thread(requests.get, url, verify=False)` and the like."""
    given = handed_on(source, call)
    return given is not None and given.takes_keywords and _is_client(source, given.func)


def options_reach_tls(source: Source, mapping: ast.Call | ast.Dict) -> bool:
    """True where a mapping bound to a name is only ever unpacked into TLS calls: `get(url, **opts)`."""
    statement = source.parent(mapping)
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return False
    name = statement.targets[0]
    scope, bindings = source.scopes.lookup(name.id, name)
    if scope is None or len(bindings) != 1:
        return False
    uses = variable_uses(source, scope, name.id)
    return bool(uses) and all(_is_unpacked(source, use) for use in uses)


def _is_unpacked(source: Source, use: ast.expr) -> bool:
    word = source.parent(use)
    call = None if word is None else source.parent(word)
    unpacked = isinstance(word, ast.keyword) and word.arg is None
    return unpacked and isinstance(call, ast.Call) and is_tls_call(source, call, "verify")


def handler_of_tls_errors(source: Source, node: ast.AST) -> ast.ExceptHandler | None:
    """The handler that a refused certificate would end in: by the error it names, or because it goes
    on without TLS."""
    child: ast.AST = node
    for above in source.ancestors(node):
        if isinstance(above, ast.Try) and any(child is entry for entry in above.body):
            for handler in above.handlers:
                if _names_tls(handler) or _falls_back(handler):
                    return handler
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        child = above
    return None


def _names_tls(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and _TLS_ERROR.search(ast.unparse(handler.type)) is not None


def _falls_back(handler: ast.ExceptHandler) -> bool:
    return any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("http://")
        for node in ast.walk(handler)
    )


def is_aiohttp(source: Source, call: ast.Call) -> bool:
    """True for a call of aiohttp that takes `ssl=`."""
    return origin_match(source, call.func, _OLD_AIOHTTP) is not None


def is_session(source: Source, node: ast.expr) -> bool:
    """True for a `requests.Session` or an httpx client."""
    return origin_match(source, node, _SESSION) is not None


def is_verb(call: ast.Call) -> bool:
    """True for a method called like an HTTP method: `session.get`."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in _HTTP_VERBS


def local_host(call: ast.Call) -> bool:
    """True where the address is written in the call and is the machine itself, or has no TLS."""
    for value in [*call.args[:2], *(entry.value for entry in call.keywords)]:
        text = _beginning(value)
        if _LOCAL_HOST.match(text) or text.startswith("http://"):
            return True
    return False


def _beginning(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""


# ----------------------------------------------------------------------------- where it goes


def reaches_tls(source: Source, function: Function, parameter: str) -> bool:
    """True where the parameter, or the attribute it is kept in, becomes `verify=` of a TLS call."""
    for use in _uses(source, function, parameter):
        if _is_switch(source, use):
            return True
        kept = _kept_as(source, use)
        owner = source.class_of(function)
        if kept is not None and owner is not None and attribute_reaches_tls(source, kept, owner):
            return True
    return False


def _uses(source: Source, function: Function, parameter: str) -> Iterator[ast.Name]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == parameter and isinstance(node.ctx, ast.Load):
            bindings: list[Binding] = source.lookup(parameter, node)
            if len(bindings) == 1 and bindings[0].kind == "parameter":
                yield node


def _is_switch(source: Source, use: ast.expr) -> bool:
    """True for `verify=use` of a TLS call and for `session.verify = use`."""
    above = source.parent(use)
    if isinstance(above, ast.keyword) and above.arg is not None:
        call = source.parent(above)
        if isinstance(call, ast.Call) and is_tls_call(source, call, above.arg):
            return True
    if isinstance(above, ast.Assign) and above.value is use:
        target = above.targets[0]
        if isinstance(target, ast.Attribute) and target.attr == "verify":
            return is_session(source, target.value)
    return False


def _kept_as(source: Source, use: ast.expr) -> str | None:
    above = source.parent(use)
    target = above.targets[0] if isinstance(above, ast.Assign) else None
    if isinstance(above, ast.AnnAssign):
        target = above.target
    match target:
        case ast.Attribute(value=ast.Name(id="self"), attr=attr):
            return attr
    return None


def attribute_reaches_tls(source: Source, name: str, within: ast.AST) -> bool:
    """True where `….name` becomes `verify=` of a TLS call somewhere below `within`."""
    return any(
        within is source.tree or within in source.ancestors(node)
        for node in _switches(source).get(name, ())
    )


@memoized
def _switches(source: Source) -> dict[str, list[ast.Attribute]]:
    """The attributes that become `verify=` of a TLS call, by their names."""
    found: dict[str, list[ast.Attribute]] = {}
    for node in source.nodes(ast.Attribute):
        if _is_switch(source, node):
            found.setdefault(node.attr, []).append(node)
    return found


# ----------------------------------------------------------------------------- who calls


def every_caller_decides(source: Source, function: Function, parameter: str) -> bool:
    """True where the project calls the function (or class), always with a value of its own."""
    owner = source.class_of(function)
    if owner is None or function.name != "__init__":
        callers = callers_of(source, function)
        default = default_of(function, parameter)
        bound = owner is not None
        return bool(callers) and all(
            argument_of(caller.call, function, parameter, bound=bound) not in (None, default)
            for caller in callers or ()
        )
    return _every_construction_decides(source, owner.name, parameter)


def _every_construction_decides(source: Source, name: str, parameter: str) -> bool:
    mentions = source.project.mentions(f"{name}(".encode(), 200)
    calls = 0
    for path in {entry.path for entry in mentions if not entry.is_test}:
        facts = source.project.facts_of(path)
        if facts is None:
            return False
        found = source.project.naming(facts, (name,))
        for call in (node for statement in found for node in ast.walk(statement)):
            if isinstance(call, ast.Call) and _last(call.func) == name:
                calls += 1
                if not any(entry.arg == parameter for entry in call.keywords):
                    return False
    return calls > 0


def _last(func: ast.expr) -> str | None:
    return func.id if isinstance(func, ast.Name) else getattr(func, "attr", None)
