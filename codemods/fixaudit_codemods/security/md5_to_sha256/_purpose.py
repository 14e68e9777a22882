"""What a digest is for, read from the names around it: a protocol's, somebody else's, or our own."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BEFORE, _AFTER = r"(?<![a-z0-9])(?:", r")(?![a-z0-9])"


def _pattern(*words: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + "|".join(words) + _AFTER)


_PROTOCOLS = (
    ("Content-MD5", _pattern(r"content[-_ ]?md ?5")),
    ("the ETag header", _pattern("etags?", "if[-_ ]none[-_ ]match", "if[-_ ]match")),
    ("S3", _pattern("s3", "multipart[-_ ]upload", "put[-_ ]object")),
    ("Gravatar", _pattern("gravatar", "libravatar", "e-?mail[-_ ](?:hash|md ?5)", r"[a-z.]*gravatar\.com")),
    (
        "HTTP digest authentication",
        _pattern("digest[-_ ]?auth(?:entication)?", "http[-_ ]?digest", "www[-_ ]authenticate", "cnonce", "ha[12]", r"realm(?=.*(?:passw|pwd|nonce))"),
    ),
    (
        "PostgreSQL's md5 authentication",
        _pattern(r"(?:postgres(?:ql)?|pg|asyncpg|psycopg2?)[-_ ](?:auth|md5|password|passwd|login|role)[a-z_]*"),
    ),
    ("a one-time password", _pattern("motp", "hotp", "totp")),
    ("CRAM-MD5 or APOP", _pattern("cram(?:[-_ ]?md ?5)?", "apop", "sasl")),
    ("RADIUS, NTLM or TACACS", _pattern("radius", "ntlm", "tacacs")),
    ("a password file format", _pattern("htpasswd", "apr1", "md5[-_ ]?crypt")),
    ("a key or certificate fingerprint", _pattern("ssh", "(?:host|pub|public)[-_ ]?key", "x509", "cert(?:ificate)?s?", "ja3")),
    ("a checksum file", _pattern("md5[-_ ]?sums?", "checksums", "manifests?", "dist[-_ ]?info", "pypi", "wheels?", "torrent")),
)  # fmt: skip
_SPOKEN_PROTOCOL = re.compile(
    r"content-md5|\betags?\b|gravatar|digest auth\w*|www-authenticate|\brfc ?-?\d{3,4}\b|\bs3\b|cram-md5|md5sum"
)
_SPOKEN_DUTY = re.compile(
    r"(?:must|has to|needs to|should|to) (?:be|match|equal|stay|agree with|use) (?:an? |the |with )?(?:\w+ )?md5"
    r"|md5 (?:is |was )?(?:used|needed|required|mandated) (?:by|in) "
    r"|(?:expects?|requires?|mandates?|computes?|sends?) (?:an? |the )?md5"
    r"|mimics?\b|emulat|\bopenssl\b|reproduces?\b|compatib(?:le|ility)|interoperab|wire format|\bin (?:the )?[\w-]+ format\b|\bssh\b|\bprotocol\b|\bspec(?:ification)?\b"
)
_SECRETS = _pattern("password", "passwords", "passwd", "passphrase", "pwd", "hashed[-_ ]password")
_SIGNED = _pattern("sign", "signature", "signatures", "sig", "api[-_ ]sig", "signed", "hmac")
_KEYED = _pattern("encrypt", "decrypt", "cipher", "aes", "des", "kdf", "derive[a-z_ ]*", "bytes[-_ ]to[-_ ]key", "iv", "nonce", "opaque", "challenge", "private[-_ ]?key", "secret", "[a-z]+_secret")  # fmt: skip
_CHECKED = _pattern("check[-_ ]?sum", "verify[a-z_ ]*", "verification", "validate[a-z_ ]*", "integrity", "md ?5[a-z]*")  # fmt: skip
_FOREIGN = re.compile(
    r"expect|etag|check_?sum|manifest|md5|signature|given|provided|remote|upstream|server|header|publish|official|wanted|want|want_|reference|known_good|correct"
)
_OWN = re.compile(
    r"last|prev|state|old|cache|seen|known|current|new|computed|actual|unique|existing"
)


@dataclass(frozen=True, slots=True)
class Role:
    """What a digest is, and what happens to it when it changes."""

    name: str
    consequence: str


_ROLES = (
    (Role("cache key", "entries cached before are not found again"), _pattern("[a-z]*cache[a-z]*", "memo", "memoi[sz][a-z]*")),
    (Role("seed", "the sequence that follows from it changes"), _pattern("seeds?", "rng")),
    (Role("token", "tokens given out before are no longer derived"), _pattern("token", "tokens", "otp", "session")),
    (Role("file name", "files written before are not found again"), _pattern("file[-_ ]?names?", "file[-_ ]?paths?", "path", "paths", "dir", "directory", "folder", "tmp", "temp", "suffix", "ext", "stem", "basename")),
    (Role("persisted id", "ids stored before differ from new ones"), _pattern("ids?", "uuids?", "uids?", "guids?", "identifiers?", "pk", "slug", "primary[-_ ]key")),
    (Role("bucket number", "keys move to other buckets"), _pattern("shards?", "buckets?", "partitions?", "slots?", "rollout", "variant")),
    (Role("key", "keys stored before are not found again"), _pattern("keys?", "[a-z]{1,3}key", "lock", "lookup")),
    (Role("fingerprint", "everything compares as changed once"), _pattern("finger ?prints?", "hash", "hashes", "hashed", "digests?", "versions?", "revisions?", "dedup[a-z]*", "duplicates?", "chang[a-z]*", "state", "tags?")),
    (Role("colour", "colours change once"), _pattern("colou?rs?", "hue")),
)  # fmt: skip
_DEFAULT = Role("value", "values stored or sent before differ from new ones")
IN_PROCESS = Role("in-process key", "nothing outside this process sees it")
COMPARED = Role("comparison of two digests", "both are made here and nothing else sees them")
DEDUPLICATION = Role(
    "deduplication hash", "what was stored before is not known again, and is stored once more"
)
BUCKET = Role("bucket number", "keys move to other buckets")


def plain(words: str) -> str:
    """Names as lower-case text, as written and split at humps and underscores."""
    humps = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", words)
    return f"{words} | {re.sub(r'[^A-Za-z0-9]+', ' ', humps)}".lower()


def protocol(words: str) -> str | None:
    """The protocol that mandates MD5 for what is called so."""
    text = plain(words)
    return next((name for name, pattern in _PROTOCOLS if pattern.search(text)), None)


def spoken_protocol(text: str) -> str | None:
    """The words of a comment or docstring that name a protocol which mandates MD5."""
    found = _SPOKEN_PROTOCOL.search(" ".join(text.lower().split()))
    return found.group() if found else None


def spoken_duty(text: str) -> str | None:
    """The words of a comment or docstring that hint that others rely on MD5."""
    found = _SPOKEN_DUTY.search(" ".join(text.lower().split()))
    return found.group() if found else None


def secret(words: str) -> str | None:
    """What kind of secret the names speak of: `passwords`, `signatures` or `key material`."""
    text = plain(words)
    for name, pattern in (
        ("passwords", _SECRETS),
        ("signatures", _SIGNED),
        ("key material", _KEYED),
    ):
        if pattern.search(text):
            return name
    return None


def is_checked(words: str) -> bool:
    """True for names of digests that others verify: a checksum, or a name that says MD5."""
    return _CHECKED.search(plain(words)) is not None


def is_foreign(words: str) -> bool:
    """True for the other side of a comparison that was made elsewhere."""
    return _FOREIGN.search(words.lower()) is not None


def is_own(words: str) -> bool:
    """True for the other side of a comparison that this code made before."""
    return _OWN.search(words.lower()) is not None


def role(words: str) -> Role:
    """What the names say the digest is; the strongest word wins."""
    text = plain(words)
    return next((found for found, pattern in _ROLES if pattern.search(text)), _DEFAULT)
