"""The function that hides a password: the one of the project, or one that the module gets."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TypeGuard

from fixaudit import Evidence, NeededModuleName, NeededName, Source, access
from fixaudit.authoring import FunctionFacts, HelperFunction, definition_of, helper_function

NAMES = ("redact_url", "_redact_url")
HELPER = '''\
def {name}(url: object) -> str:
    """The text of a URL without its password; what is no URL stays as it is."""
    scheme, mark, location = str(url).partition("://")
    if not mark:
        signs = ("@", "password", "pwd")
        hidden = any(sign in scheme.lower() for sign in signs)
        return "***" if hidden else scheme
    userinfo, at, location = location.rpartition("@")
    if "password" in location.lower():
        location = location.partition("?")[0] + "?***"
    if at:
        user = userinfo.partition(":")[0] + ":" if ":" in userinfo else ""
        location = f"{{user}}***@{{location}}"
    return f"{{scheme}}://{{location}}"
'''
# Names under which projects keep such a function; what it does is looked at besides.
_LIKELY = tuple(
    f"{verb}_{what}"
    for verb in ("redact", "mask", "sanitize", "hide", "scrub")
    for what in ("url", "dsn", "uri", "url_password", "password_in_url", "url_credentials")
)
_HIDES = re.compile(r"\*\*|password|netloc|userinfo|rpartition\(.@.\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Redaction:
    """What to call, what must be added for it, and what speaks against trusting it."""

    text: str
    needed_names: tuple[NeededName, ...] = ()
    doubts: tuple[Evidence, ...] = ()


def redaction_for(source: Source, node: ast.Call, configured: str) -> Redaction | None:
    """The function to hand a URL through at `node`; None where no name is free for one.

    `configured` is the option: a dotted name, or empty.
    """
    if configured:
        module, _, name = configured.rpartition(".")
        if source.module == module:
            return Redaction(name)
        reached = access(source, node, module, name)
        return None if reached is None else Redaction(reached.text, reached.needed_names)
    helper = helper_function(source, node, REDACTING)
    if helper is None:
        return None
    doubts: tuple[Evidence, ...] = ()
    if helper.found is not None and not _is_own(helper.found):
        text = f"`{helper.found.qualified_name}` hides the password, by its name"
        doubts = (source.hint(node, text),)
    return Redaction(helper.text, helper.needed_names, doubts)


def _is_redacting(node: ast.AST) -> bool:
    """True for a function of the module itself, and for one that is imported under the very name."""
    if isinstance(node, ast.alias):
        return (node.asname or node.name) in NAMES
    return _takes_one(node) and (node.name in NAMES or _names_what_it_hides(node))


def _takes_one(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    if not isinstance(node, ast.FunctionDef):
        return False
    needed = len(node.args.posonlyargs + node.args.args) - len(node.args.defaults)
    return needed == 1 and not any(entry is None for entry in node.args.kw_defaults)


def _hides(found: FunctionFacts) -> bool:
    plain = not found.is_async and not found.decorators and _takes_one(found.node)
    return plain and _names_what_it_hides(found.node)


def _names_what_it_hides(node: ast.AST) -> bool:
    return _HIDES.search(ast.unparse(node)) is not None


def hides(source: Source, function: ast.expr) -> bool:
    """True for a function of the project that looks after the password of what it is given."""
    found = definition_of(source, function)
    return isinstance(found, FunctionFacts) and _hides(found)


def _is_own(found: FunctionFacts) -> bool:
    """True for the very function that this codemod writes."""
    return ast.dump(found.node) == ast.dump(ast.parse(HELPER.format(name=found.name)).body[0])


REDACTING = HelperFunction(
    names=NAMES,
    known_names=_LIKELY,
    begins="",
    is_one=_is_redacting,
    fits=_hides,
    written=lambda source, name: NeededModuleName(name, HELPER.format(name=name)),
)
