"""Bytes to text and back: encodings, cookies, byte order marks and newline styles, nothing lost."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from dataclasses import dataclass

from fixaudit.errors import SourceError

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)")
_NEWLINE = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's content as `body` (UTF-8, no BOM) plus what is needed to write it back as it was.

    `newline` is the style of the file's first line end, and of the majority where they are mixed.
    """

    body: bytes
    encoding: str
    bom: bytes
    newline: str

    def encode(self, body: bytes) -> bytes:
        """The file's bytes for a changed body.

        Raises:
            SourceError: a character of the body does not exist in the file's encoding.
        """
        if self.encoding == "utf-8":
            return self.bom + body
        try:
            return self.bom + body.decode("utf-8").encode(self.encoding)
        except UnicodeEncodeError as error:
            raise SourceError(
                "encoding",
                f"a replacement holds {error.object[error.start]!r}, which {self.encoding} lacks",
            ) from error


def decode(data: bytes) -> Decoded:
    """Read a file's bytes as Python would.

    Raises:
        SourceError: null bytes, an unknown cookie, or bytes that do not decode; with the line.
    """
    bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    content = data[len(bom) :]
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise SourceError(
            "null-byte", "holds a null byte; Python source cannot, so it is no text file", line
        )
    encoding = _declared_encoding(content, bom)
    body = content
    if encoding == "utf-8":
        _require_utf8(content)
    else:
        try:
            body = content.decode(encoding).encode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            message = (
                f"byte 0x{content[error.start]:02x} is not {encoding}, which the file declares"
            )
            raise SourceError("encoding", message, line) from error
    return Decoded(body, encoding, bom, _newline_style(content))


def _require_utf8(content: bytes) -> None:
    if content.isascii():
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; declare the encoding in a first-line cookie"
        raise SourceError("encoding", message, line) from error


def _declared_encoding(content: bytes, bom: bytes) -> str:
    head = _NEWLINE.split(content[:1000], maxsplit=2)[:2]
    if not any(_COOKIE.match(line) for line in head):
        return "utf-8"
    if not _COOKIE.match(head[0]) and not _BLANK.match(head[0]):
        return "utf-8"
    first_lines = b"\n".join(head) + b"\n"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(bom + first_lines).readline)
    except SyntaxError as error:
        line = 1 if _COOKIE.match(head[0]) else 2
        message = f"{error.msg or error}; correct the coding cookie"
        raise SourceError("cookie", message, line) from error
    except UnicodeDecodeError as error:
        raise SourceError(
            "encoding", f"the first lines do not decode: {error.reason}", 1
        ) from error
    name = codecs.lookup(encoding).name
    if name in {"utf-8", "utf-8-sig"}:
        return "utf-8"
    if not codecs.lookup(encoding)._is_text_encoding:
        raise SourceError(
            "cookie", f"{encoding} is not a text encoding; correct the coding cookie", 1
        )
    return name


def _newline_style(content: bytes) -> str:
    if b"\r" not in content:
        return "\n"
    crlf = content.count(b"\r\n")
    styles = {"\r\n": crlf, "\n": content.count(b"\n") - crlf, "\r": content.count(b"\r") - crlf}
    return max(styles, key=lambda style: styles[style])
