"""Classes that hold settings, their fields, and the fields that options name."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache

from fixaudit import Source
from fixaudit.authoring import ClassKind, outside_bases

_BASES = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.env_settings.BaseSettings"})  # fmt: skip
_NAMED = re.compile(r"(?:Settings|Config|Configuration|Options)$")
_FIELD_CALLS = frozenset({"pydantic.Field", "pydantic.fields.Field", "dataclasses.field", "sqlmodel.Field"})  # fmt: skip
_KINDS = (ClassKind.PYDANTIC, ClassKind.DATACLASS)


@dataclass(frozen=True, slots=True)
class Named:
    """A field that an option names: `Settings.timeout: int = 30`; `owner` is empty for any class, and
    `module` where the option does not say in which one it is (`app.core.Settings.timeout: int = 30`).
    """

    owner: str
    name: str
    annotation: str
    default: str
    module: str = ""

    def is_of(self, node: ast.ClassDef, source: Source) -> bool:
        """True where it is a field of that class of the file."""
        return self.owner in ("", node.name) and self.module in ("", source.module)

    def written(self, source: Source, beside: ast.expr | None = None) -> str:
        """The value in the quotes of the one that it replaces, or of the file's first text."""
        value = ast.literal_eval(self.default) if self.default[0] in "'\"" else None
        if not isinstance(value, str) or '"' in value or "\\" in self.default:
            return self.default
        is_text = isinstance(beside, ast.Constant) and isinstance(beside.value, str)
        models = [beside] if is_text else source.nodes(ast.Constant)
        texts = (source.segment(each) for each in models if isinstance(each, ast.expr))
        quote = next((text[0] for text in texts if text[:1] in ("'", '"')), '"')
        return f'"{value}"' if quote == '"' else self.default


@lru_cache
def named(option: str, text: str) -> Named:
    """Reads `[[module.]Class.]name[: type] = value`. Raises ValueError for anything else."""
    module = re.match(r"([\w.]+)\.\w+\.\w+\s*[:=]", text)
    plain = text if module is None else text[module.end(1) + 1 :]
    try:
        statement = ast.parse(re.sub(r"^(\w+)\.", r"\1__OWNER__", plain)).body[0]
    except (SyntaxError, IndexError) as error:
        raise ValueError(
            f'"{option}" must hold `Class.name: type = value`, not "{text}"'
        ) from error
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=written, value=ast.expr() as value):
            kind = ast.unparse(written)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            kind = ""
        case _:
            raise ValueError(f'"{option}" must hold `Class.name: type = value`, not "{text}"')
    owner, _, field = name.rpartition("__OWNER__")
    return Named(owner, field, kind, ast.unparse(value), "" if module is None else module[1])


def holds_settings(source: Source, node: ast.ClassDef) -> bool:
    """True for a class of pydantic's settings, and for a model or dataclass named like one."""
    if not any(isinstance(item, ast.AnnAssign) for item in node.body):
        return False
    cls = source.project.class_of(node, source.project.facts_of_source(source))
    if outside_bases(cls) & _BASES:
        return True
    return cls.kind in _KINDS and _NAMED.search(node.name) is not None


def reads_environment(source: Source, node: ast.ClassDef) -> bool:
    """True for a class of pydantic's settings, whose fields the environment sets."""
    cls = source.project.class_of(node, source.project.facts_of_source(source))
    return bool(outside_bases(cls) & _BASES)


def fields_of(node: ast.ClassDef) -> list[ast.AnnAssign]:
    """The annotated fields right in the body, in order; private and class variables left out."""
    found = [item for item in node.body if isinstance(item, ast.AnnAssign)]
    return [
        item
        for item in found
        if isinstance(item.target, ast.Name)
        and not item.target.id.startswith("_")
        and item.target.id != "model_config"
        and not _is_class_variable(item)
    ]


def _is_class_variable(field: ast.AnnAssign) -> bool:
    parts = ast.walk(field.annotation)
    return any("ClassVar" in (getattr(part, "id", ""), getattr(part, "attr", "")) for part in parts)


def default_of_field(source: Source, field: ast.AnnAssign) -> ast.expr | None:
    """The expression of a field's default: written alone, or in a call of `Field`; None for none."""
    value = field.value
    if not isinstance(value, ast.Call) or source.qualified_name(value.func) not in _FIELD_CALLS:
        return value
    for keyword in value.keywords:
        if keyword.arg == "default":
            return keyword.value
    return value.args[0] if value.args else None


def is_field_call(source: Source, field: ast.AnnAssign) -> bool:
    """True where the default is given by a call of `Field`."""
    value = field.value
    return isinstance(value, ast.Call) and source.qualified_name(value.func) in _FIELD_CALLS
