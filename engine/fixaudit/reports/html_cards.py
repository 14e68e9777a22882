"""Cards of an HTML report: elements of one class, each with a number, a severity or a place in front.

Such a page has no headings: what a finding is called, how bad it is and where stand in elements of their
own. A card is a passage whose heading is made of them; what follows is read as below any heading.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence, Set
from itertools import islice
from typing import TYPE_CHECKING

from fixaudit.reports.labels import labelled
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Line, Piece
from fixaudit.reports.severity import normalised
from fixaudit.reports.titles import only_places
from fixaudit.reports.vocabulary import label_kind

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import PageElement, Tag

_CARDS = ("div", "article", "section", "details", "aside")
_INLINE = frozenset(
    ("a", "b", "br", "code", "em", "i", "kbd", "mark", "s", "samp", "strong", "tt", "u")
)
_HEADED = ("h1", "h2", "h3", "h4", "h5", "h6")
_BODY = frozenset(("table", "pre", "ul", "ol", "dl"))
_NUMBER = re.compile(r"#?\d{1,3}|#?[A-Z][A-Z0-9]{0,9}(?:-[A-Z0-9]+)*-?\d{1,5}")
_RANKS = re.compile(r"\b(?:severity|priority|risk|level)\b|[^\w\s]|_", re.I)
_FRONT = 8
"""Elements in front of a card among which its number, severity, title and place are looked for."""

_DEEP = 5
"""Elements within elements in which they are looked for."""

Words = Callable[[Sequence["PageElement"]], tuple[Line, ...]]


def cards_of(soup: BeautifulSoup, words: Words) -> set[int]:
    """The elements (by `id`) that are cards: two and more of a class, most of which bear evidence in front.

    Where each stands alone in a card of another class, it is a part of that card.
    """
    groups: dict[tuple[str, str], list[Tag]] = defaultdict(list)
    for tag in soup.find_all(_CARDS):
        names = tag.get_attribute_list("class")
        if names and names[0] and tag.find(_HEADED) is None:
            groups[tag.name, names[0]].append(tag)
    cards: set[int] = set()
    for group in groups.values():  # the outer ones come first
        bearing = sum(_bears(tag, words) for tag in group)
        within = {next((id(up) for up in tag.parents if id(up) in cards), 0) for tag in group}
        parts = 0 not in within and len(within) == len(group)
        if len(group) > 1 and bearing * 2 >= len(group) and not parts:
            cards |= {id(tag) for tag in group}
    return cards


def take_heading(tag: Tag, words: Words, cards: Set[int] = frozenset()) -> Line | None:
    """The heading of a card, or of a heading with marks in it; its elements are taken out. None where it
    has neither title nor place."""
    front = _front(tag, words, cards)
    places = front.get("place", [])
    title = next(iter(front.get("title", places)), None)
    if title is None:
        return None
    tags = [_tagged(part[1].text) for kind in ("number", "rank") for part in front.get(kind, ())]
    pieces = [*(Piece(f"{text} ") for text in tags), *title[1].pieces]
    for part in places:
        pieces += [Piece(" ("), *part[1].pieces, Piece(")")] if part is not title else []
    pieces += [Piece(f" (line {part[1].text})") for part in front.get("line", ())]
    for part in (part for parts in front.values() for part in parts):
        for node in part[0]:
            node.extract()
    return Line(tuple(pieces), tag.sourceline or 0)


_Part = tuple[list["PageElement"], Line]


def _front(tag: Tag, words: Words, cards: Set[int] = frozenset()) -> dict[str, list[_Part]]:
    """Number, severity, title, place and marks in front of a card, up to the first element that is none
    of them; `cards` are not looked into."""
    found: dict[str, list[_Part]] = {}
    for nodes in islice(_parts(tag, words, cards), _FRONT):
        if getattr(nodes[0], "name", None) in _BODY:
            break
        lines = words(nodes)
        text = " ".join(line.text for line in lines).strip()
        kind = _kind(text, lines)
        if kind == "number" and text.isdigit() and _named_line(nodes[0]):
            kind = "line"
        if kind == "field":
            found[kind] = []
        if kind in (None, "field") or (kind in found and kind not in ("place", "mark")):
            break
        found.setdefault(kind, []).append((nodes, lines[0] if lines else Line((), 0)))
    return found


def _kind(text: str, lines: Sequence[Line]) -> str | None:
    """What an element in front of a card is: its words consist of it."""
    if not re.search(r"\w", text):
        return "mark"
    if _NUMBER.fullmatch(text) or rank_of(text):
        return "rank" if rank_of(text) else "number"
    places, label = locations_in(lines[0]), labelled(lines[0])
    if label_kind(text) or (label is not None and label.kind is not None):
        return "field"
    if len(lines) > 1 or len(text) > 200:
        return None
    return "place" if places and only_places(text, places) else "title"


def _marks(tag: Tag, words: Words) -> bool:
    """True where an element in it is a number, a severity or a place."""
    inner = tag.find_all(True, recursive=False)
    kinds = {_kind(child.get_text().strip(), words([child])) for child in inner}
    return bool(kinds & {"number", "rank", "place"})


def _named_line(node: PageElement) -> bool:
    """True for `<span class="line">3</span>`: a line of a file, no number of a finding."""
    from bs4.element import Tag

    names = node.get_attribute_list("class") if isinstance(node, Tag) else []
    return any(label_kind(name or "") == "lines" for name in names)


def _bears(tag: Tag, words: Words) -> bool:
    front = _front(tag, words)
    evident = front.keys() & {"number", "rank", "place", "field"}
    return bool(evident) and ("title" in front or "place" in front)


def _tagged(text: str) -> str:
    text = rank_of(text) or text.strip()
    return text if text.startswith("#") else f"#{text}" if text.isdigit() else f"[{text}]"


def rank_of(text: str) -> str:
    """The severity that words consist of, "" for other words."""
    said = " ".join(_RANKS.sub(" ", text).split())
    return said if normalised(said) else ""


def _parts(
    tag: Tag, words: Words, cards: Set[int], depth: int = _DEEP
) -> Iterator[list[PageElement]]:
    """The elements and words of a tag that hold no others, in order; runs of inline ones as one."""
    from bs4.element import NavigableString, PreformattedString, Tag

    run: list[PageElement] = []
    for node in tag.children:
        if isinstance(node, PreformattedString) or id(node) in cards:
            continue
        if isinstance(node, NavigableString) or (isinstance(node, Tag) and node.name in _INLINE):
            run.append(node)
            continue
        if any(part.get_text().strip() for part in run):
            yield run
        run = []
        if isinstance(node, Tag):
            loose = any(isinstance(c, NavigableString) and c.strip() for c in node.children)
            plain = node.find(lambda child: child.name not in _INLINE) is None
            if node.name in _BODY or plain or (loose and not _marks(node, words)):
                yield [node]
            else:
                yield from _parts(node, words, cards, depth - 1) if depth else ()
    if any(part.get_text().strip() for part in run):
        yield run
