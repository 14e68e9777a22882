"""A request that would wait for ever gets a timeout: 30 seconds, or what the project configures.

`requests` and `urlopen` have no timeout of their own. A server that takes the connection and then
says nothing holds the caller until somebody restarts it, and with it a worker, a thread or a lock.

On by default, for every such call is a defect to an audit (S113, B113, CWE-400); but which value is
right a project must say, and a request that is cut off is an exception that was not there before. So
it is written only with `--unsafe`. Calls of language models have a default of minutes; they are
reported, and written once the option `llm_timeout` says how long they may take.

It leaves alone: calls that have a timeout, libraries with a default of seconds (httpx, aiohttp), what
stands in a time limit, `**kwargs` that the function puts a timeout into, and tests. For a human are:
`timeout=None`, other `**kwargs`, sessions that are made elsewhere or have adapters of their own,
calls that a test replaces with something that may not take the keyword, and uploads and what else
may take long by its name, as long as the options say no timeout.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Access, Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import (
    Refusal,
    Why,
    add_keywords,
    check_expression,
    configured_expression,
    default_of,
    replacing_test,
)
from fixaudit_codemods.security.request_timeout._clients import (
    client_timeout,
    long_work,
    replaced,
    session_doubt,
)
from fixaudit_codemods.security.request_timeout._requests import (
    Request,
    given,
    limited_around,
    request_of,
    unpacked,
)

GUIDANCE = (
    "Give a timeout where the call's arguments come together, as `(connect, read)` if the two differ; "
    "`timeout=` bounds the wait for each piece of the answer, not the whole."
)
WAITS = {
    "endless": "waits for ever without a timeout",
    "model": "waits for minutes without a timeout",
    "chosen": "has no timeout",
}


@dataclass(frozen=True)
class Options:
    timeout: float = 30.0
    timeout_expression: str = ""
    timeout_import: str = ""
    llm_timeout: float = 0.0
    calls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.timeout <= 0 or self.llm_timeout < 0:
            raise ValueError("a timeout must be longer than 0 seconds")
        check_expression("timeout-expression", self.timeout_expression)


class RequestTimeout(Codemod):
    name = "request-timeout"
    code = "FA403"
    triggers = (b"requests", b"urlopen", b"completion", b"httpx", b"aiohttp", b"messages.create", b"responses.create",
        b"litellm", b"embeddings.create", b"images.generate", b"transcriptions.create", b"speech.create", b"generate_content")  # fmt: skip
    visits = (ast.Call,)
    tags = frozenset({"security", "network"})
    equivalent_codes = ("S113", "B113")
    right_already = (r"^it has a timeout: (?!None)", r"^the function puts a timeout into ")
    report_match = ReportMatch(
        rules=("S113", "B113", "W3101", "missing-timeout", "CWE-400", "CWE-1088"),
        keywords=(
            ("request timeout",),
            ("request timeouts",),
            ("without timeout",),
            ("without a timeout",),
            ("no timeout",),
            ("missing timeout",),
            ("timeout", "http call"),
            ("timeout", "requests.get|requests.post|http request|outgoing|api call"),
            ("llm timeout",),
            ("timeout", "model call|llm call|llm|language model|completion call"),
            (
                "hang|wait|never returns|wartet|hängt|attend*|espera",
                (
                    "forever|for ever|indefinite*|without end|endless*|upper bound|upper limit|"
                    "ewig|unendlich|endlos|indéfiniment|indefinidamente"
                ),
            ),
            (
                "never gives up|never give up|forever|for ever",
                "answer|respond*|response|reply|server",
            ),
            ("wait", "limit|cap|bound"),
            (
                (
                    "timeout|time limit|deadline|zeitlimit|délai d'attente|tiempo de espera|"
                    "tiempo límite"
                ),
                "no|without|missing|lack|never|not set|ohne|fehl*|kein*|sans|aucun*|sin",
            ),
            (
                "hang",
                (
                    "indefinit*|indefinet*|random*|network|internet|connection|long time|"
                    "sometimes|server|remote"
                ),
            ),
            ("timeout", "request|http|client|httpx"),
        ),
        options={
            "timeout": (
                (
                    r"(?<!llm )\b(?:timeout|time limit|zeitlimit|délai d'attente)(?: of| to| von|"
                    r" auf| de)? (\d+(?:\.\d+)?) ?(?:s\b|sec|sekunden|segundos)"
                ),
                r"(?<!llm[_ ])\btimeout ?= ?(\d+(?:\.\d+)?)\b",
                r"(\d+)[ -](?:s|seconds?) timeout",
                r"after (\d+) seconds",
                r"\bwait\b[^.;]{0,30}? (\d+(?:\.\d+)?) ?(?:s\b|sec)",
            ),
            "llm_timeout": (r"\bllm[_ ]timeout(?: of| to| ?=)? ?(\d+(?:\.\d+)?)",),
        },
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "timeout": "seconds that a request may wait",
        "timeout_expression": "an expression in its place, such as `settings.http_timeout`",
        "timeout_import": "what that expression begins with, as a dotted name to import it by",
        "llm_timeout": "seconds for calls of language models; 0 only reports them",
        "calls": "other calls that take `timeout=`, such as `httpx.*` (`*` stands for anything), in "
        "files that name one of the libraries known here",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test waits for what it starts itself",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        request = request_of(source, node, self.options.calls)
        if request is None:
            return
        if (reason := self._left(source, request)) is not None:
            yield self.leave(source, node, reason)
        elif (reason := _doubt(source, request)) is not None:
            yield self.review(source, node, reason, GUIDANCE)
        elif request.kind == "model" and not self.options.llm_timeout:
            reason = f"`{request.name}` {WAITS['model']}, and none is chosen for it"
            yield self.review(source, node, reason, "Say how long in the option `llm-timeout`.")
        else:
            yield self._written(source, request)

    def _left(self, source: Source, request: Request) -> Why | None:
        value = given(request)
        if value is not None and value != "None":
            return f"it has a timeout: {value}"
        if (reason := self.out_of_scope(source)) is not None:
            return reason
        if request.kind == "limited" and value is None:
            return f"{request.name} has a timeout of its own"
        awaited = isinstance(source.parent(request.call), ast.Await) or request.kind != "endless"
        if request.kind == "model" and (made := client_timeout(source, request)) is not None:
            return made
        around = limited_around(source, request.call, awaited=awaited)
        if around is not None:
            return f"`{around}` limits the time around it"
        hidden = unpacked(source, request.call)
        if hidden is not None and hidden[1]:
            return f"the function puts a timeout into `{hidden[0]}`"
        return None

    def _written(self, source: Source, request: Request) -> Finding:
        if not request.takes_keywords:
            reason = f"`{request.name}` {WAITS[request.kind]}, and is handed on without keywords"
            guidance = "Hand on `functools.partial(function, …, timeout=…)`."
            return self.review(source, request.call, reason, guidance)
        own = _own_parameter(source, request.call)
        if own == "used":
            reason = "the function has a parameter `timeout`, which it uses for something else"
            return self.review(source, request.call, reason, GUIDANCE)
        value = Access("timeout") if own else self._value(source, request)
        if isinstance(value, str):
            return self.review(source, request.call, value, GUIDANCE)
        edits = add_keywords(source, request.call, f"timeout={value.text}", hidden=request.hidden)
        if isinstance(edits, Refusal):
            return self.review(source, request.call, edits.reason, GUIDANCE)
        reason = f"`{request.name}` {WAITS[request.kind]}: it gets {value.text}"
        if own:
            reason = f"the function's `timeout` does not reach `{request.name}`"
        finding = self.unsafe(source, request.call, reason, edits, value.needed_names)
        # A project that says how long knows its requests.
        configured = self.options.timeout_expression or self.options.timeout != Options.timeout
        if own or configured or request.kind != "endless":
            return finding
        doubt = long_work(source, request)
        return self.doubt(source, request.call, finding, doubt or (), guidance=GUIDANCE)

    def _value(self, source: Source, request: Request) -> Access | str:
        if request.kind == "model":
            return Access(f"{self.options.llm_timeout:g}")
        text = self.options.timeout_expression
        if not text:
            return Access(f"{self.options.timeout:g}")
        return configured_expression(source, request.call, text, self.options.timeout_import)


# ------------------------------------------------------------------------------ doubts


def _doubt(source: Source, request: Request) -> Why | None:
    if given(request) == "None":
        return "`timeout=None` waits for ever: is that meant?"
    hidden = unpacked(source, request.call)
    if hidden is not None:
        return f"`**{hidden[0]}` may hold a timeout"
    if len(request.call.args) == 1 and isinstance(request.call.args[0], ast.GeneratorExp):
        return "its only argument is a generator expression"
    if any(isinstance(above, ast.JoinedStr) for above in source.ancestors(request.call)):
        return "it stands in an f-string"
    if request.kind == "endless" and (other := replaced(source, request)) is not None:
        return other
    if request.session is not None and (reason := session_doubt(source, request)) is not None:
        return reason
    if (
        request.session is None
        and (test := replacing_test(source, request.name, keyword="timeout")) is not None
    ):
        return f"{test} replaces `{request.name}` by something that may not take `timeout`"
    return None


def _own_parameter(source: Source, node: ast.Call) -> str:
    """`unused` for a parameter `timeout` that the function forgets; `used` where it does not."""
    function = source.function(node)
    if function is None or isinstance(function, ast.Lambda):
        return ""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    if all(argument.arg != "timeout" for argument in named):
        return ""
    default = default_of(function, "timeout")
    none = isinstance(default, ast.Constant) and default.value is None
    uses = (n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == "timeout")
    return "used" if none or any(uses) else "unused"
