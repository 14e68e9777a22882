"""The `def` and `class` headers of a text, read without parsing the file.

For questions that the name of a function decides, or the parameters of all that have the name:
what cannot be told for certain from a header and the lines around it is said to be unclear.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Literal, NamedTuple

from fixaudit.semantics.module_facts import Parameter
from fixaudit.semantics.signatures import parameters_of

# What the first parameter of a method is called, but for underscores.
RECEIVERS = frozenset({"self", "cls", "mcs", "mcls", "metacls", "klass", "this"})

# What stands before the word is looked at afterwards: a pattern that starts with a literal is searched
# ten times as fast.
_DEF = re.compile(rb"def(?<![\w\x80-\xff]def)[\s\\]+([\w\x80-\xff]+)")
_CLASS = re.compile(rb"class(?<![\w\x80-\xff]class)[\s\\]+([\w\x80-\xff]+)")  # not in `@dataclass`
_RENAMED = re.compile(rb"as(?<![\w\x80-\xff]as)[\s\\]+([\w\x80-\xff]+)")
_LAST_WORD = re.compile(rb"([\w\x80-\xff]+)[\s\\]*\Z")
# Around `old as new`: what makes it part of an import, in one line or inside parentheses.
_IN_IMPORT = re.compile(
    rb"[ \t]*(?:[^\n]*\bimport\b[^\n]*|(?:[\w.]+(?:[ \t]+as[ \t]+\w+)?[ \t]*,[ \t]*)*)\Z"
)
_IMPORT_ENDS = re.compile(rb"[ \t\f]*(?:[,)#;\\\r\n]|\Z)")
_TOKENS = re.compile(
    rb'"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\''
    rb'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*|[()\[\]{}]',
    re.DOTALL,
)
_WORD = re.compile(rb"[\w\x80-\xff]+")
_NO_BASES = re.compile(rb"\s*(?:\(\s*\)\s*)?:")
_MAYBE_DECORATOR = re.compile(rb"(?:^|\n)[ \t]*[@#][^\n]*\Z|\)[ \t]*(?:#[^\n]*)?\Z")
_NEAR = 400
_START = attrgetter("start")


class Header(NamedTuple):
    """One `def` or `class` of some name.

    `takes` holds the parameters: of a method with its receiver; of each `__init__` of a class
    without it, none for a class whose constructor takes nothing of its own. `kind` is `unclear`
    where the text does not tell what a call would run. `owner` is the class that a `def` certainly
    stands in; `bases` are the words of a class's bases, None for what is no class.
    """

    kind: Literal["function", "method", "class", "unclear"]
    takes: tuple[tuple[Parameter, ...], ...] = ()
    is_classmethod: bool = False
    owner: str | None = None
    bases: tuple[str, ...] | None = None


UNCLEAR = Header("unclear")


class _Entry(NamedTuple):
    """A header at its place, in the order of the text. `end` is -1 where no line starts with it."""

    name: bytes
    is_class: bool
    start: int
    end: int
    indent: int


class Outline:
    """The headers of one text by name. It holds places only: small enough to keep for all files."""

    __slots__ = ("_at", "_blocks", "_elsewhere", "_names", "_places", "_renamed")

    def __init__(self, text: bytes) -> None:
        entries, elsewhere = _entries(text)
        self._elsewhere = frozenset(elsewhere)
        self._names = tuple(entry.name for entry in entries)
        # Four numbers each: is it a class, start, end, indentation.
        self._places = array("i", chain.from_iterable(entry[1:] for entry in entries))
        # Made when first asked for: most files are never asked for a header.
        self._at: dict[bytes, array[int]] | None = None
        self._blocks: array[int] | None = None
        self._renamed: dict[bytes, frozenset[str]] = {}
        for old, new in _renames(text):
            known = self._renamed.get(new, frozenset())
            self._renamed[new] = known | {old.decode("utf-8", "replace")}

    @property
    def words(self) -> frozenset[bytes]:
        """The names it has something to say of, and those behind a `def` that starts no line."""
        return self._elsewhere.union(self._names, self._renamed)

    def renamed(self, name: bytes) -> frozenset[str]:
        """What imports call `name`: `load` for `from store import load as name`."""
        return self._renamed.get(name, frozenset())

    def count(self, name: bytes) -> int:
        """How many headers have that name."""
        return len(self._of(name))

    def headers(self, name: bytes, text: bytes) -> tuple[Header, ...]:
        """The headers of that name; `text` is the one the outline was made of."""
        return tuple(self._header(at, text) for at in self._of(name))

    def _of(self, name: bytes) -> Sequence[int]:
        """Which entries have a name."""
        if self._at is None:
            self._at = {}
            for at, known in enumerate(self._names):
                self._at.setdefault(known, array("i")).append(at)
        return self._at.get(name, ())

    def _header(self, at: int, text: bytes) -> Header:
        entry = self._entry(at)
        if entry.end == -1:
            return UNCLEAR
        if not entry.is_class:
            return _function(entry, self._above(at), text)
        return _class(entry, [self._header(one, text) for one in self._makers(at)], text)

    def _entry(self, at: int) -> _Entry:
        is_class, start, end, indent = self._places[4 * at : 4 * at + 4]
        return _Entry(self._names[at], bool(is_class), start, end, indent)

    def _above(self, at: int) -> _Entry | None:
        """The header whose block an entry stands in, by the indentation."""
        if self._blocks is None:
            self._blocks = _blocks(self._places[3::4])
        block = self._blocks[at]
        return None if block == -1 else self._entry(block)

    def _makers(self, at: int) -> Iterator[int]:
        """Each `__init__` right in the block of a class."""
        inner = 1 << 30
        for below in range(at + 1, len(self._names)):
            indent = self._places[4 * below + 3]
            if indent <= self._places[4 * at + 3]:
                return
            inner = min(inner, indent)
            if indent == inner and self._names[below] == b"__init__":
                yield below


def _blocks(indents: Sequence[int]) -> array[int]:
    """For each indentation the index of the nearest smaller one before it; -1 for none."""
    found, around = array("i"), list[int]()
    for at, indent in enumerate(indents):
        while around and indents[around[-1]] >= indent:
            around.pop()
        found.append(around[-1] if around else -1)
        around.append(at)
    return found


def _entries(text: bytes) -> tuple[list[_Entry], list[bytes]]:
    """The headers, and the names of what only looks like one: in a comment or text."""
    found, elsewhere = [], []
    for pattern, is_class in ((_DEF, False), (_CLASS, True)):
        for match in pattern.finditer(text):
            line = text.rfind(b"\n", 0, match.start()) + 1
            written = text[line : match.start()]
            plain = written.strip()
            if plain in (b"", b"async"):
                indent = len(written) - len(written.lstrip()) if plain else len(written)
                if b"\t" in written:
                    indent = len(written[:indent].expandtabs())
                found.append(_Entry(_word(match[1]), is_class, line, match.end(), indent))
            elif b"\r" in written:  # lines that end as on old Macs
                found.append(_Entry(_word(match[1]), is_class, line, -1, 1_000_000))
            elif not is_class:
                elsewhere.append(_word(match[1]))
    found.sort(key=_START)
    return found, elsewhere


def _renames(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    for match in _RENAMED.finditer(text):
        if not _IMPORT_ENDS.match(text, match.end()):
            continue
        at = match.start()
        before = _LAST_WORD.search(text, max(0, at - 200), at)
        if before is None or before.end(1) == at:
            continue
        line = text[text.rfind(b"\n", 0, before.start()) + 1 : before.start()]
        old, new = _word(before[1]), _word(match[1])
        if old != new and _IN_IMPORT.match(line):
            yield old, new


def _word(name: bytes) -> bytes:
    """A name as Python reads it: it takes letters of some alphabets for their plain form."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFKC", name.decode("utf-8", "replace")).encode()


def _class(entry: _Entry, made: list[Header], text: bytes) -> Header:
    """`made` are the headers of its `__init__`."""
    bases = _bases(entry, text)
    if any(item.kind != "method" for item in made):
        return Header("unclear", bases=bases)
    if made:
        return Header("class", tuple(item.takes[0][1:] for item in made), bases=bases)
    plain = _NO_BASES.match(text, entry.end) and not _is_decorated(entry, text)
    return Header("class" if plain else "unclear", bases=bases)


def _bases(entry: _Entry, text: bytes) -> tuple[str, ...] | None:
    if text[entry.end : entry.end + 1] == b":":
        return ()
    written = _in_parentheses(text, entry.end)
    if written is None:
        return None
    return tuple(_word(item).decode("utf-8", "replace") for item in _WORD.findall(written))


def _function(entry: _Entry, above: _Entry | None, text: bytes) -> Header:
    parameters = _parameters(text, entry.end)
    first = parameters[0].name.strip("_") if parameters else ""
    if above is None or not above.is_class:
        if parameters is None or first in RECEIVERS:
            return UNCLEAR
        return Header("function", (parameters,))
    if not _is_inside(entry, above, text):
        return UNCLEAR
    owner = above.name.decode()
    before = text[max(0, entry.start - _NEAR) : entry.start].rpartition(b"def ")[2]
    if parameters is None or first not in RECEIVERS or b"staticmethod" in before:
        return Header("unclear", owner=owner)
    last = before.rstrip().rpartition(b"\n")[2].strip()
    return Header("method", (parameters,), last == b"@classmethod", owner)


def _is_inside(entry: _Entry, owner: _Entry, text: bytes) -> bool:
    """False where a line between the two stands no deeper than the class: it may have ended."""
    if owner.end == -1:
        return False
    shallow = rb"\n[ \t]{0,%d}[^\s#)]" % owner.indent
    return re.compile(shallow).search(text, owner.end, entry.start) is None


def _is_decorated(entry: _Entry, text: bytes) -> bool:
    before = text[max(0, entry.start - _NEAR) : entry.start].rstrip()
    return _MAYBE_DECORATOR.search(before) is not None


def _parameters(text: bytes, at: int) -> tuple[Parameter, ...] | None:
    """The parameters of the header whose name ends at `at`; None where they cannot be read."""
    written = _in_parentheses(text, at)
    return None if written is None else _read(written)


def _in_parentheses(text: bytes, at: int) -> bytes | None:
    """The parentheses behind a name that ends at `at`, with what stands before and in them."""
    depth = 0
    for match in _TOKENS.finditer(text, at):
        token = match[0]
        if token in (b"(", b"[", b"{"):
            depth += 1
        elif token in (b")", b"]", b"}"):
            depth -= 1
            if depth == 0 and token == b")":
                return text[at : match.end()]
        if depth == 0 and token != b"]":
            return None
    return None


@lru_cache(2_000)
def _read(written: bytes) -> tuple[Parameter, ...] | None:
    try:
        node = ast.parse(b"def f" + written + b": 0").body[0]
    except (SyntaxError, ValueError):
        return None
    assert isinstance(node, ast.FunctionDef)
    return tuple(parameters_of(node.args))
