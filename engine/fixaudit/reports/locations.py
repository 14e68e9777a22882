"""Places in code as reports write them: `pkg/a.py:31,39-50`, "lines 4-6 of a.py", links, symbols."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from fixaudit.reports.markdown_tree import Line
from fixaudit.reports.model import LineRange, Location

_SURE = (
    "pyi|pyx|ipynb|py|tsx|ts|jsx|js|mjs|cjs|vue|svelte|java|kt|go|rs|rb|php|cpp|hpp|cc|cs|swift|scala"
    "|sh|bash|ps1|sql|ya?ml|toml|ini|cfg|conf|json|lock|md|rst|txt|html?|css|scss|xml|tf|proto|graphql"
    "|jinja2?|j2|mako|tmpl|env|properties|gradle|log|csv|docx?|sqlite3?|svg|png|pid|bak|ini|c|h"
)
_BARE = r"Dockerfile(?:\.\w+)?|Makefile|Procfile|Jenkinsfile|\.env(?:\.\w+)*|\.[a-z]+(?:ignore|attributes|config|rc)"
_NUM = r"[~≈]?\s?[Ll]?\d{1,7}(?:\+(?!\d))?"
_RANGE = rf"{_NUM}(?:(?:[-–—]|\.\.|\s?to\s?){_NUM})?"
_RANGES = rf"{_RANGE}(?:\s*(?:[,;&/+]|、|，|\b(?:and|und|et|y|e|и|i|ve|en)\b)\s*:?{_RANGE})*"
LINE_WORD = r"(?:lines?|ln\.?|zeilen?|lignes?|l[ií]neas?|linhas?|righe|riga|строк[аиеу]|рядк[иа]|linie|wiersze?|regels?|sat[ıi]r|行|第|라인)"
"""The word for a line of code, as reports of several languages write it."""
_NOT_FILES = re.compile(r"(?:\b(?:next|node|vue|nuxt|react|express|three|d3|chart|socket\.io|ember|backbone|moment|alpine|solid|discord)\.js"
                        r"|\basp\.net|\bconda\.sh|\bbackends\.sqlite3)\Z", re.I)  # fmt: skip
_REFERS = re.compile(
    r"\b(?:per|see(?: also)?|cf\.?|according to|siehe|vgl\.|voir|ver|véase|см\.?)\s+\W*\Z", re.I
)
_PATH = re.compile(
    rf"(?<![\w/.@~-])(?P<path>(?:[A-Za-z]:[\\/]|~/|\.{{0,2}}/)?(?:[\w.@+-]+[\\/])*"
    rf"(?:[\w.@+*-]*\w\.(?:(?i:{_SURE}))|{_BARE}))(?![\w(/\\])(?!\.\w)"
    rf"(?:::(?P<symbol>[A-Za-z_][\w.:]*))?"
    rf"(?:(?:[:#]|\s?@\s?)(?P<lines>(?:line\s?)?{_RANGES})(?::\d+)?(?!\w|\s?%|\.\w))?"
    rf"(?:[:#](?P<name>[A-Za-z_][\w.]*)(?:\(\))?)?"
)
_AFTER = re.compile(
    rf"(?:\W{{0,4}}\s*(?:(?:at|on|around|near|approx\.?|~)\s+)*[~≈]?\s?(?:{LINE_WORD}|L(?=\d))\s*[:#]?\s*(?P<lines>{_RANGES})(?!\w|\.\w)"
    rf"|\s?\((?P<paren>{_RANGE}(?:\s*,\s*{_RANGE})*)\))",
    re.I,
)
_BEFORE = re.compile(
    rf"\b{LINE_WORD}\s+(?P<lines>{_RANGES})(?::\s+|\s*,?\s*(?:of|in|from|at|von|de|du|dans|en|em|di|в|z|w|van)\s+(?:the\s+)?(?:file\s+)?)\W?$",
    re.I,
)
_LINES = re.compile(rf"(?<!\w){LINE_WORD}\s*[:#]?\s*(?P<lines>{_RANGES})(?![\w%]|\.\w)", re.I)
_IDEOGRAPHS = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")
"""Chinese, Japanese and Korean stand right beside a path, without a blank."""
_ODD = re.compile(
    rf"(?P<path>(?:[\w.@+*?()\[\]{{}}-]+/)+(?:[\w.@+*?()\[\]-]*\w?\.(?:{_SURE}|docx?|csv|png|svg|log)|[\w.-]*\*(?!\d+\Z)[\w.*-]*))"
    rf"(?:[:#](?P<lines>{_RANGES}))?"
)
"""A path with brackets or stars, alone in its quotes."""
_FOLDER = re.compile(r"(?:\.?/)?(?:[\w.@-]+/)+")
_NO_SUFFIX = re.compile(rf"(?P<path>(?:\.\./)+[\w./-]*\w)(?::(?P<lines>{_RANGES}))?")
_BLOB = re.compile(
    r"https?://[^/\s]+/[^?#\s]*?/(?:-/)?(?:blob|blame|src|raw)/[^/?#]+/(?P<path>[^?#\s)>]+)(?:#(?P<lines>L[\dL:-]+))?"
)
_SYMBOL = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:\(.{0,60}\))?")
_SHORT = re.compile(r"(?!(?:str|int|set|any|all|for|def|try|if|is|as)$)[a-z]{1,3}")
_OF_A_PLACE = re.compile(r"\b(?:in|function|method|class|coroutine|handler)\s+$", re.IGNORECASE)
_ONLY_WORD = re.compile(
    r"[a-z]{1,3}|None|True|False|self|cls|async|await|except|Exception|dict|list|str|int|float|bool|Any"
)


def ranges_in(text: str) -> tuple[LineRange, ...]:
    """`31, 39-50` as `((31, 31), (39, 50))`; reversed ends are put in order, zero is dropped."""
    found = []
    for part in re.finditer(
        r"(\d{1,7})\+?(?:\s?(?:[-–—]|\.\.|to)\s?[~≈]?\s?[Ll]?(\d{1,7}))?", text
    ):
        first = int(part.group(1))
        last = int(part.group(2) or first)
        if first and last:
            found.append((min(first, last), max(first, last)))
    return tuple(dict.fromkeys(found))


def lines_in(text: str) -> tuple[LineRange, ...]:
    """The line ranges of a text without a path, such as "(lines 247-288)"."""
    return tuple(r for found in _LINES.finditer(text) for r in ranges_in(found.group("lines")))


def _unquoted(path: str) -> str:
    """A path of a URI; bytes that are no UTF-8 as `os.fsdecode` gives them for the file's name."""
    return unquote(path, errors="surrogateescape")


def location_of(written: str, lines: str = "", line: int = 0, symbol: str = "") -> Location:
    """A location from a path as written and its line words."""
    path, outside = normalised(written)
    symbols = (symbol.rstrip(":()"),) if symbol else ()
    return Location(written, path, ranges_in(lines), symbols, "", line, outside)


def normalised(written: str) -> tuple[str, bool]:
    """The path with `/` and no leading `./` or root, and whether it climbs out of the tree."""
    path = _unquoted(written) if "%" in written else written
    path = re.sub(r"^(?:file:/*|[A-Za-z]:[\\/]|~/)", "/", path.replace("\\", "/"), flags=re.I)
    folder = path.endswith("/")
    path = posixpath.normpath(path.lstrip("/") or ".")
    outside = path == ".." or path.startswith("../")
    return (path + "/" if folder and path != "." else path), outside


def locations_in(line: Line) -> tuple[Location, ...]:
    """Every file named in the line, in order; folders only where they are set as code."""
    links: list[Location] = []
    for piece in line.pieces:
        if piece.href:
            links.extend(_from_link(piece.href, piece.text, line.number))
    text, code = _joined(line)
    odd: list[tuple[int, Location]] = []
    for start, end in code:
        whole = (
            _ODD.fullmatch(text, start, end) if re.search(r"[*?()\[\]]", text[start:end]) else None
        )
        if whole and not re.search(r"\(\)|\(\w*=", whole["path"]):
            odd.append((start, location_of(whole["path"], whole["lines"] or "", line.number)))
            text = text[:start] + " " * (end - start) + text[end:]
    found: list[tuple[int, Location]] = odd
    last_end = 0
    for match in _PATH.finditer(_IDEOGRAPHS.sub(" ", text)):
        if _is_file(match, code):
            found.append((match.start(), _from_text(text, match, line.number, last_end)))
            last_end = match.end()
    for blob in _BLOB.finditer(text):
        lines = blob.group("lines") or ""
        found.append((blob.start(), location_of(_unquoted(blob.group("path")), lines, line.number)))
    for start, end in code:
        more = re.fullmatch(rf":({_RANGES})", text[start:end])
        named = [place for at, place in sorted(found, key=lambda pair: pair[0]) if at < start]
        if more and named and named[-1].ranges:  # "`a.py:3` `read` / `:90` `write`"
            found.append((start, replace(named[-1], ranges=ranges_in(more[1]))))
        bare = _NO_SUFFIX.fullmatch(text, start, end)
        if bare:
            place = location_of(bare.group("path"), bare.group("lines") or "", line.number)
            found.append((start, place))
        elif _FOLDER.fullmatch(text, start, end) and re.match(r"\w|\./\w|\.\w", text[start:end]):
            found.append((start, location_of(text[start:end], line=line.number)))
    found.sort(key=lambda pair: pair[0])
    return merged([*links, *(place for _, place in found)], _same_or_bare)


def _joined(line: Line) -> tuple[str, list[tuple[int, int]]]:
    """The words outside links, with the stretches that were code."""
    text, code = "", []
    for piece in line.pieces:
        if piece.href and _from_link(piece.href, piece.text, 0):
            text += " "
            continue
        if piece.code:
            code.append((len(text), len(text) + len(piece.text)))
        text += piece.text
    return text, code


def _is_file(match: re.Match[str], code: list[tuple[int, int]]) -> bool:
    path = match.group("path")
    if _NOT_FILES.search(path) or "://" in match.string[max(0, match.start() - 8) : match.start()]:
        return False
    if path.endswith((".md", ".rst", ".txt")) and _REFERS.search(match.string[: match.start()]):
        return False  # "per research.md"
    sure = "/" in path or "\\" in path or match.group("lines")
    if re.search(r"\.[A-Z]+\Z", path) and not ("/" in path and path.isupper()):
        return False  # `ParseMode.HTML`
    if re.search(r"\.(?:c|h|env|properties|lock|conf|go|rs|cs)\Z", path) and not sure:
        return path.startswith(".env") or any(
            a == match.start() and b == match.end() for a, b in code
        )
    for start, end in code:  # `subprocess.run(a.sh)` quotes code, it does not cite a file
        if start <= match.start() < end:
            outside = match.string[start : match.start()] + match.string[match.end() : end]
            return not re.search(r"[=(\[{<>|]", outside) or bool(match.group("lines"))
    return True


def _from_text(text: str, match: re.Match[str], number: int, floor: int) -> Location:
    written = match.group("path")
    lines = match.group("lines") or ""
    if not lines:
        after = _AFTER.match(text, match.end())
        before = _BEFORE.search(text[floor : match.start()].rstrip("`\"' "))
        before = before or _BEFORE.search(text[floor : match.start()])
        if after:
            lines = after.group("lines") or after.group("paren")
        elif before:
            lines = before.group("lines")
    return location_of(written, lines, number, match.group("symbol") or match.group("name") or "")


def _from_link(href: str, text: str, number: int) -> list[Location]:
    blob = _BLOB.match(href)
    if blob:
        return [location_of(_unquoted(blob.group("path")), blob.group("lines") or "", number)]
    path, _, anchor = href.partition("#")
    if path.lower().startswith("file:"):
        named = _PATH.fullmatch(text.strip()) or re.match(r"[\w./-]+/[\w.-]+\Z", text.strip())
        real = normalised(path)[0]
        written = named.group(1 if named.re.groups else 0) if named else path
        written = written if real.endswith(normalised(written)[0]) else path
        return [location_of(_unquoted(written), anchor, number)]
    if not path or "://" in path or path.startswith("mailto:"):
        return []
    match = _PATH.match(_unquoted(path))
    if not match or match.end("path") != len(_unquoted(path)):
        return []
    words = _PATH.search(text)
    lines = anchor if re.match(r"L?\d", anchor) else (words.group("lines") or "") if words else ""
    return [location_of(_unquoted(path), lines, number)]


@dataclass(slots=True)
class _Group:
    first: Location
    longest: Location
    remark: str
    ranges: dict[LineRange, None]
    symbols: dict[str, None]


def _same_or_bare(one: Location, two: Location) -> bool:
    """In one line a base name joins a path, while two paths are two files."""
    if one.path != two.path and "/" in (one.path or "") and "/" in (two.path or ""):
        return False
    return same_file(one, two)


def merged(
    locations: Iterable[Location], same: Callable[[Location, Location], bool] | None = None
) -> tuple[Location, ...]:
    """One location per file, in order: a base name or suffix joins the longer path it ends, of several
    the one it is most of."""
    same = same or same_file
    locations = tuple(locations)
    if len(locations) < 2:
        return locations
    groups: list[_Group] = []
    by_name: dict[str, list[_Group]] = {}
    for new in locations:
        alike = by_name.setdefault((new.path or "").rstrip("/").rpartition("/")[2], [])
        fitting = [g for g in alike if same(g.longest, new)]
        group = min(
            fitting,
            key=lambda g: abs(len(g.longest.path or "") - len(new.path or "")),
            default=None,
        )
        if group is None:
            group = _Group(new, new, new.remark, {}, {})
            groups.append(group)
            alike.append(group)
        elif len(new.path or "") > len(group.longest.path or ""):
            group.longest = new
        group.remark = group.remark or new.remark
        group.ranges.update(dict.fromkeys(new.ranges))
        group.symbols.update(dict.fromkeys(new.symbols))
    return tuple(map(_closed, groups))


def _closed(group: _Group) -> Location:
    longest = group.longest
    return replace(
        group.first,
        written=longest.written,
        path=longest.path,
        ranges=tuple(group.ranges),
        symbols=tuple(group.symbols),
        remark=group.remark,
        outside_tree=longest.outside_tree,
    )


def same_file(one: Location, two: Location) -> bool:
    """True where one path is the other or its suffix; places without a path match by symbol."""
    if one.path is None or two.path is None:
        return one.path == two.path and one.symbols == two.symbols
    a, b = sorted((one.path, two.path), key=len)
    return a == b or b.endswith("/" + a)


def symbols_in(line: Line) -> Iterator[str]:
    """Identifiers the line sets as code: `Foo.bar`, `print()`; brackets and arguments are cut.

    A short word is one where the line says that it is a place: "in `row`", "the function `get`".
    """
    before = ""
    for piece in line.pieces:
        text = piece.text.strip()
        is_place = _SHORT.fullmatch(text) is not None and _OF_A_PLACE.search(before) is not None
        before = piece.text
        if piece.code and _SYMBOL.fullmatch(text) and not _PATH.fullmatch(text):
            name = text.partition("(")[0]
            if is_place or not _ONLY_WORD.fullmatch(name) or "(" in text:
                yield name
