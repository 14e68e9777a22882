"""The function that hides a password: the one of the project, or one that the module gets."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from fixaudit import Evidence, NeededModuleName, NeededName, Source, access, memoized
from fixaudit.authoring import FunctionFacts, definition_of

NAMES = ("redact_url", "_redact_url")
HELPER = '''\
def {name}(url: object) -> str:
    """The text of a URL without its password; None and what is no URL stay as they are."""
    scheme, mark, rest = str(url).partition("://")
    if not mark:
        return "***" if any(sign in scheme.lower() for sign in ("@", "password", "pwd")) else scheme
    userinfo, at, location = rest.rpartition("@")
    user = userinfo.partition(":")[0] + ":" if ":" in userinfo else ""
    if "password" in location.lower():
        location = location.partition("?")[0] + "?***"
    return f"{{scheme}}://{{user}}***@{{location}}" if at else f"{{scheme}}://{{location}}"
'''
# Names under which projects keep such a function; what it does is looked at besides.
_LIKELY = tuple(
    f"{verb}_{what}"
    for verb in ("redact", "mask", "sanitize", "hide", "scrub")
    for what in ("url", "dsn", "uri", "url_password", "password_in_url", "url_credentials")
)
_HIDES = re.compile(r"\*\*|password|netloc|userinfo|rpartition\(.@.\)", re.IGNORECASE)
_IMPORTS = r"^\s*(?:from|import)\b.*\b"


@dataclass(frozen=True, slots=True)
class Helper:
    """What to call, what must be added for it, and what speaks against trusting it."""

    text: str
    needed_names: tuple[NeededName, ...] = ()
    doubts: tuple[Evidence, ...] = ()


def helper_for(source: Source, node: ast.Call, configured: str) -> Helper | None:
    """The function to hand a URL through at `node`; None where no name is free for one.

    `configured` is the option: a dotted name, or empty.
    """
    if configured:
        module, _, name = configured.rpartition(".")
        return Helper(name) if source.module == module else _imported(source, node, module, name)
    for name in NAMES:
        bindings = source.scopes.module.bindings.get(name, [])
        if len(bindings) == 1 and source.lookup(name, node) == bindings:
            if _takes_one(bindings[0].node):
                return Helper(name)
    found = _of_project(source)
    if found is not None and (helper := _imported(source, node, found.module.name, found.name)):
        if _is_own(found):
            return helper
        text = f"`{found.qualified_name}` hides the password, by its name"
        return Helper(helper.text, helper.needed_names, (source.hint(node, text),))
    for name in NAMES:
        if not source.lookup(name, node) and name not in source.scopes.module.bindings:
            text = _in_quotes_of(source, HELPER.format(name=name))
            return Helper(name, (NeededModuleName(name, text),))
    return None


def _imported(source: Source, node: ast.AST, module: str, name: str) -> Helper | None:
    reach = access(source, node, module, name)
    return Helper(reach.text, reach.needed_names) if reach is not None else None


def _takes_one(node: ast.AST) -> bool:
    """True for a function of one argument, and for one that is imported."""
    if isinstance(node, ast.alias):
        return True
    if not isinstance(node, ast.FunctionDef):
        return False
    needed = len(node.args.posonlyargs + node.args.args) - len(node.args.defaults)
    return needed == 1 and not any(entry is None for entry in node.args.kw_defaults)


@memoized
def _of_project(source: Source) -> FunctionFacts | None:
    """The function of another module that hides passwords; none that imports this module."""
    needles = [f"def {name}(".encode() for name in _LIKELY]
    own = rf"{_IMPORTS}{re.escape(source.module.rpartition('.')[2])}\b"
    for name, needle in zip(_LIKELY, needles, strict=True):
        for mention in source.project.mentions(needle, 2, along=needles):
            content = source.project.read(mention.path) or b""
            facts = None if mention.is_test else source.project.facts_of(mention.path)
            if facts is None or re.search(own.encode(), content, re.MULTILINE):
                continue
            found = source.project.resolve(facts, name)
            if isinstance(found, FunctionFacts) and _hides(found):
                return found
    return None


def _hides(found: FunctionFacts) -> bool:
    plain = not found.is_async and not found.decorators and _takes_one(found.node)
    return plain and _HIDES.search(ast.unparse(found.node)) is not None


def hides(source: Source, function: ast.expr) -> bool:
    """True for a function of the project that looks after the password of what it is given."""
    found = definition_of(source, function)
    return isinstance(found, FunctionFacts) and _hides(found)


def _is_own(found: FunctionFacts) -> bool:
    """True for the very function that this codemod writes."""
    return ast.dump(found.node) == ast.dump(ast.parse(HELPER.format(name=found.name)).body[0])


def _in_quotes_of(source: Source, text: str) -> str:
    """The helper in single quotes where most strings of the file have them."""
    if not _has_single_quotes(source):
        return text
    code, docstring, rest = text.split('"""')
    return '"""'.join((code, docstring, rest.replace('"', "'")))


@memoized
def _has_single_quotes(source: Source) -> bool:
    first = [source.segment(node)[:1] for node in source.nodes(ast.Constant)]
    return first.count("'") > first.count('"')
