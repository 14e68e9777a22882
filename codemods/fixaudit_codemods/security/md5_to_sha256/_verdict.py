"""Whether an MD5 site may change: what its surroundings say about who else relies on the digest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fixaudit import Evidence, Reach, Source, Strength
from fixaudit_codemods.security.md5_to_sha256 import _purpose as meaning
from fixaudit_codemods.security.md5_to_sha256._call_sites import LocatedFinding, openssl_derivation
from fixaudit_codemods.security.md5_to_sha256._comparisons import (
    compared_with_foreign,
    compared_with_unknown,
    is_looked_up,
    pair_around,
    stays_inside,
)
from fixaudit_codemods.security.md5_to_sha256._context import (
    Context,
    comments_around,
    context_of,
    said,
)
from fixaudit_codemods.security.md5_to_sha256._digest_flow import Uses
from fixaudit_codemods.security.md5_to_sha256._mandates import mandated_by, service_advice
from fixaudit_codemods.security.md5_to_sha256._options import choice_around, option_named_md5
from fixaudit_codemods.security.md5_to_sha256._promises import promised_by

KEEP = "Keep MD5 if so, and say `usedforsecurity=False`; else change it by hand."
_HEX_DIGEST = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the surroundings allow: `against` speaks for keeping MD5, or for asking a human.

    What is followed through code keeps MD5 (`leave`) or is for review with `guidance`; of what names
    and words let one think, `is_sound` says that the edit is right where they are wrong. `harmless`
    marks what is no secret; `role` is what the digest is for; `pair` says that the digest is only
    compared with another one that is made beside it.
    """

    role: meaning.Role
    against: Evidence | None = None
    leave: bool = False
    guidance: str | None = None
    secret: str | None = None
    harmless: bool = False
    is_sound: bool = False
    pair: tuple[ast.expr, ...] = ()


def judged(
    source: Source, site: LocatedFinding, used: Uses, keep_words: tuple[str, ...]
) -> Judgement:
    """The judgement of one site."""
    context = context_of(source, site, used, keep_words)
    role, secret = _role(context), _secret(context)
    for leave, harmless in _leaves(context):
        keep = Judgement(role, leave, True, KEEP if leave.is_hint else None, secret, harmless)
        return replace(keep, is_sound=used.trouble is None)
    if pair := pair_around(context):
        return Judgement(meaning.COMPARED, guidance=_guidance(context), pair=pair)
    for review, guidance, is_sound in _reviews(context):
        return Judgement(role, review, False, guidance, secret, is_sound=is_sound)
    return Judgement(role, guidance=_guidance(context))


# ---------------------------------------------------------------------------------- leave


def _leaves(context: Context) -> Iterator[tuple[Evidence, bool]]:
    """Reasons to keep MD5, and whether `usedforsecurity=False` would be true all the same."""
    source, call = context.source, context.site.call
    if any(entry.arg == "usedforsecurity" for entry in call.keywords):
        yield source.proof(call, "`usedforsecurity` already says what it is for"), False
    if source.is_migration:
        told = "a migration must keep giving what it gave when it ran"
        yield replace(source.proof(call, told), strength=Strength.ROLE), True
    derived = openssl_derivation(source, call)
    if derived is not None:
        yield derived, False
    if choice_around(source, call) is not None:
        told = "the algorithm is chosen by name, MD5 is one of the choices"
        yield source.proof(call, told), True
    mandated = mandated_by(context)
    if mandated is not None:
        named = mandated.text
        yield mandated, "authentication" not in named and "CRAM" not in named
    for place in context.everywhere:
        if isinstance(place.node, ast.Constant) and place.words == "md5":
            told = "the text `md5` in front of the digest is a format that others read"
            yield source.proof(place.node, told), False
    spoken = meaning.spoken_protocol(said(context))
    if spoken is not None:
        told = f"the comments speak of `{spoken}`, which mandates MD5"
        yield source.hint(call, told, Reach.FUNCTION), True
    compared = compared_with_foreign(context)
    if compared is not None:
        yield compared, True


# ---------------------------------------------------------------------------------- review


def _reviews(context: Context) -> Iterator[tuple[Evidence, str, bool]]:
    """Why a human must decide, with what to do about it, and whether the edit would be right if the
    names around it mean something else."""
    source, call = context.source, context.site.call
    option = option_named_md5(source, call)
    if option is not None:
        yield option, "keep MD5 under that name, and choose another one where it is chosen", True
    secret = _secret(context)
    if secret == "passwords":
        told = "MD5 of a password: SHA-256 is as fast to guess"
        advice = "use a password hash (argon2, scrypt, bcrypt) and rehash at the next login"
        yield source.hint(call, told), service_advice(context) or advice, False
    if secret is not None:
        told = f"MD5 makes {secret} here: the other side must change at the same time"
        advice = "find who verifies or decrypts this, and change both together"
        yield source.hint(call, told), advice, True
    promised = promised_by(context, _role(context))
    if promised is not None:
        advice = "rename it with the algorithm if nothing outside relies on it, else keep MD5"
        yield promised, advice, True
    spoken = meaning.spoken_duty(said(context))
    if spoken is not None:
        told = f"a comment or docstring says `{spoken}`: others may rely on MD5"
        advice = "find out who, then change both sides or add `usedforsecurity=False`"
        yield source.hint(call, told, Reach.FUNCTION), advice, True
    if context.used.trouble is not None:
        told = f"{context.used.trouble}, so its digests cannot all be cut to the old length"
        advice = "use `hashlib.sha256` and check every place that expects 16 bytes or 32 characters"
        yield source.proof(call, told), advice, False
    unknown = compared_with_unknown(context)
    if unknown is not None:
        told = f"the digest is compared with `{unknown}`, made elsewhere"
        advice = "change this only together with whatever made that value"
        yield source.proof(call, told, Reach.FUNCTION), advice, False
    if any(entry.arg is None for entry in call.keywords):
        yield source.proof(call, "`**` hides what is handed over"), "spell the arguments out first", False  # fmt: skip


def _secret(context: Context) -> str | None:
    words = [
        *context.functions,
        *(place.words for place in context.everywhere if place.kind != "text"),
    ]
    return meaning.secret(" ; ".join([*words, _names_in(context.input_words)]))


def _names_in(code: str) -> str:
    """Code without the contents of its strings, but with the keys that something is fetched by."""
    return re.sub(r"(?<!\[)(?<!\.get\()(?:'[^']*'|\"[^\"]*\")", " ", code)


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
        if far.name == "cache key":
            return far
        if is_looked_up(context):
            return meaning.DEDUPLICATION
        return far if near.name == "value" else near
    return near


def _tests_that_hash(context: Context) -> list[str]:
    """Tests of the project that compute MD5 themselves and name the function."""
    for mention in context.source.project.mentions(b"md5(", 2000, tests_only=True):
        if context.functions:
            content = context.source.project.read(mention.path) or b""
            if re.search(rf"\b{re.escape(context.functions[0])}\b".encode(), content):
                line = f"{mention.path.name}, line {mention.line}, computes MD5 as well"
                return [f"{line}: adapt it where it expects this value"]
    return []


def _guidance(context: Context) -> str | None:
    lines = sorted({line for line, text in comments_around(context) if "md5" in text.lower()})
    advice = []
    if lines:
        numbers = ", ".join(str(line) for line in lines)
        verb = "line {} still says" if len(lines) == 1 else "lines {} still say"
        advice.append(f"{verb.format(numbers)} MD5: reword")
    names = [context.used.variable, *(p.words for p in context.places if p.kind == "name")]
    for name in dict.fromkeys(name for name in names if name and "md5" in name.lower()):
        advice.append(f"the name `{name}` still says MD5: rename it")
    if _role(context).name == "persisted id":
        advice.append("plan a migration of the ids stored so far")
    shown = sorted({line for line, text in comments_around(context) if _HEX_DIGEST.search(text)})
    if shown:
        advice.append(f"line {shown[0]} shows a digest: compute it anew")
    advice += _tests_that_hash(context)
    return "; ".join(advice) or None
