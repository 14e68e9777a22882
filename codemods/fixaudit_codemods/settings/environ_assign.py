"""`os.environ["K"] = "…"` at import becomes `os.environ.setdefault("K", "…")`: who runs it may choose.

A module that sets a variable when it is imported overrides what the deployment says: a GPU that is
there cannot be used, a cache cannot be moved, and nothing in the environment shows why. With
`setdefault` the value is what it was, unless somebody sets the variable.

It is `unsafe`: an environment that sets the variable already counts from then on, an empty text too. The
statement stays where it is, because what is imported below it reads the variable then. Advice to read
the project's settings first is answered by that: settings that import the library come too late.

It leaves alone: values that keep what is set, a condition that asks for the variable, functions, the
`__main__` guard, tests, scripts, examples and notebooks. For a human are computed values, variables
that are set in more than one place (the last wins today, the first would), values that switch a
protection off, and secrets.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import Mention, Why, assigned_literal

# They switch checks off, by the documentation of oauthlib, Python's PEP 493, requests and Node.
_PROTECTIONS = frozenset({"OAUTHLIB_INSECURE_TRANSPORT", "OAUTHLIB_RELAX_TOKEN_SCOPE", "PYTHONHTTPSVERIFY", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_TLS_REJECT_UNAUTHORIZED"})  # fmt: skip
# Set for every process by the login, the shell or the container, after POSIX "Environment Variables".
_ALWAYS = frozenset({"HOME", "PATH", "USER", "LOGNAME", "SHELL", "PWD", "LANG", "TERM", "HOSTNAME"})
_SECRET = re.compile(r"(?:_|\b)(?:key|token|secret|password|passwd|credentials?)$", re.I)
_MANY = 200
WAYS = (
    "Set it in the environment (deployment file, `.env`) alone: nothing in the code says its value then. Or "
    "keep a default with `os.environ.setdefault` at this very place, before the imports that read it. Or "
    "read it from the settings, in a module that imports none of the libraries that read the variable."
)
SECRET = "Take the value out of the code and out of the history, renew it, and read it from the environment."
ONE_PLACE = "Set it in one place, which runs before what reads it, by `os.environ.setdefault`."


class EnvironAssign(Codemod):
    name = "environ-assign"
    code = "FA607"
    triggers = (b"environ[",)
    trigger_pattern = re.compile(rb"(?m)environ\[[^\]\n]*(?:\]\s*=[^=]|$)")
    visits = (ast.Assign,)
    tags = frozenset({"settings"})
    right_already = ("^it keeps what is set", "^it is set only where")
    report_match = ReportMatch(
        keywords=(
            ("os.environ", "set|assign*|override*|overwrit*|hardcoded|hard-coded|mutat*|modif*|import"),
            ("environment variable", "import|module level|module-level", "set|assign*|override*|mutat*"),
            ("cuda_visible_devices",),
            ("variable", "set|assign*", "when the module is imported|at import|on import|import time|at module level"),
            ("hardcoded|hard-coded|forced|disable*|always|switched off|turned off", "cuda|gpu"),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test makes its own environment",
        Role.SCRIPT: "a script is what chooses the environment",
        Role.EXAMPLE: "an example shows what to set",
        Role.NOTEBOOK: "a notebook is run by hand",
        Role.LOCAL_SETTINGS: "settings for one machine say what holds there",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Assign, source: Source) -> Iterator[Finding]:
        target = node.targets[0]
        if not isinstance(target, ast.Subscript):
            return
        if source.qualified_name(target.value) != "os.environ":
            return
        kept = self._kept(source, node)
        yield self.leave(source, node, kept) if kept else self._judged(source, node, target)

    def _kept(self, source: Source, node: ast.Assign) -> Why | None:
        if source.function(node) is not None:
            return "in a function: it is set when that is called"
        if (reason := self.out_of_scope(source)) is not None:
            return reason
        for read in ast.walk(node.value):
            if isinstance(read, ast.Call) and _reads_environment(source, read):
                return "it keeps what is set, or is made of it"
        for above in source.ancestors(node):
            if isinstance(above, ast.If):
                test = ast.unparse(above.test)
                if "__name__" in test:
                    return "it stands under the `__main__` guard"
                if "environ" in test or "getenv" in test:
                    return "it is set only where the environment asks for it"
        return None

    def _judged(self, source: Source, node: ast.Assign, target: ast.Subscript) -> Finding:
        key = assigned_literal(source, target.slice)
        name = key.value if isinstance(key, ast.Constant) else None
        value = assigned_literal(source, node.value)
        text = value.value if isinstance(value, ast.Constant) else None
        if not isinstance(name, str) or len(node.targets) != 1:
            reason = "which variable is set is worked out when it is imported"
            return self.review(source, node, reason, WAYS)
        if name in _PROTECTIONS:
            reason = f"`{name}` switches a check off for everything in the process"
            return self.review(source, node, reason, "Set it where one developer runs the code.")
        if name in _ALWAYS:
            reason = f"`{name}` is set in nearly every environment: a default would have no effect"
            return self.review(source, node, reason, WAYS)
        if not isinstance(text, str):
            reason = f"the value of `{name}` is worked out when it is imported"
            return self.review(source, node, reason, WAYS)
        if text and _SECRET.search(name):
            return self.review(source, node, f"`{name}` is a secret in the code", SECRET)
        other = _set_elsewhere(source, node, name, text)
        if other is not None:
            where = f"{source.shown(other.path)}:{other.line}"
            reason = f"{where} sets `{name}` too: the last of them wins today, the first would"
            return self.review(source, node, reason, ONE_PLACE)
        return self._written(source, node, target, name)

    def _written(
        self, source: Source, node: ast.Assign, target: ast.Subscript, name: str
    ) -> Finding:
        first, last = source.lines_of(node)
        if any(line in source.comments_by_line for line in range(first, last)):
            return self.review(source, node, "a comment stands inside the statement", WAYS)
        owner, key = source.segment(target.value), source.segment(target.slice)
        text = f"{owner}.setdefault({key}, {source.segment(node.value)})"
        reason = f"`{name}` keeps its value unless the environment sets it: what is set there counts from then on"  # fmt: skip
        return self.unsafe(source, node, reason, [source.replace(node, text)], guidance=WAYS)


def _reads_environment(source: Source, call: ast.Call) -> bool:
    name = source.qualified_name(call.func) or ""
    return name == "os.getenv" or name.startswith("os.environ.")


def _set_elsewhere(source: Source, node: ast.Assign, name: str, value: str) -> Mention | None:
    """Another line of code that is no test which sets the variable, by its text, to another value."""
    key = rf"['\"]{re.escape(name)}['\"]"
    sets = re.compile(
        rf"environ(?:\[\s*{key}\s*\]\s*=(?!=)|\.setdefault\(\s*{key}\s*\W)(?P<value>.*)"
    )
    same = re.compile(rf"\s*['\"]{re.escape(value)}['\"]")
    for mention in source.project.mentions(name.encode(), _MANY):
        found = None if mention.is_test else sets.search(mention.text)
        here = source.shown(mention.path) == source.path and mention.line == node.lineno
        if found is not None and not here and not same.match(found["value"]):
            return mention
    return None
