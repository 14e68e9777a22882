"""Is an attribute there on every finished instance of a class, and who declares it?"""

from __future__ import annotations

import ast

from fixaudit.semantics.attributes import AttributeFacts, Where
from fixaudit.semantics.classes import ClassFacts, Declaration, Linearisation
from fixaudit.semantics.facts import FunctionNode, dotted_name
from fixaudit.semantics.known_classes import ClassKind, KnownClass

_BY_ANNOTATION = frozenset({ClassKind.DATACLASS, ClassKind.PYDANTIC, ClassKind.NAMED_TUPLE})
_GENERATED_INIT = frozenset({ClassKind.DATACLASS, ClassKind.PYDANTIC, ClassKind.NAMED_TUPLE})


def find_declaration(cls: ClassFacts, name: str) -> Declaration | None:
    """The first certain declaration in the method resolution order, else the first doubtful one."""
    order = cls.mro()
    general = _doubt_about_class(cls, order, name)
    doubtful: Declaration | None = None
    for entry in order.classes:
        if isinstance(entry, KnownClass):
            if name in entry.attributes:
                return Declaration(entry, None, True)
            continue
        for attribute in entry.body.found.get(name, ()):
            doubt = general or doubt_about(attribute, entry, order)
            found = Declaration(entry, attribute, doubt is None, doubt)
            if found.certain:
                return found
            doubtful = doubtful or found
    return doubtful


def _doubt_about_class(cls: ClassFacts, order: Linearisation, name: str) -> str | None:
    if any(name in entry.body.deleted for entry in order.own):
        return "some code deletes it"
    if cls.kind is ClassKind.PROTOCOL:
        return "a protocol only promises it; the object at hand need not inherit from it"
    return None


def doubt_about(attribute: AttributeFacts, owner: ClassFacts, order: Linearisation) -> str | None:
    """Why an instance may lack the attribute in spite of this declaration; None for no doubt."""
    match attribute.where:
        case Where.CLASS_BODY if owner.kind is ClassKind.TYPED_DICT:
            return "it is a key of a TypedDict, not an attribute"
        case Where.CLASS_BODY if attribute.value is None and attribute.annotation is not None:
            doubt = _doubt_about_annotated(attribute, owner)
            return doubt or _doubt_about_generated(owner, order)
        case Where.CLASS_BODY if _is_field_call(attribute):
            doubt = _doubt_about_field(attribute)
            return doubt or _doubt_about_generated(owner, order)
        case Where.CLASS_BODY if owner.kind is ClassKind.PYDANTIC and attribute.annotation:
            return _doubt_about_generated(owner, order)
        case Where.METHOD_ASSIGNMENT:
            function = attribute.function
            return f"only `{function.name if function else '?'}` sets it"
        case Where.INIT:
            if attribute.conditional:
                return "`__init__` does not set it on every way through"
            return _doubt_about_init(owner, order)
        case Where.SLOTS:
            return "it is a slot that need not be filled"
    return "the class body declares it under a condition" if attribute.conditional else None


def _doubt_about_annotated(attribute: AttributeFacts, owner: ClassFacts) -> str | None:
    kind = owner.kind
    if attribute.conditional or kind not in _BY_ANNOTATION:
        return "it is only annotated, never set"
    written = ast.unparse(attribute.annotation) if attribute.annotation is not None else ""
    if "ClassVar" in written or "InitVar" in written or attribute.name == "_":
        return "the annotation makes no instance attribute"
    if kind is ClassKind.PYDANTIC and attribute.name.startswith("_"):
        return "it is a private attribute without a default"
    return None


def _is_field_call(attribute: AttributeFacts) -> bool:
    value = attribute.value
    name = dotted_name(value.func) if isinstance(value, ast.Call) else None
    return (name or "").rpartition(".")[2] in ("field", "Field", "attrib", "ib", "PrivateAttr")


def _doubt_about_field(attribute: AttributeFacts) -> str | None:
    assert isinstance(attribute.value, ast.Call)
    given = {item.arg: item.value for item in attribute.value.keywords}
    init = given.get("init")
    private = (dotted_name(attribute.value.func) or "").endswith("PrivateAttr")
    filled = private or (isinstance(init, ast.Constant) and init.value is False)
    has_default = bool({"default", "default_factory", "factory"} & given.keys())
    has_default = has_default or (private and bool(attribute.value.args))
    return (
        "it is a field without default that `__init__` skips"
        if filled and not has_default
        else None
    )


def _doubt_about_generated(owner: ClassFacts, order: Linearisation) -> str | None:
    """Fields are set by an `__init__` that nobody wrote; one that somebody wrote must call it."""
    if any(entry.body.bypasses_init for entry in order.own):
        return "objects are also made without `__init__`"
    if owner.kind is ClassKind.DATACLASS and _has_no_generated_init(owner):
        return "the `__init__` that would set it is not generated"
    for entry in order.own:
        own = entry.body.initialisers.get("__init__")
        if own is not None and not hands_over(own):
            return f"`{entry.name}.__init__` may not call the one that sets it"
        # Pydantic sets all fields in the `__init__` of its own base, behind all of these.
        if entry.key == owner.key and owner.kind is not ClassKind.PYDANTIC:
            return None
    return None


def _has_no_generated_init(owner: ClassFacts) -> bool:
    options = [
        item
        for decorator in owner.node.decorator_list
        if isinstance(decorator, ast.Call)
        for item in decorator.keywords
    ]
    refused = any(
        item.arg == "init" and isinstance(item.value, ast.Constant) and item.value.value is False
        for item in options
    )
    return refused or "__init__" in owner.body.initialisers


def _doubt_about_init(owner: ClassFacts, order: Linearisation) -> str | None:
    """Another `__init__` in front of the owner's must hand over to it."""
    if any(entry.body.bypasses_init for entry in order.own):
        return "objects are also made without `__init__`"
    for entry in order.own:
        if entry is owner or entry.key == owner.key:
            return None
        own = entry.body.initialisers.get("__init__")
        if own is not None and not hands_over(own):
            return f"`{entry.name}.__init__` may not call the one that sets it"
        if own is None and entry.kind in _GENERATED_INIT:
            return f"the generated `{entry.name}.__init__` does not call the one that sets it"
    return None


def hands_over(initialiser: FunctionNode) -> bool:
    """True where every way through calls `super().__init__(…)`: a statement of the body itself."""
    for statement in initialiser.body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call() as before) as func)):
                is_super = isinstance(before.func, ast.Name) and before.func.id == "super"
                if is_super and func.attr == "__init__":
                    return True
            case ast.Return():
                return False
            case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While() | ast.Match():
                if any(isinstance(inner, ast.Return) for inner in ast.walk(statement)):
                    return False
    return False


def dynamic_reasons(cls: ClassFacts) -> tuple[str, ...]:
    """Reasons from the class and all its bases in the project."""
    reasons: list[str] = []
    for entry in cls.mro().own:
        reasons.extend(f"{entry.name} {reason}" for reason in entry.body.dynamic)
        reasons.extend(f"{entry.name} deletes `{name}`" for name in sorted(entry.body.deleted))
        if _allows_extra(entry):
            reasons.append(f"{entry.name} allows extra fields")
    return tuple(dict.fromkeys(reasons))


def _allows_extra(cls: ClassFacts) -> bool:
    """`extra="allow"` in `model_config`, in `class Config`, or as a class keyword."""
    values = [item.value for item in cls.node.keywords if item.arg == "extra"]
    for statement in cls.node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                values += _extra_of(value)
            case ast.AnnAssign(target=ast.Name(id="model_config"), value=ast.expr() as value):
                values += _extra_of(value)
            case ast.ClassDef(name="Config", body=body):
                values += [
                    item.value
                    for item in body
                    if isinstance(item, ast.Assign) and dotted_name(item.targets[0]) == "extra"
                ]
    return any("allow" in ast.unparse(value) for value in values)


def _extra_of(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, ast.Call):
        return [item.value for item in value.keywords if item.arg == "extra"]
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "extra"]
    return []
