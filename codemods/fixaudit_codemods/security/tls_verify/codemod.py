"""`verify=False` of requests, httpx and boto3, and defaults that end there, become `True`.

Without the check of the server's certificate TLS keeps nobody out: whoever sits between reads and
changes everything, tokens included. Defaults are rewritten where the value is seen to reach such a
call. A server with a certificate of its own needs `verify="/path/to/ca.pem"` instead.

It leaves alone: tests, settings for local development, branches of a comparison with `CERT_NONE`,
addresses of the machine itself or without TLS, functions whose every caller gives a value, and
`verify` that means something else (JWT signatures, checksums). For a human are: branches that by
their names are for debugging or for who asks for no verification, what is named for it, and probes
whose handler waits for the refused certificate. SSL contexts without verification, `ssl=False` of aiohttp (whose True has
meant different things), certificates of Redis connections and sessions nobody typed are for a human.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source
from fixaudit.authoring import Function
from fixaudit_codemods.security._development import FOR_DEVELOPMENT
from fixaudit_codemods.security.tls_verify._calls import (
    SWITCHES,
    attribute_reaching_tls,
    every_caller_decides,
    handler_of_tls_errors,
    is_aiohttp,
    is_session,
    is_tls_call,
    is_verb,
    local_host,
    options_reach_tls,
    reaches_tls,
)
from fixaudit_codemods.security.tls_verify._intent import asked_for, hints, is_no_certificate

_CERTIFICATES = frozenset({"ssl_cert_reqs", "cert_reqs", "verify_mode"})
_UNVERIFIED = "ssl._create_unverified_context"
_URL_WITHOUT = re.compile(r"[?&]ssl_cert_reqs=(?:none|CERT_NONE)\b", re.IGNORECASE)
_SETTINGS = re.compile(r"Settings|Config|Options")
GUIDANCE = (
    "Verify with the certificate authority that signed the server's certificate: a path for "
    "`verify=`, `ssl.create_default_context(cafile=…)`, or `ssl_ca_certs=`."
)
CONSEQUENCE = "servers whose certificate cannot be verified are refused"


class TlsVerify(Codemod):
    name = "tls-verify"
    code = "FA402"
    triggers = (
        *(word.encode() for word in sorted(SWITCHES)),
        *(b"CERT_NONE", b"ssl_cert_reqs", b"ssl=False", b"check_hostname"),
        b"_create_unverified_context",
    )
    visits = (
        *(ast.Call, ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign, ast.AnnAssign),
        *(ast.Constant, ast.Attribute, ast.Dict),
    )
    tags = frozenset({"security"})
    equivalent_codes = ("S501", "B501", "S323", "B323")
    report_match = ReportMatch(
        rules=("S501", "B501", "DUO123", "S4830", "disabled-cert-validation", "CWE-295", "CWE-297"),
        keywords=(
            ("verify=false",),
            ("verify_ssl",),
            ("ssl disabled",),
            ("certificate verification",),
            ("certificate validation",),
            ("tls verification",),
            ("cert_none",),
            (
                "certificat*|zertifikat*|ssl|tls",
                (
                    "disabled|off|skip|ignore|never looked at|never checked|not checked|"
                    "not verified|unverified|not validated|not looked at|deaktiviert|"
                    "ausgeschaltet|abgeschaltet|ungeprüft|geprüft|prüft|désactivé*|vérifié*|"
                    "desactivad*|verifica|comprueba|whose|never looks|without looking|"
                    "without ever looking|without check*|without verif*|nobody checks|blindly"
                ),
            ),
            ("trust*", "any certificate|all certificates|every certificate"),
            (
                "man-in-the-middle|man in the middle|mitm",
                "certificat*|zertifikat*|ssl|tls|https|verify",
            ),
            ("verify|verifies", "requests|http request"),
            ("tlscertverification*",),
            (
                "certificat*|zertifikat*|ssl|tls|self-signed",
                "valid*|invalid*|verif*|check*|skip*|disabl*|ignor*|accept*|trust*|prüf*",
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test",
        Role.EXAMPLE: "an example",
        Role.LOCAL_SETTINGS: FOR_DEVELOPMENT,
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.AST, source: Source) -> Iterator[Finding]:
        for finding in self._findings(node, source):
            yield self.doubt(source, node, finding, hints(source, node), guidance=GUIDANCE)

    def _findings(self, node: ast.AST, source: Source) -> Iterator[Finding]:
        match node:
            case ast.Call():
                yield from self._call(source, node)
            case ast.Dict():
                yield from self._options(source, node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self._defaults(source, node)
            case ast.Assign(targets=[ast.Attribute() as target]):
                yield from self._attribute(source, node, target)
            case ast.AnnAssign(target=ast.Name()):
                yield from self._field(source, node)
            case ast.Constant(value=str() as text) if _URL_WITHOUT.search(text):
                what = "the connection does not verify who answers"
                yield self._human(source, node, what)
            case ast.Attribute(attr="_create_unverified_context") if (
                source.qualified_name(node) == _UNVERIFIED
            ):
                yield self._human(source, node, "an SSL context that verifies nothing")

    # ------------------------------------------------------------------------- calls

    def _call(self, source: Source, node: ast.Call) -> Iterator[Finding]:
        for entry in node.keywords:
            if entry.arg in SWITCHES and _is_false(entry.value):
                yield self._switch(source, node, entry)
            elif entry.arg == "ssl" and _is_false(entry.value) and is_aiohttp(source, node):
                what = "aiohttp verifies nothing with `ssl=False`"
                yield self._human(source, entry.value, what, "Leave the keyword out. " + GUIDANCE)
            elif entry.arg in _CERTIFICATES and is_no_certificate(source, entry.value):
                yield self._human(source, entry.value, "no certificate is asked for")

    def _switch(self, source: Source, node: ast.Call, entry: ast.keyword) -> Finding:
        value, name = entry.value, entry.arg or ""
        if (kept := self._left_alone(source, node)) is not None:
            return self.leave(source, value, kept)
        if local_host(source, node):
            return self.leave(source, value, "the address is this machine, or has no TLS")
        unpacked = source.qualified_name(node.func) == "builtins.dict"
        if is_tls_call(source, node, name) or (unpacked and options_reach_tls(source, node)):
            return self._checked(source, value, "no certificate is checked")
        if name != "verify" or (is_verb(node) and not _is_jwt(source, node)):
            what = f"`{name}=False` looks like unverified TLS; nothing shows what takes it"
            return self.review(source, value, what, GUIDANCE)
        return self.leave(source, value, "nothing shows that this `verify` is about TLS")

    def _options(self, source: Source, node: ast.Dict) -> Iterator[Finding]:
        """`{"verify": False}` that goes into a call as `**options`."""
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "verify" and _is_false(value):
                if not options_reach_tls(source, node):
                    continue
                if (kept := self._left_alone(source, node)) is not None:
                    yield self.leave(source, value, kept)
                else:
                    yield self._checked(source, value, "no certificate is checked")

    def _checked(self, source: Source, value: ast.expr, what: str) -> Finding:
        """The switch turned on, where no handler waits for what that may raise."""
        handled = handler_of_tls_errors(source, value)
        if handled is not None and not handled.is_hint:
            return self.review(source, value, handled, GUIDANCE)
        edit = source.replace(value, "True")
        found = self.unsafe(source, value, f"{what}; {CONSEQUENCE}", [edit])
        return self.doubt(source, value, found, handled or (), guidance=GUIDANCE)

    # ------------------------------------------------------------------------- defaults

    def _defaults(self, source: Source, node: Function) -> Iterator[Finding]:
        for name, default in _parameters(node):
            if name in SWITCHES and _is_false(default):
                yield self._default(source, node, name, default)

    def _default(self, source: Source, node: Function, name: str, default: ast.expr) -> Finding:
        if (kept := self._left_alone(source, node)) is not None:
            return self.leave(source, default, kept)
        if not reaches_tls(source, node, name):
            reason = f"nothing here shows that `{name}` reaches a TLS connection"
            if name == "verify":
                return self.leave(source, default, reason)
            return self.review(source, default, reason, GUIDANCE)
        decided = every_caller_decides(source, node, name)
        if decided is not None and not decided.is_hint:
            return self.leave(source, default, decided)
        reason = f"callers that say nothing check no certificate; {CONSEQUENCE}"
        found = self.unsafe(source, default, reason, [source.replace(default, "True")])
        return self.doubt(source, default, found, decided or (), guidance=GUIDANCE)

    def _field(self, source: Source, node: ast.AnnAssign) -> Iterator[Finding]:
        assert isinstance(node.target, ast.Name)
        owner, name = source.parent(node), node.target.id
        value = _default_value(node.value)
        if name not in SWITCHES or not isinstance(owner, ast.ClassDef) or value is None:
            return
        if (kept := self._left_alone(source, node)) is not None:
            yield self.leave(source, value, kept)
        elif (read := _read_for_tls(source, name, owner)) is not None:
            reason = f"a default that switches the check off; {CONSEQUENCE}"
            edit = source.replace(value, "True")
            yield self.unsafe(source, value, reason, [edit], because=read)
        else:
            what = f"nothing shows that `{name}` reaches a TLS connection"
            yield self.review(source, value, what, GUIDANCE)

    def _attribute(
        self, source: Source, node: ast.Assign, target: ast.Attribute
    ) -> Iterator[Finding]:
        value = node.value
        if target.attr == "verify" and _is_false(value) and is_session(source, target.value):
            if (kept := self._left_alone(source, node)) is not None:
                yield self.leave(source, value, kept)
            else:
                yield self._checked(source, value, "the session checks no certificate")
        elif target.attr == "verify_mode" and is_no_certificate(source, value):
            yield self._human(source, node, "an SSL context that verifies nothing")
        elif target.attr == "check_hostname" and _is_false(value):
            yield self._human(source, node, "certificates of any other host are accepted")

    def _human(self, source: Source, node: ast.AST, what: str, guidance: str = GUIDANCE) -> Finding:
        if (kept := self._left_alone(source, node)) is not None:
            return self.leave(source, node, kept)
        return self.review(source, node, what, guidance)

    def _left_alone(self, source: Source, node: ast.AST) -> Evidence | None:
        asked = asked_for(source, node)
        by_code = asked if asked is not None and not asked.is_hint else None
        return self.out_of_scope(source) or by_code


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0 and isinstance(node.value, int)


def _is_jwt(source: Source, node: ast.Call) -> bool:
    return (source.qualified_name(node.func) or "").startswith(("jwt.", "jose."))


def _parameters(node: Function) -> Iterator[tuple[str, ast.expr]]:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    for argument, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        yield argument.arg, default
    for argument, only in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if only is not None:
            yield argument.arg, only


def _default_value(value: ast.expr | None) -> ast.expr | None:
    """The False of `x: bool = False` and of `Field(default=False, …)`."""
    if isinstance(value, ast.Call):
        named = [entry.value for entry in value.keywords if entry.arg == "default"]
        value = next(iter(named or value.args), None)
    return value if value is not None and _is_false(value) else None


def _read_for_tls(source: Source, name: str, owner: ast.ClassDef) -> Evidence | None:
    """Where `….name` becomes `verify=`: in this file, or, by its name, in another one of the project."""
    text = f"`{name}` is given to `verify`"
    switch = attribute_reaching_tls(source, name, source.tree)
    if switch is not None:
        return source.proof(switch, text, Reach.MODULE)
    if not _SETTINGS.search(owner.name):
        return None
    given = re.compile(rf"\bverify\s*=\s*[\w.]+\.{name}\b")
    return next(
        (
            source.hint_at(entry.path, entry.line, text)
            for entry in source.project.mentions(f".{name}".encode())
            if given.search(entry.text)
        ),
        None,
    )
