"""Does every object an expression can be have this attribute? With a proof, or with the doubt."""

from __future__ import annotations

import ast
import keyword
from dataclasses import dataclass, replace
from pathlib import Path

from fixaudit import Evidence, Reach, Source, Verdict
from fixaudit.authoring import (
    ROW_KINDS,
    AttributeFacts,
    ClassFacts,
    ClassKind,
    Declaration,
    TypeFacts,
    Where,
    answers_always,
    static_type,
    unread_module,
)
from fixaudit_codemods.attributes import (
    _attribute_doubts,
    _init_order,
    _missing_values,
    _test_doubles,
)

# Calls whose values are what they seem when read through an instance.
_PLAIN_MAKERS = frozenset(
    {"dict", "list", "set", "frozenset", "tuple", "int", "float", "str", "bytes", "bool", "object"}
    | {"logging.getLogger", "re.compile", "pathlib.Path", "threading.Lock", "threading.RLock"}
    | {"datetime.timedelta", "decimal.Decimal", "collections.OrderedDict", "frozenset"}
)
_BINDING_AS_EVER = frozenset(
    {"staticmethod", "classmethod", "abc.abstractmethod", "typing.override", "typing.final"}
    | {"contextlib.contextmanager", "contextlib.asynccontextmanager", "functools.lru_cache"}
    | {"functools.cache"}
)
_DECLARE_IT = "declare the attribute in the class, or drop what depends on it"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the attribute may be missing; with `guidance` a human should look at it.

    `place` is where the class says so, None for the site or what it is `because` of; `is_hint` says
    that only a name does.
    """

    reason: str
    guidance: str | None = None
    place: tuple[Path, int] | None = None
    is_hint: bool = False
    because: tuple[Evidence, ...] = ()

    def evidence(self, source: Source, site: ast.expr) -> Evidence | tuple[Evidence, ...]:
        """The doubt as what a verdict rests on."""
        if self.place is None:
            return self.because or source.proof(site, self.reason)
        at = source.hint_at if self.is_hint else source.proof_at
        return at(*self.place, self.reason, Reach.CLASS)


@dataclass(frozen=True, slots=True)
class Proof:
    """Who declares the attribute, for each class the object can be of; `names` writes the type.

    `hints` let one think that other objects come here, and `guidance` says what to do about them;
    with `weak` ones alone the edit is right in most code.
    """

    names: str
    declarations: tuple[Declaration, ...]
    hints: tuple[Evidence, ...] = ()
    weak: bool = False
    guidance: str | None = None

    @property
    def verdict(self) -> Verdict:
        """What becomes of the edit where there are hints."""
        return Verdict.UNSAFE if self.weak else Verdict.REVIEW


def unusable_name(name: str) -> str | None:
    """Why `obj.<name>` cannot be written, or would mean another attribute; None when it can be."""
    if not name.isidentifier() or keyword.iskeyword(name):
        return f"`{name}` cannot be written behind a dot"
    if not name.isascii():
        return "Python changes the spelling of such names behind a dot"
    if name.startswith("__"):
        return "names with two underscores are changed by classes, or belong to Python"
    return None


def known_type(source: Source, owner: ast.expr) -> TypeFacts | Doubt:
    """The classes of the project that the object is certainly of, never None."""
    found = static_type(source, owner)
    if found is None:
        unread = unread_module(source, owner)
        more = "" if unread is None else f": {unread} cannot be read by this Python"
        return Doubt(f"its class is not known for certain here{more}")
    if (line := _missing_values.provided_for(source, owner)) is not None:
        return Doubt(f"line {line} provides for its absence")
    if found.optional:
        return Doubt(f"it may be None here: its type is `{found.names}`")
    if found.by_cast:
        return Doubt("only a cast says what it is")
    if _attribute_doubts.only_claimed(source, owner):
        return Doubt("only an annotation over a value of unknown class says what it is")
    return found


def prove(source: Source, site: ast.expr, owner: ast.expr, name: str) -> Proof | Doubt:
    """Whether reading `name` can be trusted never to raise AttributeError at this site."""
    found = known_type(source, owner)
    if isinstance(found, Doubt):
        return found
    on_self = _init_order.receiver_method(source, site, owner)
    declared: list[Declaration] = []
    for cls in found.members:
        answer = _by_class(source, cls, name, found, on_self is not None)
        if isinstance(answer, Doubt):
            return _weighed(answer, _attribute_doubts.doubt(source, site, owner, found), name)
        declared.append(answer)
    doubt = _attribute_doubts.doubt(source, site, owner, found)
    if doubt is not None:
        return Doubt(doubt.text, because=(doubt,))
    hints: list[Evidence] = []
    for cls, declaration in zip(found.members, declared, strict=True):
        missing = _init_order.doubt(source, cls, declaration, name, on_self)
        if missing is not None and not missing.is_hint:
            return Doubt(missing.text, because=(missing,))
        hints += [] if missing is None else [missing]
    proof = Proof(found.names, tuple(declared), tuple(hints))
    return proof if hints else _with_hints(source, site, owner, found, name, proof)


def _with_hints(
    source: Source, site: ast.expr, owner: ast.expr, found: TypeFacts, name: str, proof: Proof
) -> Proof:
    """The proof with what names, words and likenesses say against it: the first that says anything."""
    if (hint := _attribute_doubts.commented(source, site, name)) is not None:
        guidance = "ask the comment, then read the attribute directly"
        return replace(proof, hints=(hint,), guidance=guidance)
    if (hint := _test_doubles.find(source, site, owner, found, name)) is not None:
        guidance = f"give that object `{name}`, then read the attribute directly"
        return replace(proof, hints=(hint,), guidance=guidance)
    on_self = _init_order.receiver_method(source, site, owner) is not None
    if not on_self and (hint := _attribute_doubts.for_others(source, owner, found)) is not None:
        return replace(proof, hints=(hint,))
    tested = on_self or _attribute_doubts.class_is_tested(source, owner)
    for cls, declaration in zip(found.members, proof.declarations, strict=True):
        if (hint := _missing_values.deleted(source, cls, name)) is not None:
            return replace(proof, hints=(hint,))
        if not tested and (hint := _init_order.beside(source, cls, name)) is not None:
            return replace(proof, hints=(hint,))
        hint = _missing_values.made_without_it(source, cls, declaration)
        attribute = declaration.attribute
        if hint is None and on_self and attribute is not None and attribute.where is Where.INIT:
            text = f"`{cls.name}.__init__` sets it; a subclass elsewhere may not call that one"
            hint = source.hint_at(cls.path, cls.line, text, Reach.CLASS)
        if hint is not None:
            return replace(proof, hints=(hint,), weak=True)
    return proof


def _weighed(answer: Doubt, doubt: Evidence | None, name: str) -> Doubt:
    """Nothing is called a bug where the type itself is in doubt."""
    if answer.guidance is None or doubt is None or f"`{name}`" in doubt.text:
        return answer
    return Doubt(doubt.text, because=(doubt,))


def _by_class(
    source: Source, cls: ClassFacts, name: str, found: TypeFacts, on_self: bool
) -> Declaration | Doubt:
    """What the class and its bases alone say."""
    declaration = cls.declares(name)
    is_declared = declaration is not None and declaration.certain
    dynamic = cls.losing_reasons() if is_declared else cls.dynamic_reasons()
    if dynamic:
        reason = f"attributes of `{cls.name}` may come and go: {dynamic[0]}"
        return Doubt(reason, place=(cls.path, cls.line))
    if declaration is None:
        return _undeclared(source, cls, name, found, on_self)
    attribute = declaration.attribute
    if attribute is None:
        return Doubt(
            f"`{name}` comes from `{declaration.owner.qualified_name}`, outside the project"
        )
    assert isinstance(declaration.owner, ClassFacts)
    place = declaration.owner.path, attribute.line
    if not declaration.certain:
        reason = f"`{cls.name}.{name}` need not be there: {declaration.doubt}"
        return Doubt(reason, place=place)
    doubt = _about_look_up(cls, declaration.owner, attribute)
    return replace(doubt, place=place) if doubt is not None else declaration


def _undeclared(
    source: Source, cls: ClassFacts, name: str, found: TypeFacts, on_self: bool
) -> Doubt:
    order = cls.mro()
    if cls.kind in (ClassKind.PROTOCOL, ClassKind.TYPED_DICT):
        return Doubt(f"the {cls.kind} `{cls.name}` does not name `{name}`; its objects may have it")
    if not order.complete:
        return Doubt(
            f"`{cls.name}` does not declare `{name}`, and has an unknown {order.unknown[0]}"
        )
    if len(found.members) > 1:
        return Doubt(f"`{cls.name}`, one of `{found.names}`, does not declare `{name}`")
    if cls.kind in ROW_KINDS:
        return Doubt(f"the {cls.kind} `{cls.name}` may get `{name}` by a relation of another model")
    elsewhere = _init_order.declared_elsewhere(source, cls, name)
    if elsewhere is not None:
        reason = f"`{cls.name}` does not declare `{name}`"
        proof = source.proof_at(cls.path, cls.line, reason, Reach.CLASS)
        return Doubt(reason, because=(proof, elsewhere))
    if on_self:
        return Doubt(f"`{cls.name}` does not declare `{name}`: a subclass may")
    return Doubt(
        f"`{cls.name}` has no attribute `{name}`: the default is all this ever gives, a bug?",
        _DECLARE_IT,
    )


def _about_look_up(cls: ClassFacts, owner: ClassFacts, attribute: AttributeFacts) -> Doubt | None:
    """Doubts about how the declared attribute is looked up."""
    order, name = cls.mro(), attribute.name
    if any(
        item.where is Where.PROPERTY
        for entry in order.own
        for item in entry.body.found.get(name, ())
    ):
        return Doubt(f"`{name}` is a property: the default also hides an AttributeError inside it")
    if cls.kind is ClassKind.ENUM:
        return Doubt(f"`{cls.name}` is an Enum: values may stand in for its members")
    if order.makers:
        return Doubt(f"`{cls.name}` has an unknown {order.makers[0]}")
    if attribute.where is Where.METHOD:
        known = all(item in _BINDING_AS_EVER for item in attribute.decorators)
        return None if known else Doubt(f"a decorator may change what `{name}` is")
    if attribute.where is Where.CLASS_BODY and attribute.annotation_at and not order.complete:
        return Doubt(f"an unknown {order.unknown[0]} may make a field of it that `__init__` sets")
    if attribute.where is Where.CLASS_BODY and owner.kind in (ClassKind.PLAIN, *ROW_KINDS):
        return _about_class_value(cls, owner, attribute)
    if attribute.where is Where.INIT and not order.complete:
        return Doubt(
            f"`{cls.name}` has an unknown {order.unknown[0]}, which may skip its `__init__`"
        )
    return None


def _about_class_value(
    cls: ClassFacts, owner: ClassFacts, attribute: AttributeFacts
) -> Doubt | None:
    value = attribute.value
    if value is None or _is_plain(owner, value) or answers_always(cls.kind, owner, value):
        return None
    name = f"`{owner.name}.{attribute.name}`"
    if not cls.mro().complete and _is_called_field(value):
        return Doubt(
            f"{name} looks like a field, but the class's base is not known",
            "where the base is a model of rows, read the attribute directly",
            is_hint=True,
        )
    return Doubt(f"how {name} is read is up to the object in the class body")


def _is_called_field(value: ast.expr) -> bool:
    """`UUIDField(…)`, `db.Column(…)`: named as mappers name what they make columns of."""
    func = value.func if isinstance(value, ast.Call) else None
    name = getattr(func, "attr", getattr(func, "id", ""))
    return name.endswith(("Field", "Column", "_column")) and "Foreign" not in name


def _is_plain(owner: ClassFacts, value: ast.expr) -> bool:
    """True for a value that is no descriptor."""
    match value:
        case ast.Constant() | ast.JoinedStr() | ast.List() | ast.Tuple() | ast.Dict() | ast.Set():
            return True
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.Compare():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_plain(owner, operand)
        case ast.BinOp(left=left, right=right):
            return _is_plain(owner, left) and _is_plain(owner, right)
        case ast.Call(func=func) if owner.module.qualify(ast.unparse(func)) in _PLAIN_MAKERS:
            return True
    return _is_field(value)


def _is_field(value: ast.expr) -> bool:
    """`attr.ib(…)` of a plain-looking class: its `__init__` puts the value on the instance."""
    if not isinstance(value, ast.Call):
        return False
    return ast.unparse(value.func) in ("attr.ib", "attr.attrib", "attrs.field", "attr.field")
