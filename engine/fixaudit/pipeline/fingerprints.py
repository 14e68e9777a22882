"""Names for findings that stay the same when lines move."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from fixaudit.model.finding import Finding
from fixaudit.source.source import Source


def fingerprints(source: Source, findings: Sequence[Finding]) -> Iterator[str]:
    """A 16-digit hexadecimal name a finding: of codemod, path, the site's text and its ordinal."""
    seen: Counter[str] = Counter()
    for finding in findings:
        text = " ".join(source.slice(finding.span).split())[:400]
        key = "\0".join((finding.codemod, source.path, text))
        ordinal = seen[key]
        seen[key] += 1
        yield hashlib.sha256(f"{key}\0{ordinal}".encode("utf-8", "surrogateescape")).hexdigest()[
            :16
        ]
