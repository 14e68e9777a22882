"""Calls that open TLS connections, and where a parameter that switches verification off ends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from fixaudit import Evidence, Reach, Source, memoized
from fixaudit.authoring import (
    AIOHTTP_SESSION,
    HTTPX_CLIENT,
    REQUESTS_SESSION,
    Binding,
    ClassFacts,
    Function,
    Inference,
    argument_of,
    assigned_literal,
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
_GOES_ON = "what refuses the certificate is handled: the program goes on in another way"
_LOCAL_HOST = re.compile(
    r"https?://(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal|[\w-]+\.local\b)"
)
_DECIDED = "every caller in the project gives a value of its own"
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


def handler_of_tls_errors(source: Source, node: ast.AST) -> Evidence | None:
    """The handler that a refused certificate would end in: by the error that it catches, or because
    an address without TLS stands in it."""
    child: ast.AST = node
    for above in source.ancestors(node):
        if isinstance(above, ast.Try) and any(child is entry for entry in above.body):
            for handler in above.handlers:
                found = _waits_for_refusal(source, handler)
                if found is not None:
                    return found
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        child = above
    return None


def _waits_for_refusal(source: Source, handler: ast.ExceptHandler) -> Evidence | None:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for entry in caught:
        named = None if entry is None else source.qualified_name(entry)
        if named is not None and _TLS_ERROR.fullmatch(named.rpartition(".")[2]):
            return source.proof(handler, _GOES_ON, Reach.FUNCTION)
        if entry is not None and _TLS_ERROR.search(ast.unparse(entry)):
            return source.hint(handler, _GOES_ON, Reach.FUNCTION)
    if any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("http://")
        for node in ast.walk(handler)
    ):
        return source.hint(handler, _GOES_ON, Reach.FUNCTION)
    return None


def is_aiohttp(source: Source, call: ast.Call) -> bool:
    """True for a call of aiohttp that takes `ssl=`."""
    return origin_match(source, call.func, _OLD_AIOHTTP) is not None


def is_session(source: Source, node: ast.expr) -> bool:
    """True for a `requests.Session` or an httpx client."""
    return origin_match(source, node, _SESSION) is not None


def is_verb(call: ast.Call) -> bool:
    """True for a method called like an HTTP method: `session.get`."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in _HTTP_VERBS


def local_host(source: Source, call: ast.Call) -> bool:
    """True where the address is written in the file and is the machine itself, or has no TLS."""
    for value in [*call.args[:2], *(entry.value for entry in call.keywords)]:
        text = _beginning(source, value)
        if _LOCAL_HOST.match(text) or text.startswith("http://"):
            return True
    return False


def _beginning(source: Source, node: ast.expr) -> str:
    """What a text begins with, as far as it is written; a name's that only ever holds one text too."""
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    if isinstance(node, ast.FormattedValue) and node.conversion == -1:
        node = node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        node = node.left
    given = assigned_literal(source, node)
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""


# ----------------------------------------------------------------------------- where it goes


def reaches_tls(source: Source, function: Function, parameter: str) -> bool:
    """True where the parameter, or the attribute it is kept in, becomes `verify=` of a TLS call."""
    for use in _uses(source, function, parameter):
        if _is_switch(source, use):
            return True
        kept = _kept_as(source, use)
        owner = source.class_of(function)
        if kept is None or owner is None:
            continue
        if attribute_reaching_tls(source, kept, owner) is not None:
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


def attribute_reaching_tls(source: Source, name: str, within: ast.AST) -> ast.Attribute | None:
    """Where `….name` becomes `verify=` of a TLS call somewhere below `within`."""
    return next(
        (
            node
            for node in _switches(source).get(name, ())
            if within is source.tree or within in source.ancestors(node)
        ),
        None,
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


def every_caller_decides(source: Source, function: Function, parameter: str) -> Evidence | None:
    """The calls of the function (or class) in the project, where each gives a value of its own."""
    owner = source.class_of(function)
    if owner is not None and function.name == "__init__":
        return _every_construction_decides(source, owner, parameter)
    callers = callers_of(source, function) or ()
    default = default_of(function, parameter)
    bound = owner is not None
    given = (argument_of(each.call, function, parameter, bound=bound) for each in callers)
    if not callers or not all(value not in (None, default) for value in given):
        return None
    first = callers[0]
    return source.proof_at(first.module.path, first.call.lineno, _DECIDED)


def _every_construction_decides(
    source: Source, owner: ast.ClassDef, parameter: str
) -> Evidence | None:
    """A proof where each call is known to make this class, a hint where its name alone says so."""
    name = owner.name
    own = (source.project.facts_of_source(source).path, owner.lineno)
    found: list[tuple[bool, Path, int]] = []
    mentions = source.project.mentions(f"{name}(".encode(), 200)
    for path in sorted({entry.path for entry in mentions if not entry.is_test}):
        facts = source.project.facts_of(path)
        if facts is None:
            return None
        inference = Inference(source.project, facts)
        for use in inference.view.loads(frozenset({name})):
            call = next(parent for _, parent in inference.view.ancestors(use))
            if not isinstance(call, ast.Call) or call.func is not use:
                continue
            made = inference.definition(use)
            known = isinstance(made, ClassFacts)
            if isinstance(made, ClassFacts) and (made.path, made.line) != own:
                continue
            if not any(entry.arg == parameter for entry in call.keywords):
                return None
            found.append((known, path, call.lineno))
    if not found:
        return None
    _, path, line = found[0]
    if all(known for known, _, _ in found):
        return source.proof_at(path, line, _DECIDED)
    return source.hint_at(path, line, _DECIDED)
