"""The edits that replace MD5 at one site: as few tokens as possible."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from fixaudit import Edit, NeededName, ObsoleteImport, Source, Span, access, calls, rewriting
from fixaudit.authoring import MISPLACED, is_placed_right
from fixaudit_codemods.security.md5_to_sha256._call_sites import LocatedFinding
from fixaudit_codemods.security.md5_to_sha256._digest_flow import Uses, loads

_LENGTH = {"hexdigest": 32, "digest": 16}


@dataclass(frozen=True, slots=True)
class Change:
    """Edits with the imports they need."""

    edits: tuple[Edit, ...]
    needed_names: tuple[NeededName, ...] = ()


def to_sha256(
    source: Source, site: LocatedFinding, used: Uses, *, whole: bool = False
) -> Change | str:
    """SHA-256 at a site, its digests cut to MD5's length; a reason where that cannot be written.

    `whole` digests are not cut: nothing sees how long they are.
    """
    if not is_placed_right(source, site.call):
        return MISPLACED
    named = _algorithm(source, site)
    if isinstance(named, str):
        return named
    cuts: list[Edit] = []
    for read in used.reads:
        if not is_placed_right(source, read):
            return MISPLACED
        if not whole and not _is_cut(source, read):
            cuts.append(_cut(source, read))
    return Change((*named.edits, *cuts), named.needed_names)


def _cut(source: Source, read: ast.Call) -> Edit:
    """Takes as many items as MD5 gave: in the place of a `[:64]`, which took all of them, or behind."""
    assert isinstance(read.func, ast.Attribute)
    length = _LENGTH[read.func.attr]
    match source.parent(read):
        case ast.Subscript(value=value, slice=ast.Slice(lower=None, upper=upper, step=None)):
            taken = _number(upper)
            if value is read and upper is not None and taken is not None and taken > length:
                return source.replace(upper, str(length))
    end = source.span(read).end
    return source.edit(end, end, f"[:{length}]")


def _is_cut(source: Source, read: ast.Call) -> bool:
    """True where a constant slice or index takes the same number of items from either digest."""
    assert isinstance(read.func, ast.Attribute)
    length = _LENGTH[read.func.attr]
    parent = source.parent(read)
    if not isinstance(parent, ast.Subscript) or parent.value is not read:
        return False
    if not isinstance(parent.slice, ast.Slice):
        index = _number(parent.slice)
        return index is not None and -length <= index < length
    lower, upper = parent.slice.lower, parent.slice.upper
    low, high = _number(lower), _number(upper)
    if parent.slice.step is not None:
        return False
    if upper is None:
        return low is not None and -length <= low < 0
    from_front = lower is None or (low is not None and low >= 0)
    return from_front and high is not None and 0 <= high <= length


def _number(node: ast.expr | None) -> int | None:
    if node is None:
        return None
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# ------------------------------------------------------------------------------ the algorithm


def _algorithm(source: Source, site: LocatedFinding) -> Change | str:
    node = site.algorithm
    span = source.span(node)
    if isinstance(node, ast.Constant):
        text = source.segment(node)
        if len(re.findall("md5", text, re.IGNORECASE)) != 1:
            return MISPLACED
        return Change((source.replace(node, re.sub("(?i)md5", "sha256", text)),))
    if isinstance(node, ast.Attribute):
        if node.attr != "md5" or not source.segment(node).endswith("md5"):
            return f"MD5 is reached through the name `{ast.unparse(node)}`"
        return Change((source.edit(span.end - 3, span.end, "sha256"),))
    assert isinstance(node, ast.Name)
    if source.segment(node) != node.id:
        return MISPLACED
    return _imported_name(source, node)


def _imported_name(source: Source, node: ast.Name) -> Change | str:
    bindings = source.lookup(node.id, node)
    solid = [entry for entry in bindings if entry.kind == "import"]
    if not solid:
        return f"MD5 is reached through the name `{node.id}`"
    statement = solid[0].statement
    if len(bindings) == 1 and not isinstance(source.parent(statement), ast.Module):
        return _local_import(source, node, solid[0].node)
    reach = access(source, node, "hashlib", "sha256")
    if reach is not None:
        changed = source.replace(node, reach.text)
        return Change((changed,), (*reach.needed_names, ObsoleteImport(node.id)))
    module = access(source, node, "hashlib")
    if module is None:
        return "the names `sha256` and `hashlib` mean something else here"
    changed = source.replace(node, f"{module.text}.sha256")
    return Change((changed,), (*module.needed_names, ObsoleteImport(node.id)))


def _local_import(source: Source, node: ast.Name, alias: ast.AST) -> Change | str:
    """An import in a function or a `try`, of which this is the only use: it brings SHA-256."""
    assert isinstance(alias, ast.alias)
    if len(loads(source, node)) != 1:
        return f"`{node.id}` is imported inside a block and used more than once"
    if alias.asname is not None:
        start = source.span(alias).start
        return Change((source.edit(start, start + len("md5"), "sha256"),))
    if source.lookup("sha256", node):
        return "the name `sha256` means something else here"
    return Change((source.replace(alias, "sha256"), source.replace(node, "sha256")))


# ------------------------------------------------------------------------- the other strategies


def not_for_security(source: Source, site: LocatedFinding) -> Change | str:
    """`usedforsecurity=False` as the last argument: the digest stays what it is."""
    call = site.call
    if source.qualified_name(call.func) == "hashlib.file_digest":
        return "`hashlib.file_digest` takes no `usedforsecurity`"
    added = calls.add_keywords(source, call, "usedforsecurity=False", hidden="keywords")
    return added.reason if isinstance(added, calls.Refusal) else Change(added)


def to_uuid5(
    source: Source, site: LocatedFinding, used: Uses, namespace: str, shape: str
) -> Change | str:
    """`uuid.uuid5(NAMESPACE, text).hex` in place of `md5(text.encode()).hexdigest()`."""
    text = _encoded_text(site)
    if text is None or used.variable is not None or len(used.reads) != 1:
        return "UUIDv5 takes one text, and this hashes something else than `text.encode()`"
    read = used.reads[0]
    if not is_placed_right(source, read):
        return MISPLACED
    assert isinstance(read.func, ast.Attribute)
    if read.func.attr == "digest" and shape == "str":
        return "the raw digest is used, which has no written form"
    reach = _reach_uuid(source, site.call, namespace)
    if reach is None:
        return "the names of the module `uuid` mean something else here"
    call, space, needed_names = reach
    whole, inner = source.span(read), _argument_span(source, text)
    head, tail = source.body[whole.start : inner.start], source.body[inner.end : whole.end]
    if b"#" in head + tail:
        return "a comment stands inside the call"
    ending = ".bytes" if read.func.attr == "digest" else ".hex"
    opening, closing = calls.around(call, before=[space])
    closing += ending
    if shape == "str":
        opening, closing = f"str({opening}", "))"
    changes = (
        source.edit(whole.start, inner.start, opening),
        source.edit(inner.end, whole.end, closing),
    )
    unneeded = ast.unparse(site.call.func).partition(".")[0]
    return Change(changes, (*needed_names, ObsoleteImport(unneeded)))


def _argument_span(source: Source, text: ast.expr) -> Span:
    """Without its parentheses, which an argument needs for `yield` only."""
    if isinstance(text, (ast.Yield, ast.YieldFrom, ast.NamedExpr)):
        return rewriting.outer_parentheses(source, text)
    return source.span(text)


def _reach_uuid(
    source: Source, node: ast.AST, namespace: str
) -> tuple[str, str, tuple[NeededName, ...]] | None:
    module = access(source, node, "uuid")
    if module is not None:
        return f"{module.text}.uuid5", f"{module.text}.{namespace}", module.needed_names
    call, space = access(source, node, "uuid", "uuid5"), access(source, node, "uuid", namespace)
    if call is None or space is None:
        return None
    return call.text, space.text, (*call.needed_names, *space.needed_names)


def _encoded_text(site: LocatedFinding) -> ast.expr | None:
    """`text` of `text.encode()` or `text.encode("utf-8")`, the only thing hashed."""
    match site.data:
        case ast.Call(func=ast.Attribute(value=text, attr="encode"), args=args, keywords=keywords):
            named = [*args, *(entry.value for entry in keywords)]
            codecs = [entry.value for entry in named if isinstance(entry, ast.Constant)]
            plain = {str(codec).lower().replace("_", "-") for codec in codecs}
            if len(codecs) == len(named) <= 1 and plain <= {"utf-8", "utf8"}:
                return text
    return None
