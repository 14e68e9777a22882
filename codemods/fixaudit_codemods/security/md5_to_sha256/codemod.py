"""MD5 for identification becomes SHA-256, cut to the length it had: `sha256(…).hexdigest()[:32]`.

MD5 is broken: whoever chooses the input can make two of them collide, and every security scanner
fails on it. Values that were stored or handed out change with the rewrite, so every site needs
`--unsafe`; the reason says what the value is. The option `strategy` chooses another way out: `uuid5`
for ids made of text, or `not-for-security`, which keeps the value and only tells the scanners.

Left alone: MD5 that a protocol mandates (Content-MD5, ETag, Gravatar, OpenSSL's key derivation, shown by
what the digest goes into), digests compared with one made elsewhere, algorithms chosen by name,
`usedforsecurity=False`, migrations and tests. For review: names and comments that speak of a protocol, of
passwords, signatures or keys, HMAC, hash objects that leave their function, functions and classes that
are the choice called MD5, and names that promise MD5 to others, libraries included. Two digests that are
only compared with each other change by default: nothing sees them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit_codemods.security.md5_to_sha256 import _edits as edits
from fixaudit_codemods.security.md5_to_sha256._call_sites import (
    MEANING_MD5,
    LocatedFinding,
    OtherUse,
    other_use,
    site_of,
)
from fixaudit_codemods.security.md5_to_sha256._digest_flow import Uses, uses
from fixaudit_codemods.security.md5_to_sha256._verdict import Judgement, judged


@dataclass(frozen=True)
class Options:
    strategy: Literal["sha256", "uuid5", "not-for-security"] = "sha256"
    uuid_namespace: Literal["NAMESPACE_URL", "NAMESPACE_OID", "NAMESPACE_DNS"] = "NAMESPACE_URL"
    uuid_format: Literal["hex", "str"] = "hex"
    keep_words: tuple[str, ...] = ()


class Md5ToSha256(Codemod):
    """MD5 for identification becomes SHA-256 of the same length."""

    name = "md5-to-sha256"
    code = "FA101"
    triggers = (b"md5", b"MD5")
    visits = (ast.Call, ast.Attribute, ast.Name)
    names = MEANING_MD5
    tags = frozenset({"core", "security"})
    equivalent_codes = ("S324", "B324", "B303")
    report_match = ReportMatch(
        rules=("S324", "B324", "B303", "insecure-hash-algorithm-md5", "CWE-327", "CWE-328"),
        keywords=(
            ("md5",),
            ("hashlib.md5",),
            ("weak", "hash"),
            ("broken", "hash"),
            (
                "hash*",
                (
                    "old|outdated|weak|broken|insecure|unsafe|obsolete|collision|collide|"
                    "veraltet*|unsicher*|schwach*|kollision*|obsolète*|faible*|débil*|obsolet*|"
                    "insegur*"
                ),
            ),
            ("fips",),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "strategy": "`sha256`, `uuid5` (for `text.encode()`), or `not-for-security` (value unchanged)",
        "uuid_namespace": "the namespace of `uuid5` ids: a constant of the `uuid` module",
        "uuid_format": "`hex` (32 characters, as before) or `str` (36, with dashes)",
        "keep_words": "more words in names of functions, files and variables that mean: leave MD5",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test says which algorithm it wants",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.expr, source: Source) -> Iterator[Finding]:
        if isinstance(node, ast.Call):
            site = site_of(source, node)
            if site is not None:
                yield self._judge_site(source, site)
                return
        other = other_use(source, node)
        if other is not None:
            yield self._judge_other(source, node, other)

    def _judge_other(self, source: Source, node: ast.expr, other: OtherUse) -> Finding:
        if (reason := self.out_of_scope(source)) is not None:
            return self.leave(source, node, reason)
        if other.guidance is None:
            return self.leave(source, node, other.reason)
        return self.review(source, node, other.reason, other.guidance)

    def _judge_site(self, source: Source, site: LocatedFinding) -> Finding:
        if (reason := self.out_of_scope(source)) is not None:
            return self.leave(source, site.call, reason)
        used = uses(source, site.call)
        verdict = judged(source, site, used, self.options.keep_words)
        against = verdict.against
        if self.options.strategy == "not-for-security":
            if against is not None and verdict.leave and not verdict.harmless:
                return self.leave(source, site.call, against)
            return self._tell_scanners(source, site, verdict)
        if against is None:
            return self._changed(source, site, used, verdict)
        if verdict.is_sound and against.is_hint:
            found = self._changed(source, site, used, verdict)
            return self.doubt(source, site.call, found, against, guidance=verdict.guidance)
        if verdict.leave:
            return self.leave(source, site.call, against)
        return self.review(source, site.call, against, verdict.guidance)

    def _changed(
        self, source: Source, site: LocatedFinding, used: Uses, verdict: Judgement
    ) -> Finding:
        is_uuid = self.options.strategy == "uuid5"
        change = self._to_uuid if is_uuid else self._to_sha256
        found = change(source, site, used, verdict)
        together = tuple(map(source.place, verdict.pair))
        return replace(found, together=together if found.edits else ())

    def _to_sha256(
        self, source: Source, site: LocatedFinding, used: Uses, verdict: Judgement
    ) -> Finding:
        change = edits.to_sha256(source, site, used, whole=bool(verdict.pair))
        if isinstance(change, str):
            return self.review(source, site.call, change, "change this one by hand")
        reason = f"{verdict.role.name}: SHA-256 in place of MD5; {verdict.role.consequence}"
        write = self.fix if verdict.pair else self.unsafe
        return write(source, site.call, reason, change.edits, change.needed_names, verdict.guidance)

    def _to_uuid(
        self, source: Source, site: LocatedFinding, used: Uses, verdict: Judgement
    ) -> Finding:
        change = edits.to_uuid5(
            source, site, used, self.options.uuid_namespace, self.options.uuid_format
        )
        if isinstance(change, str):
            return self.review(source, site.call, change, "use the strategy `sha256` here")
        reason = f"{verdict.role.name}: UUIDv5 in place of MD5; {verdict.role.consequence}"
        return self.unsafe(
            source, site.call, reason, change.edits, change.needed_names, verdict.guidance
        )

    def _tell_scanners(self, source: Source, site: LocatedFinding, verdict: Judgement) -> Finding:
        if source.target_version < (3, 9):
            reason = "`usedforsecurity` needs Python 3.9, and older ones are supported here"
            return self.review(source, site.call, reason, "raise the target version first")
        change = edits.not_for_security(source, site)
        if isinstance(change, str):
            return self.review(source, site.call, change, "change this one by hand")
        reason = f"{verdict.role.name}: marked as not for security, the value stays as it is"
        found = self.fix(source, site.call, reason, change.edits, change.needed_names)
        if verdict.secret is None:
            return found
        text = f"MD5 guards {verdict.secret} here: `usedforsecurity=False` would not be true"
        return self.doubt(
            source, site.call, found, source.hint(site.call, text), guidance=verdict.guidance
        )
