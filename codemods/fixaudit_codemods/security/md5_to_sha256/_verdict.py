"""Whether an MD5 site may change: what its surroundings say about who else relies on the digest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source
from fixaudit_codemods.security.md5_to_sha256 import _purpose as meaning
from fixaudit_codemods.security.md5_to_sha256._call_sites import LocatedFinding, choice_around
from fixaudit_codemods.security.md5_to_sha256._comparisons import (
    compared_with_foreign,
    compared_with_unknown,
    stays_inside,
)
from fixaudit_codemods.security.md5_to_sha256._context import (
    Context,
    comments_around,
    context_of,
    said,
)
from fixaudit_codemods.security.md5_to_sha256._digest_flow import Place, Uses

_HEX_DIGEST = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the surroundings allow: `leave` and `review` hold the reason where one stands against it.

    `harmless` marks a `leave` where the value is no secret; `role` is what the digest is for.
    """

    role: meaning.Role
    leave: str | None = None
    review: str | None = None
    guidance: str | None = None
    secret: str | None = None
    harmless: bool = False


def judged(
    source: Source, site: LocatedFinding, used: Uses, keep_words: tuple[str, ...]
) -> Judgement:
    """The judgement of one site."""
    context = context_of(source, site, used, keep_words)
    role = _role(context)
    for leave, harmless in _leaves(context):
        return Judgement(role, leave=leave, harmless=harmless, secret=_secret(context))
    for review, guidance in _reviews(context):
        return Judgement(role, review=review, guidance=guidance, secret=_secret(context))
    return Judgement(role, guidance=_guidance(context))


# ---------------------------------------------------------------------------------- leave


def _leaves(context: Context) -> Iterator[tuple[str, bool]]:
    """Reasons to keep MD5, and whether `usedforsecurity=False` would be true all the same."""
    if any(entry.arg == "usedforsecurity" for entry in context.site.call.keywords):
        yield "`usedforsecurity` already says what it is for", False
    if context.source.is_migration:
        yield "a migration must keep giving what it gave when it ran", True
    if choice_around(context.source, context.site.call) is not None:
        yield "the algorithm is chosen by name, MD5 is one of the choices", True
    named = _protocol(context)
    if named is not None:
        yield f"{named} mandates MD5", "authentication" not in named and "CRAM" not in named
    if any(
        isinstance(place.node, ast.Constant) and place.words == "md5"
        for place in context.everywhere
    ):
        yield "the text `md5` in front of the digest is a format that others read", False
    spoken = meaning.spoken_protocol(said(context))
    if spoken is not None:
        yield f"the comments speak of `{spoken}`, which mandates MD5", True
    compared = compared_with_foreign(context)
    if compared is not None:
        yield compared, True


def _protocol(context: Context) -> str | None:
    if any(
        place.words.endswith("UUID") and _is_version_3(place.node) for place in context.everywhere
    ):
        return "UUID version 3"
    words = " ; ".join(
        [
            *context.functions,
            context.owner,
            context.path_words,
            *(place.words for place in context.everywhere),
            context.used.variable or "",
        ]
    )
    text = meaning.plain(words)
    kept = next((word for word in context.keep_words if word.lower() in text), None)
    if kept is not None:
        return f"`{kept}` (named in the options)"
    return meaning.protocol(words) or _input_protocol(context)


def _input_protocol(context: Context) -> str | None:
    named = meaning.protocol(context.input_words)
    return named if named in ("HTTP digest authentication", "Gravatar") else None


def _is_version_3(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(
        entry.arg == "version" and isinstance(entry.value, ast.Constant) and entry.value.value == 3
        for entry in node.keywords
    )


# ---------------------------------------------------------------------------------- review


def _reviews(context: Context) -> Iterator[tuple[str, str]]:
    """Reasons why a human must decide, with what to do about it."""
    secret = _secret(context)
    if secret == "passwords":
        yield "MD5 of a password: SHA-256 is as fast to guess", (
            "use a password hash (argon2, scrypt, bcrypt) and rehash at the next login"
        )
    if secret is not None:
        yield f"MD5 makes {secret} here: the other side must change at the same time", (
            "find who verifies or decrypts this, and change both together"
        )
    promised = _promised(context)
    if promised is not None:
        yield f"{promised}: others may compare it with a real MD5", (
            "rename it with the algorithm if nothing outside relies on it, else keep MD5"
        )
    spoken = meaning.spoken_duty(said(context))
    if spoken is not None:
        yield f"a comment or docstring says `{spoken}`: others may rely on MD5", (
            "find out who, then change both sides or add `usedforsecurity=False`"
        )
    if context.used.trouble is not None:
        yield f"{context.used.trouble}, so its digests cannot all be cut to the old length", (
            "use `hashlib.sha256` and check every place that expects 16 bytes or 32 characters"
        )
    unknown = compared_with_unknown(context)
    if unknown is not None:
        yield f"the digest is compared with `{unknown}`, made elsewhere", (
            "change this only together with whatever made that value"
        )
    if any(entry.arg is None for entry in context.site.call.keywords):
        yield "`**` hides what is handed over", "spell the arguments out first"


def _secret(context: Context) -> str | None:
    words = [
        *context.functions,
        *(place.words for place in context.everywhere if place.kind != "text"),
    ]
    return meaning.secret(" ; ".join([*words, _names_in(context.input_words)]))


def _names_in(code: str) -> str:
    """Code without its string contents."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", " ", code)


def _promised(context: Context) -> str | None:
    """A name seen from outside that says checksum or MD5."""
    for name in context.functions:
        if meaning.is_checked(name):
            return f"the function is called `{name}`"
    for place in context.everywhere:
        if place.kind in ("keyword", "attribute", "entry", "item"):
            if meaning.is_checked(place.words):
                return f"the value is kept as `{place.words[:40]}`"
        elif place.kind == "argument" and _is_promise(context, place):
            return f"the value is handed to `{place.words[:40]}`"
        elif place.kind == "name" and meaning.is_checked(re.sub("(?i)md5", "", place.words)):
            return f"the value is called `{place.words[:40]}`"
    return None


def _is_promise(context: Context, place: Place) -> bool:
    """True for a function whose name promises MD5, hashlib's own excepted."""
    call = place.node
    if not meaning.is_checked(place.words) or not isinstance(call, ast.Call):
        return False
    return not (context.source.qualified_name(call.func) or "").startswith("hashlib.")


# ------------------------------------------------------------------------- what it is, and says


def _role(context: Context) -> meaning.Role:
    kinds = {place.kind for place in context.places}
    if "modulo" in kinds:
        return meaning.BUCKET
    if stays_inside(context):
        return meaning.IN_PROCESS
    words = " ; ".join([*context.functions, context.place_words])
    near = meaning.role(words)
    if near.name in ("value", "key", "fingerprint"):
        far = meaning.role(" ; ".join([words, context.owner, context.path_words]))
        return far if far.name == "cache key" or near.name == "value" else near
    return near


def _tests_that_hash(context: Context) -> list[str]:
    """Tests of the project that compute MD5 themselves and name the function."""
    for mention in context.source.project.mentions(b"md5(", 2000, tests_only=True):
        if context.functions:
            content = context.source.project.read(mention.path) or b""
            if re.search(rf"\b{re.escape(context.functions[0])}\b".encode(), content):
                return [f"{mention.path.name}, line {mention.line}, computes MD5 as well: adapt it"]
    return []


def _guidance(context: Context) -> str | None:
    lines = sorted({line for line, text in comments_around(context) if "md5" in text.lower()})
    advice = []
    if lines:
        numbers = ", ".join(str(line) for line in lines)
        verb = "line {} still says" if len(lines) == 1 else "lines {} still say"
        advice.append(f"{verb.format(numbers)} MD5: reword")
    variable = next((p.words for p in context.places if p.kind == "name" and "md5" in p.words.lower()), None)  # fmt: skip
    if variable is not None:
        advice.append(f"the name `{variable}` still says MD5: rename it")
    if _role(context).name == "persisted id":
        advice.append("plan a migration of the ids stored so far")
    shown = sorted({line for line, text in comments_around(context) if _HEX_DIGEST.search(text)})
    if shown:
        advice.append(f"line {shown[0]} shows a digest: compute it anew")
    advice += _tests_that_hash(context)
    return "; ".join(advice) or None
