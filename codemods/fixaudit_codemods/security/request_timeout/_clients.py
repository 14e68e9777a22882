"""What a request's session, client and surroundings say of how long it may take."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Evidence, Source, memoized
from fixaudit.authoring import REQUESTS_SESSION, is_made_here, keyword, origin_match, value_of
from fixaudit_codemods.security.request_timeout._requests import VERBS, Request

_MADE = re.compile(REQUESTS_SESSION)
_PLAIN_ADAPTER = re.compile(r"requests\.adapters\.HTTPAdapter\(\)")
_LONG = re.compile(
    r"upload|infer|predict|generat|transcri|train|embed|export|import|backup|render|convert"
)


def session_doubt(source: Source, request: Request) -> Evidence | None:
    """Why a session may have a timeout of its own; None where nothing in the file says so."""
    assert request.session is not None
    mounted = next(
        (each for each in _mounting(source) if _may_be(source, each.func, request.session)), None
    )
    if mounted is not None:
        text = f"an adapter that is mounted in line {mounted.lineno} may set a timeout"
        return source.proof(mounted, text)
    made = value_of(source, request.session)
    if made is None or not is_made_here(source, made):
        text = (
            f"the session of `{request.name}` is made elsewhere, perhaps with a timeout of its own"
        )
        return source.proof(request.call, text)
    return None


@memoized
def _mounting(source: Source) -> tuple[ast.Call, ...]:
    """The calls that mount an adapter which is not a plain one."""
    return tuple(
        node
        for node in source.nodes(ast.Call)
        if isinstance(node.func, ast.Attribute)
        and node.func.attr == "mount"
        and len(node.args) == 2
        and origin_match(source, node.args[1], _PLAIN_ADAPTER) is None
    )


def _may_be(source: Source, method: ast.expr, session: ast.expr) -> bool:
    """False where a session that a function makes for itself is another one than `method` is of."""
    assert isinstance(method, ast.Attribute)
    if ast.unparse(method.value) == ast.unparse(session):
        return source.function(method) is source.function(session) or not _is_own(source, session)
    return not _is_own(source, session)


def _is_own(source: Source, session: ast.expr) -> bool:
    """True for `requests.Session()` itself, and for a local name of it."""
    if isinstance(session, ast.Name):
        bindings = source.lookup(session.id, session)
        value = bindings[0].value if len(bindings) == 1 else None
        is_local = bool(bindings) and source.function(bindings[0].node) is source.function(session)
        return is_local and value is not None and _is_own(source, value)
    return isinstance(session, ast.Call) and origin_match(source, session, _MADE) is not None


def replaced(source: Source, request: Request) -> Evidence | None:
    """A function of `requests`, or of this session, that the file puts another in the place of."""
    for node in _replacing(source):
        owner = source.qualified_name(node.value) or ""
        everywhere = owner.partition(".")[0] == "requests"
        if everywhere or (request.session is not None and _may_be(source, node, request.session)):
            return source.proof(node, f"this file replaces `{ast.unparse(node)}`")
    return None


@memoized
def _replacing(source: Source) -> tuple[ast.Attribute, ...]:
    return tuple(
        node
        for node in source.nodes(ast.Attribute)
        if isinstance(node.ctx, ast.Store) and node.attr in VERBS | {"send"}
    )


def long_work(source: Source, request: Request) -> Evidence | None:
    """What lets one think that the answer takes longer than any one number for all requests."""
    # Not `stream=`: what is read piece by piece has the time for each piece.
    files = keyword(request.call, "files")
    if files is not None and not _is_off(files.value):
        text = "`files=` moves as much as there is: how long that may take is not known"
        return source.hint(files.value, text)
    function = source.function(request.call)
    names = [getattr(function, "name", "")]
    for value in request.call.args[:2]:
        names += [str(node.value) for node in ast.walk(value) if isinstance(node, ast.Constant)]
        names += [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
        names += [node.attr for node in ast.walk(value) if isinstance(node, ast.Attribute)]
    for name in names:
        found = _LONG.search(name.lower())
        if found is not None:
            text = f"`{name}` speaks of work that may take longer than a number for all requests"
            return source.hint(request.call, text)
    return None


def _is_off(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def client_timeout(source: Source, request: Request) -> Evidence | None:
    """The timeout that the client of a language model was made with."""
    func: ast.expr = request.call.func
    while isinstance(func, ast.Attribute):
        for made in _makers(source, func.value):
            word = keyword(made, "timeout")
            if word is not None and not (_is_off(word.value)):
                text = f"its client has a timeout: {ast.unparse(word.value)}"
                return source.proof(made, text)
        func = func.value
    return None


def _makers(source: Source, client: ast.expr) -> Iterator[ast.Call]:
    """The calls of this file that make a client kept in a name or in an attribute of `self`."""
    if isinstance(client, ast.Name):
        for binding in source.lookup(client.id, client):
            if isinstance(binding.value, ast.Call):
                yield binding.value
    elif (
        isinstance(client, ast.Attribute)
        and isinstance(client.value, ast.Name)
        and client.value.id == "self"
    ):
        owner = source.class_of(source.function(client) or client)
        yield from _kept(source).get((owner, client.attr), ())


@memoized
def _kept(source: Source) -> dict[tuple[ast.ClassDef | None, str], list[ast.Call]]:
    """The calls that make what attributes of `self` hold, by the class around and the name."""
    found: dict[tuple[ast.ClassDef | None, str], list[ast.Call]] = {}
    for node in source.nodes(ast.Assign):
        match node.targets[0], node.value:
            case ast.Attribute(value=ast.Name(id="self"), attr=attr), ast.Call() as made:
                owner = source.class_of(source.function(node) or node)
                found.setdefault((owner, attr), []).append(made)
    return found
