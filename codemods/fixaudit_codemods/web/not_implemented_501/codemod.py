"""A route that answers 200 with "not implemented" answers 501, as HTTP has it.

A client that gets a 2xx believes that its order was carried out: the vector is gone, the export runs.
The words in the payload are for people, and no client library, retry or monitor reads them.

Routes of FastAPI, Starlette, Flask and Quart are known by what their router is made of, also in
another file. The text of the payload becomes the detail. Where a broad handler would turn the 501
into a 500, `--unsafe` puts an `except HTTPException: raise` before it; routes whose body is only
`pass`, `...` or `raise NotImplementedError` need `--unsafe` too.

It leaves alone: routes that work in other cases or answer with more than these words, statuses of
400 and above, callbacks of the schema, abstract methods and protocols, functions that are no routes, and tests. Work that is done before the words, routers that are not
known, routes named like a health check or a callback, and those whose docstring or comment calls what they answer stubbed or a mock, are for a human.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source, Verdict
from fixaudit.authoring import Function
from fixaudit_codemods.web._routes import Route, route_of, status_of
from fixaudit_codemods.web.not_implemented_501._control_flow import (
    Outcomes,
    outcomes_of,
    placeholder_of,
    swallowed_by,
    work_before,
)
from fixaudit_codemods.web.not_implemented_501._edits import Refusal, Repair, raised
from fixaudit_codemods.web.not_implemented_501._response_body import WORDS, mentions
from fixaudit_codemods.web.not_implemented_501._stubs import stub_words, stubbed_return

ON_PURPOSE = re.compile(
    r"(.*[/_-])?(health|healthz|healthcheck|ping|live|livez|liveness|ready|readyz|readiness|heartbeat|favicon"
    r"|options|noop|no_op|callback|warmup)([/_.-].*)?",
    re.IGNORECASE,
)
CATCHING = re.compile(r".*(catch|handle|suppress|safe|swallow|error|exception).*", re.IGNORECASE)
GUIDANCE = "Answer 501 on the paths where nothing is done, or implement the route."

PASSED_ON = (
    "Other HTTP exceptions raised in the same `try`, such as a 404, reach the client now too."
)


@dataclass(frozen=True)
class Options:
    status: int = 501
    detail: str = "Not implemented"

    def __post_init__(self) -> None:
        if not 400 <= self.status <= 599:
            raise ValueError('"status" must be an error: 400 to 599')


class NotImplemented501(Codemod):
    name = "not-implemented-501"
    code = "FA105"
    triggers = (
        b"mplemented", b"MPLEMENTED", b"APIRouter", b"FastAPI", b"Flask", b"Blueprint", b"tarlette",
        b"Quart", b"@router.", b"@app.", b"@bp.", b"@api.",
    )  # fmt: skip
    # A decorator that may make a route, or a call that registers one.
    trigger_pattern = re.compile(
        rb"@(?!\s*(?:unittest\.)?mock\.)[^\r\n]*\.\s*(?:get|post|put|delete|patch|head|options|trace"
        rb"|route|api_route)\b|Route\b|_route\b|_url_rule\b"
    )
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    tags = frozenset({"core", "api"})
    right_already = ("^it answers with 501 already$",)
    report_match = ReportMatch(
        keywords=(
            ("not yet implemented", "200"),
            ("not implemented", "501"),
            ("not implemented", "endpoint"),
            ("not implemented", "route"),
            ("incomplete", "operation"),
            ("stub", "endpoint"),
            ("stub", "route"),
            ("mock response",),
            (
                (
                    "dummy|placeholder|stub|fake|pretend*|unfinished|not built|nothing is built|"
                    "not there yet|does not exist|not implemented|noch nicht|nicht implementiert|"
                    "platzhalter|attrappe|pas encore|non implémenté*|no implementad*|"
                    "no está implementad*"
                ),
                "endpoint|route|success|ok|200|endpunkt|erfolg|succès|éxito",
            ),
            (
                "unimplemented|not implemented|nothing behind it|empty",
                "endpoint|route|handler|api",
            ),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "status": "the status that routes which do nothing answer with",
        "detail": "its text, where the route says none itself",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a route made for a test",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        placeholder, speaks = placeholder_of(node), mentions(node)
        if placeholder is None and not speaks:
            yield from self._stub(source, node)
            return
        outcomes = outcomes_of(source, node) if speaks else Outcomes()
        if placeholder is None and not outcomes.saying:
            return
        route = route_of(source, node)
        if route is None or (route.framework is None and not outcomes.saying):
            return
        reason = self.out_of_scope(source) or _left_alone(source, route)
        if reason is not None:
            yield self.leave(source, node, reason)
        elif route.framework is None:
            reason = f"it is not known here what the router of `@{route.shown}` is"
            yield self.review(source, node, reason, GUIDANCE)
        elif placeholder is not None:
            yield self._placeholder(source, route, placeholder)
        else:
            yield self._payload(source, route, outcomes)

    def _placeholder(self, source: Source, route: Route, body: ast.stmt) -> Finding:
        node = route.function
        if status_of(route.keyword("status_code")) == 204:
            return self.leave(source, node, "204: to answer with nothing is what it is for")
        if "{$" in route.path:
            return self.leave(source, node, "a callback that others implement: it documents a call")
        written = " ".join(source.segment(body).split())
        repair = raised(source, route, [(body, None)], self.options.status, self.options.detail)
        if isinstance(repair, Refusal):
            return self.review(source, node, repair.reason, GUIDANCE)
        reason = f"the route's body is `{written}`: it answers {_now(body)}, and {self.options.status} from now on"
        found = self.unsafe(source, node, reason, repair.edits, repair.needed_names)
        named = next((n for n in (node.name, route.path) if ON_PURPOSE.fullmatch(n)), None)
        text = f"`{named}` is the name of a check or callback that does nothing on purpose"
        return self.doubt(source, node, found, [source.hint(node, text)] if named else [])

    def _stub(self, source: Source, node: Function) -> Iterator[Finding]:
        """A route that answers with made-up values, and says so to those who read its code."""
        returned = stubbed_return(node)
        said = list(stub_words(source, node)) if returned is not None else []
        route = route_of(source, node) if said else None
        if returned is None or route is None or route.framework is None:
            return
        if self.out_of_scope(source) or _left_alone(source, route):
            return
        repair = raised(source, route, [(returned, None)], self.options.status, self.options.detail)
        if isinstance(repair, Refusal):
            yield self.review(source, node, said, GUIDANCE)
            return
        reason = f"what it answers is made up: now {self.options.status}"
        edited = self.unsafe(source, node, reason, repair.edits, repair.needed_names)
        yield self.doubt(source, node, edited, said, guidance=GUIDANCE)

    def _payload(self, source: Source, route: Route, outcomes: Outcomes) -> Finding:
        node = route.function
        if outcomes.partly is not None:
            return self.leave(source, node, f"not all of it is missing: {outcomes.partly}")
        if outcomes.status is not None and outcomes.status >= 400:
            return self.leave(source, node, f"it answers with {outcomes.status} already")
        if outcomes.other is not None:
            return self.leave(source, node, f"it works in other cases: {outcomes.other}")
        doubt = outcomes.doubt or work_before(source, node, outcomes)
        if doubt is not None:
            return self.review(source, node, doubt, GUIDANCE)
        replaced = [(statement, answer.detail) for statement, answer in outcomes.saying]
        repair = raised(source, route, replaced, self.options.status, self.options.detail)
        if isinstance(repair, Refusal):
            return self.review(source, node, repair.reason, GUIDANCE)
        return self._with_handlers(source, route, outcomes, repair)

    def _with_handlers(self, source: Source, route: Route, outcomes: Outcomes, repair: Repair) -> Finding:  # fmt: skip
        node, edits, needed_names = route.function, list(repair.edits), list(repair.needed_names)
        caught: ast.ExceptHandler | None = None
        for statement, _ in outcomes.saying:
            for handler in swallowed_by(source, statement):
                if isinstance(handler, str):
                    return self.review(source, node, handler, GUIDANCE)
                added = repair.pass_through(source, handler)
                if added is None:
                    return self.review(source, node, "a handler would catch the 501", GUIDANCE)
                edits += [edit for edit in added[0] if edit not in edits]
                needed_names += added[1]
                caught = caught or handler
        says = "answers 2xx, and that it is not implemented"
        if caught is not None:
            heading = source.line_text(caught.lineno).strip().partition("#")[0].strip()
            reason = f"{says}; `{heading}` in line {caught.lineno} would make a 500 of it and must let it pass"
            return self.unsafe(source, node, reason, edits, needed_names, PASSED_ON)
        reason = f"{says}: now {self.options.status}"
        fixed = self.fix(source, node, reason, edits, needed_names)
        decorator = _catching_decorator(node)
        text = f"its decorator `{decorator}` may catch the {self.options.status}, by its name"
        hints = [source.hint(node, text)] if decorator is not None else []
        return self.doubt(source, node, fixed, hints, Verdict.UNSAFE)


def _left_alone(source: Source, route: Route) -> str | None:
    node = route.function
    if any(ast.unparse(item).endswith("abstractmethod") for item in node.decorator_list):
        return "an abstract method: others implement it"
    cls = source.class_of(node)
    if cls is not None and any(
        ast.unparse(b).split("[")[0].endswith("Protocol") for b in cls.bases
    ):
        return "a protocol says what others implement"
    status = route.keyword("status_code")
    if status is not None and (status_of(status) or 200) >= 400:
        return f"it answers with {status_of(status)} already"
    documented = route.keyword("responses")
    if documented is not None and _documents_it(documented):
        return "its documented responses say that 200 means not implemented"
    return None


def _documents_it(responses: ast.expr) -> bool:
    if not isinstance(responses, ast.Dict):
        return False
    return any(
        key is not None
        and (status_of(key) or 500) < 400
        and any(
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and WORDS.search(part.value)
            for part in ast.walk(value)
        )
        for key, value in zip(responses.keys, responses.values, strict=True)
    )


def _catching_decorator(node: Function) -> str | None:
    for decorator in node.decorator_list:
        plain = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = plain.attr if isinstance(plain, ast.Attribute) else getattr(plain, "id", "")
        if CATCHING.fullmatch(name):
            return str(name)
    return None


def _now(body: ast.stmt) -> str:
    return "500 now" if isinstance(body, ast.Raise) else "200 with nothing now"
