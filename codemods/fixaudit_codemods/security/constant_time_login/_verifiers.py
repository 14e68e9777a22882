"""Functions that verify a password against a hash, and how the same library makes one."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from fixaudit import NeededImport, Source, access
from fixaudit.authoring import ClassFacts, FunctionFacts, definition_of, value_of

_VERIFIES = re.compile(
    r"_*(?:a?verify|check|compare|validate|is_valid|match(?:es)?)_*(?:user_)?(?:plain_)?(?:password|passwd|pwd|pw)s?(?:_hash)?"
    r"|_*(?:password|passwd|pwd)_(?:matches|verify|is_valid)|_*checkpw|check_password_hash|_*verify_hash(?:ed_password)?",
    re.IGNORECASE,
)
_HASHES = re.compile(
    r"_*(?:(?:get|make|create|generate|compute)_)?(?:password_hash|hash(?:ed)?_?(?:password|passwd|pwd|pw)|hash_of_password)"
    r"|_*hash",
    re.IGNORECASE,
)
_DUMMY = re.compile(r"_*dummy_verify|hashpw|generate_password_hash")
_CONTEXT = re.compile(
    r"(?:passlib\.context\.CryptContext|pwdlib\.PasswordHash(?:\.recommended)?)\(\)\.verify\(\)"
)
_PASSWORD = "<password>"
# What verifies, where what hashes is imported from, and how it is called.
_LIBRARIES: dict[str, tuple[str, ...]] = {
    "bcrypt.checkpw": ("bcrypt", f"{{0}}.hashpw({_PASSWORD}.encode(), {{0}}.gensalt()).decode()"),
    "werkzeug.security.check_password_hash": ("werkzeug.security", "generate_password_hash", f"{{0}}({_PASSWORD})"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hashing:
    """The expression that makes a hash of a password nobody has, and what it needs."""

    text: str
    needed_names: tuple[NeededImport, ...] = ()


def verified(source: Source, call: ast.Call) -> bool:
    """True for a call that verifies a password, by the library it is of or by what it is called."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if _VERIFIES.fullmatch(name):
        return True
    if name != "verify" or not isinstance(call.func, ast.Attribute):
        return False
    value = value_of(source, call)
    return value is not None and value.matches(_CONTEXT) is not None


def verifies_in(source: Source, block: list[ast.stmt], user: str) -> int | None:
    """The line of a call in a block that verifies or hashes a password without the user, itself or inside."""
    for statement in block:
        for call in ast.walk(statement):
            if not isinstance(call, ast.Call) or user in _names(call):
                continue
            inside = definition_of(source, call.func)
            calls = ast.walk(inside.node) if isinstance(inside, FunctionFacts) else ()
            if any(isinstance(each, ast.Call) and _hashes(each) for each in (call, *calls)):
                return call.lineno
    return None


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _hashes(call: ast.Call) -> bool:
    """True for what verifies or hashes, by what it is called; not for `hash(…)`, which gives a number."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    shown = (_VERIFIES, _HASHES, _DUMMY)
    return name != "hash" and any(each.fullmatch(name) for each in shown)


def hashing_beside(source: Source, call: ast.Call) -> Hashing | str:
    """How a hash is made by what verifies one; in words, why that is not known."""
    secrets = access(source, _end(source), "secrets")
    if secrets is None:
        return "`secrets` means something else here"
    known = _of_library(source, call) or _of_project(source, call)
    if isinstance(known, str):
        return known
    text = known.text.replace(_PASSWORD, f"{secrets.text}.token_urlsafe()")
    return Hashing(text, (*known.needed_names, *secrets.needed_names))


def _end(source: Source) -> ast.stmt:
    """The end of the module: what is imported there is imported in all of its functions."""
    return source.tree.body[-1]


def _of_library(source: Source, call: ast.Call) -> Hashing | None:
    name = source.qualified_name(call.func)
    reached = _LIBRARIES.get(name or "")
    if reached is not None:
        found = access(source, _end(source), *reached[:-1])
        made = reached[-1].format(found.text) if found is not None else ""
        return Hashing(made, found.needed_names) if found is not None else None
    value = value_of(source, call)
    if value is None or value.matches(_CONTEXT) is None or not isinstance(call.func, ast.Attribute):
        return None
    context = call.func.value
    if not isinstance(context, ast.Name) or not _is_of_module(source, context):
        return None
    return Hashing(f"{context.id}.hash({_PASSWORD})")


def _is_of_module(source: Source, name: ast.Name) -> bool:
    """True where the name means the same in a function at the end of the module."""
    return source.scopes.module.bindings.get(name.id) == source.lookup(name.id, name)


def _of_project(source: Source, call: ast.Call) -> Hashing | str:
    found = definition_of(source, call.func)
    shown = ast.unparse(call.func)
    if not isinstance(found, FunctionFacts):
        return f"it is not known here which function `{shown}` is"
    if found.owner is not None:
        return _of_class(source, call, shown)
    names = _hash_functions(source, found)
    if len(names) != 1:
        told = f"several that may hash ({', '.join(names)})" if names else "no function that hashes"
        return f"the module of `{shown}` has {told}"
    made = f"{names[0]}({_PASSWORD})"
    if isinstance(call.func, ast.Attribute):
        owner = call.func.value
        is_seen = isinstance(owner, ast.Name) and _is_of_module(source, owner)
        return Hashing(f"{shown.rpartition('.')[0]}.{made}") if is_seen else f"`{shown}` is no name"
    if found.path == source.project.facts_of_source(source).path:
        return Hashing(made)
    imported = source.lookup(shown, call.func)
    target = imported[0].target if len(imported) == 1 else None
    module = (target or found.qualified_name).rpartition(".")[0]
    reached = access(source, _end(source), module, names[0])
    if reached is None:
        return f"`{names[0]}` means something else here"
    return Hashing(f"{reached.text}({_PASSWORD})", reached.needed_names)


def _hash_functions(source: Source, verifier: FunctionFacts) -> list[str]:
    """The names of the verifier's module that hash one password, and nothing more is needed."""
    names = filter(_HASHES.fullmatch, verifier.module.bindings)
    facts = [(name, source.project.resolve(verifier.module, name)) for name in names]
    return [name for name, each in facts if isinstance(each, FunctionFacts) and _takes_one(each)]


def _takes_one(function: FunctionFacts) -> bool:
    arguments = function.node.args
    needed = len(arguments.posonlyargs + arguments.args) - len(arguments.defaults)
    is_plain = not function.is_async and not function.decorators
    return is_plain and needed == 1 and None not in arguments.kw_defaults


def _of_class(source: Source, call: ast.Call, shown: str) -> Hashing | str:
    """`Security.verify_password(…)` of static methods, with `Security.hash_password(…)` beside."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_seen = isinstance(owner, ast.Name) and _is_of_module(source, owner)
    cls = definition_of(source, owner) if owner is not None and is_seen else None
    if not isinstance(cls, ClassFacts):
        return f"`{shown}` is a method: what it is called on may be what is missing"
    methods = [cls.find_method(name) for name in cls.body.found if _HASHES.fullmatch(name)]
    plain = [each for each in methods if each is not None and _is_static(each)]
    if len(methods) != 1 or not plain:
        return f"`{cls.name}` has no one static method that hashes beside it"
    return Hashing(f"{shown.rpartition('.')[0]}.{plain[0].name}({_PASSWORD})")


def _is_static(method: FunctionFacts) -> bool:
    return not method.is_async and method.decorators in (("staticmethod",), ("classmethod",))
