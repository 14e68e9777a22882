"""What rewritten services answer: each is started on the real FastAPI, before and after."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from fastapi.exceptions import FastAPIError
from fastapi.testclient import TestClient

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.web.cache_above_route import CacheAboveRoute
from fixaudit_codemods.web.fastapi_rate_limit import FastapiRateLimit
from fixaudit_codemods.web.fastapi_rate_limit import Options as RateOptions
from fixaudit_codemods.web.field_length_limits.codemod import FieldLengthLimits
from fixaudit_codemods.web.field_length_limits.codemod import Options as LengthOptions
from fixaudit_codemods.web.path_parameter_pattern.codemod import Options, PathParameterPattern
from fixaudit_codemods.web.query_in_route import QueryInRoute
from fixaudit_codemods.web.route_dependencies.codemod import Options as DependencyOptions
from fixaudit_codemods.web.route_dependencies.codemod import RouteDependencies
from fixaudit_codemods.web.security_headers.codemod import Options as HeaderOptions
from fixaudit_codemods.web.security_headers.codemod import SecurityHeaders

ITEMS = """\
from fastapi import APIRouter, FastAPI, HTTPException, Path

router = APIRouter(prefix="/items")
ITEMS = {"a-1": "one"}


@router.get("/{item_id}")
async def item(item_id: str):
    if (found := ITEMS.get(item_id)) is None:
        raise HTTPException(404)
    return found


@router.get("/{item_id}/parts/{part}")
async def part(item_id: str, part: str = Path(description="its name"), verbose: bool = False):
    return [item_id, part, verbose]


app = FastAPI()
app.include_router(router)
"""


def served(text: str, codemod: Codemod | None = None) -> tuple[TestClient, dict[str, Any]]:
    """A client of the `app` of a module, and the module's names; as the codemod leaves it."""
    content = text.encode()
    if codemod is not None:
        outcome = process(Source("app/main.py", content), Plan([codemod], unsafe=True))
        assert isinstance(outcome, Changed)
        content = outcome.after
    names: dict[str, Any] = {"__name__": "app.main"}
    exec(compile(content, "main.py", "exec", dont_inherit=True), names)
    return TestClient(names["app"], raise_server_exceptions=False), names


# ------------------------------------------------------------------- path-parameter-pattern


def test_a_text_that_does_not_fit_the_pattern_answers_422() -> None:
    codemod = PathParameterPattern(Options(pattern="^[a-z]-[0-9]{1,3}$"))
    before, after = served(ITEMS)[0], served(ITEMS, codemod)[0]
    for path, was, becomes in (
        ("/items/a-1", 200, 200),
        ("/items/b-1", 404, 404),
        ("/items/a-1.txt", 404, 422),
        ("/items/x%0aa-1", 404, 422),
        ("/items/a-1/parts/b-2?verbose=1", 200, 200),
        ("/items/a-1/parts/b%20b", 200, 422),
    ):
        assert (before.get(path).status_code, after.get(path).status_code) == (was, becomes), path


@pytest.mark.parametrize(
    "pattern",
    [
        "[a-z]+",
        "^a|b$",
        "^[a-z]+\\$",
        "^(?=a)b$",
        "^(?!x).*$",
        "^(a)\\1$",
        "^a\\Z",
        "^(?m:a)$",
        "^(a$",
    ],
)
def test_a_pattern_that_says_less_than_it_seems_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        Options(pattern=pattern)


@pytest.mark.parametrize(
    "pattern", ["^(?:a|b)$", "^[|$)]+$", "^[^]]$", r"^\d{2,4}\|x$", "^(a(b|c))+$"]
)
def test_a_pattern_that_the_engine_takes_starts(pattern: str) -> None:
    client, _ = served(ITEMS, PathParameterPattern(Options(pattern=pattern)))
    assert client.get("/items/no").status_code == 422


# ------------------------------------------------------------------- field-length-limits

DEBATES = """\
from typing import List, Optional

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Persona(BaseModel):
    name: str


class Debate(BaseModel):
    prompt: str
    title: Optional[str] = None
    tags: List[str] = []
    personas: list[Persona] = []


@app.post("/debates")
def create(body: Debate) -> int:
    return len(body.prompt)
"""


def test_what_is_longer_than_its_limit_answers_422() -> None:
    codemod = FieldLengthLimits(LengthOptions(max_length=8, max_items=2))
    before, after = served(DEBATES)[0], served(DEBATES, codemod)[0]
    for body, becomes in (
        ({"prompt": "12345678"}, 200),
        ({"prompt": "123456789"}, 422),
        ({"prompt": "a", "title": None}, 200),
        ({"prompt": "a", "title": "123456789"}, 422),
        ({"prompt": "a", "tags": ["b", "c", "d"]}, 422),
        ({"prompt": "a", "personas": [{"name": "123456789"}]}, 422),
        ({}, 422),
    ):
        answers = [client.post("/debates", json=body).status_code for client in (before, after)]
        assert answers == [200 if body else 422, becomes], body


# ------------------------------------------------------------------- security-headers

GUARDED = """\
from fastapi import FastAPI, HTTPException, Response
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://a.example"])


@app.get("/")
def root():
    return {}


@app.get("/page")
def page() -> Response:
    return Response("", headers={"X-Frame-Options": "SAMEORIGIN"})


@app.get("/missing")
def missing():
    raise HTTPException(404)


@app.get("/broken")
def broken():
    raise ZeroDivisionError
"""


def test_answers_have_the_headers_and_keep_their_own() -> None:
    codemod = SecurityHeaders(HeaderOptions(("X-Content-Type-Options: nosniff", "X-Frame-Options: DENY")))  # fmt: skip
    before, after = served(GUARDED)[0], served(GUARDED, codemod)[0]
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    for method, path, status, frames in (
        ("GET", "/", 200, "DENY"),
        ("GET", "/page", 200, "SAMEORIGIN"),
        ("GET", "/missing", 404, "DENY"),
        ("OPTIONS", "/", 200, "DENY"),
        ("GET", "/broken", 500, None),  # made outside of every such middleware, as is said
    ):
        was = before.request(method, path, headers=asked)
        answer = after.request(method, path, headers=asked)
        assert (was.status_code, was.content) == (answer.status_code, answer.content)
        assert answer.status_code == status
        assert answer.headers.get("X-Frame-Options") == frames, path
        assert ("X-Content-Type-Options" in answer.headers) is (frames is not None)
        assert "X-Content-Type-Options" not in was.headers


# ------------------------------------------------------------------- route-dependencies

NOTES = """\
from fastapi import APIRouter, FastAPI, Header, HTTPException


def require_key(x_key: str = Header(default="")) -> None:
    if x_key != "secret":
        raise HTTPException(401)


router = APIRouter(prefix="/notes")


@router.post("")
def create(text: str):
    return text


@router.get("")
def listing():
    return []


app = FastAPI()
app.include_router(router)


@app.get("/health")
def health():
    return {}
"""


def test_every_route_of_the_router_asks_and_no_other() -> None:
    codemod = RouteDependencies(DependencyOptions("require_key"))
    before, after = served(NOTES)[0], served(NOTES, codemod)[0]
    for method, path in (("POST", "/notes?text=a"), ("GET", "/notes")):
        assert before.request(method, path).status_code == 200
        assert after.request(method, path).status_code == 401
        assert after.request(method, path, headers={"X-Key": "secret"}).status_code == 200
    assert after.get("/health").status_code == 200


# ------------------------------------------------------------------- fastapi-rate-limit

SEARCH = """\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://a.example"])


@app.get("/search")
async def search(q: str = ""):
    return q


@app.get("/other")
def other():
    return 1
"""


def test_one_request_more_than_the_limit_answers_429_and_browsers_may_read_it() -> None:
    codemod = FastapiRateLimit(RateOptions(limits=("3/hour",)))
    before, after = served(SEARCH)[0], served(SEARCH, codemod)[0]
    asked = {"Origin": "https://a.example"}
    answers = [after.get("/search", headers=asked) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["access-control-allow-origin"] == "https://a.example"
    assert after.get("/other").status_code == 200  # each route has a count of its own
    assert [before.get("/search").status_code for _ in range(5)] == [200] * 5


@pytest.mark.parametrize("limit", ["100", "100/fortnight", "many/minute"])
def test_a_limit_that_is_none_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match="limits"):
        RateOptions(limits=(limit,))


# ------------------------------------------------------------------- cache-above-route

COUNTED = """\
import functools

from fastapi import FastAPI

app = FastAPI()
CALLS = []


def counted(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        CALLS.append(function.__name__)
        return function(*args, **kwargs)

    return inner


@counted
@app.get("/above")
def above():
    return 1


@app.get("/below")
@counted
def below():
    return 2
"""


def test_no_request_runs_a_decorator_above_the_route() -> None:
    client, names = served(COUNTED)
    assert (client.get("/above").json(), client.get("/below").json()) == (1, 2)
    assert names["CALLS"] == ["below"]
    source = Source("app/main.py", COUNTED.encode())
    functions = [node for node in source.nodes(ast.FunctionDef) if len(node.decorator_list) > 1]
    found = [site for node in functions for site in CacheAboveRoute().judge(node, source)]
    assert [str(site.verdict) for site in found] == ["review", "leave"]


def test_advice_that_would_put_a_cache_above_a_route_is_disputed() -> None:
    wrong = '@cache(expire=60)\n@router.get("/leaderboard")\nasync def leaderboard(): ...\n'
    right = '@router.get("/leaderboard")\n@cache(expire=60)\nasync def leaderboard(): ...\n'
    objections = [CacheAboveRoute().objection(Source("a.py", t.encode())) for t in (wrong, right)]
    assert objections == [
        "`@cache` above `@router.get` never runs for requests: it belongs below",
        None,
    ]


# ------------------------------------------------------------------- query-in-route

REPOSITORY = """\
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

app = FastAPI()


class DebateRepository:
    def __init__(self, session: Session{given}):
        self.session = session


def get_session() -> Session:
    return Session()


@app.get("/debates")
def debates(repo: DebateRepository = Depends()) -> bool:
    return isinstance(repo.session, Session)
"""


def test_a_repository_whose_session_has_no_dependency_does_not_start() -> None:
    bare = REPOSITORY.replace("{given}", "")
    with pytest.raises(FastAPIError):
        served(bare)
    objection = QueryInRoute().objection(Source("a.py", bare.encode()))
    assert objection is not None
    assert "`Depends()` on `DebateRepository` reads `session` from the request" in objection
    given = REPOSITORY.replace("{given}", " = Depends(lambda: get_session())")
    assert served(given)[0].get("/debates").json() is True
    assert QueryInRoute().objection(Source("a.py", given.encode())) is None
