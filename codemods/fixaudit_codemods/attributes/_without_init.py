"""Objects of a class that are made without its `__init__`: by its own methods, or anywhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import ClassFacts, Inference, Mention

MANY = 100_000
TAKERS = (b" del ", b"delattr(")
_MAKERS = (b"__new__(", b"construct(")
ASKED_FOR = (*TAKERS, *_MAKERS)
_REVIVES = frozenset({"__setstate__", "__reduce__", "__reduce_ex__", "__copy__", "__deepcopy__"})


def made_without_init(
    source: Source, cls: ClassFacts, family: Sequence[ClassFacts]
) -> Evidence | None:
    for entry in family:
        text = ""
        own = entry.body.initialisers.get("__init__")
        is_below = entry.key not in {item.key for item in cls.mro().own}
        if entry.body.bypasses_init:
            text = f"`{entry.name}` makes objects without `__init__`"
        elif _REVIVES & entry.body.found.keys():
            text = f"`{entry.name}` revives objects without `__init__`"
        elif "__dict__" in entry.body.found or "__class__" in entry.body.found:
            text = f"`{entry.name}` replaces its own attributes"
        elif is_below and own is not None and not own.hands_over:
            text = f"`{entry.name}.__init__` may not call the one that sets it"
        if text:
            return source.proof_at(entry.path, entry.line, text, Reach.CLASS)
    return None


def made_elsewhere(
    source: Source, cls: ClassFacts, family: Sequence[ClassFacts]
) -> Evidence | None:
    """A line that makes an object of the class without `__init__`; a hint where its text alone says so."""
    names = "|".join(re.escape(entry.name) for entry in family)
    made = re.compile(
        rf"\b(?:{names})\.(?:__new__|model_construct|construct)\(|__new__\(\s*(?:{names})\b"
    )
    for needle in _MAKERS:
        for mention in source.project.mentions(needle, MANY, along=ASKED_FOR, about=cls.path):
            if (
                cls.name in mention.text
                and made.search(mention.text)
                and may_mean(source, mention, cls)
            ):
                text = f"{place(source, mention)} makes one without `__init__`"
                at = source.proof_at if _is_named(source, mention, cls) else source.hint_at
                return at(mention.path, mention.line, text, Reach.CLASS)
    return None


def _is_named(source: Source, mention: Mention, cls: ClassFacts) -> bool:
    """True where the code of that line names this very class."""
    module = source.project.facts_of(mention.path)
    if module is None:
        return False
    inference = Inference(source.project, module)
    for use in inference.view.loads(frozenset({cls.name})):
        meant = inference.definition(use) if use.lineno == mention.line else None
        if isinstance(meant, ClassFacts) and meant.key == cls.key:
            return True
    return False


def may_mean(source: Source, mention: Mention, cls: ClassFacts) -> bool:
    """False where the class's name in that file is another class, or only text in a string."""
    module = source.project.facts_of(mention.path)
    if module is None or f".{cls.name}" in mention.text:
        return True
    found = source.project.resolve(module, cls.name)
    if isinstance(found, ClassFacts):
        return found.key == cls.key
    if found is not None or module.stars:
        return found is None
    return cls.name in module.contents.imported_names()


def place(source: Source, mention: Mention) -> str:
    """`tests/test_api.py:12`."""
    return f"{source.shown(mention.path)}:{mention.line}"
