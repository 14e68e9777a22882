"""The renames that the options give."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclass(frozen=True, slots=True)
class Rename:
    """`old` is a dotted name, the module in front as far as it is needed; `new` the name alone."""

    old: str
    new: str

    @property
    def word(self) -> str:
        """The name itself, without what stands in front."""
        return self.old.rpartition(".")[2]


def read_renames(renames: dict[str, str]) -> tuple[Rename, ...]:
    """The renames of the options. Raises ValueError for what cannot be the name of one."""
    found = []
    for old, new in renames.items():
        if not _DOTTED.fullmatch(old):
            raise ValueError(f'"renames" must map `module.name` to a name, not "{old}"')
        if not new.isidentifier() or keyword.iskeyword(new) or not new.isascii():
            raise ValueError(f'"renames" must give `{old}` a plain name, not "{new}"')
        each = Rename(old, new)
        if each.word == new or each.word.startswith("__") or new.startswith("__"):
            raise ValueError(f'"renames" cannot make "{new}" of `{old}`')
        found.append(each)
    words = [each.word for each in found]
    if set(words) & {each.new for each in found} or len(set(words)) < len(words):
        raise ValueError('"renames" must not hold a name twice: rename one after the other')
    return tuple(found)
