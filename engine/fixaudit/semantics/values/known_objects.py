"""Objects from outside of the project that codemods know, by the expression that makes them.

An origin is written as `Shape.outside` writes it: `requests.Session()` for what the class or
function gives, `loguru.logger` for a name of a module. The tables come from the libraries' own
documentation: `logging`, `structlog`, `loguru` and what hands out loggers of theirs; `requests`,
`httpx`, `aiohttp`; `redis`; the DB-API drivers; SQLAlchemy, peewee; OpenAI, Anthropic and other clients
of language models; FastAPI, Starlette, Flask and Quart; `asyncio`.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import Literal

LoggerKind = Literal["stdlib", "structlog", "loguru"]
Framework = Literal["fastapi", "starlette", "flask", "quart"]

# ----------------------------------------------------------------------------- loggers

_LOGGER_FACTORIES: dict[str, LoggerKind] = {
    "logging.getLogger": "stdlib",
    "logging.Logger": "stdlib",
    "logging.LoggerAdapter": "stdlib",
    "celery.utils.log.get_task_logger": "stdlib",
    "celery.utils.log.get_logger": "stdlib",
    "multiprocessing.get_logger": "stdlib",
    "multiprocessing.log_to_stderr": "stdlib",
    "distributed.utils.get_logger": "stdlib",
    "aws_lambda_powertools.Logger": "stdlib",
    "aws_lambda_powertools.logging.Logger": "stdlib",
    "colorlog.getLogger": "stdlib",
    "dagster.get_dagster_logger": "stdlib",
    "picologging.getLogger": "stdlib",
    "prefect.get_run_logger": "stdlib",
    "prefect.logging.get_run_logger": "stdlib",
    "accelerate.logging.get_logger": "stdlib",
    "datasets.logging.get_logger": "stdlib",
    "datasets.utils.logging.get_logger": "stdlib",
    "diffusers.logging.get_logger": "stdlib",
    "diffusers.utils.logging.get_logger": "stdlib",
    "huggingface_hub.logging.get_logger": "stdlib",
    "huggingface_hub.utils.logging.get_logger": "stdlib",
    "red_commons.logging.getLogger": "stdlib",
    "transformers.logging.get_logger": "stdlib",
    "transformers.utils.logging.get_logger": "stdlib",
    "vllm.logger.init_logger": "stdlib",
    "structlog.get_logger": "structlog",
    "structlog.getLogger": "structlog",
    "structlog.stdlib.get_logger": "structlog",
    "structlog.wrap_logger": "structlog",
    "structlog.BoundLogger": "structlog",
    "structlog.stdlib.BoundLogger": "structlog",
    "structlog.typing.FilteringBoundLogger": "structlog",
    "structlog.types.FilteringBoundLogger": "structlog",
    "loguru.Logger": "loguru",
}
# The module `logging` has the methods of the root logger.
_LOGGER_OBJECTS: dict[str, LoggerKind] = {
    "logging": "stdlib",
    "logging.root": "stdlib",
    "loguru.logger": "loguru",
    "absl.logging": "stdlib",
    "flask.current_app.logger": "stdlib",
    "flask.Flask().logger": "stdlib",
    "quart.current_app.logger": "stdlib",
    "quart.Quart().logger": "stdlib",
    "kivy.logger.Logger": "stdlib",
    "sanic.log.logger": "stdlib",
    "tornado.log.access_log": "stdlib",
    "tornado.log.app_log": "stdlib",
    "tornado.log.gen_log": "stdlib",
}
# `company_logging.get_logger()`, `company.logger`: by the word that most libraries use for them.
_LOGGER_WORD = re.compile(
    r"(?:\w*\.)+(?:(?:(?:get|make|create|set_?up|init|configure|build|new)_?)?(?:\w+_)?logger\(\)|_?logger"
    r"|getLogger\(\))",
    re.IGNORECASE,
)
# These have no `exception`, or give the words of `logging` another meaning.
_OTHER_LOGGERS = frozenset(
    {"twisted", "eliot", "logbook", "wandb", "pytorch_lightning", "lightning"}
)
# Methods that give another logger of the same library.
_DERIVING: dict[str, tuple[LoggerKind, ...]] = {
    "bind": ("structlog", "loguru"),
    "new": ("structlog",),
    "unbind": ("structlog",),
    "opt": ("loguru",),
    "patch": ("loguru",),
    "getChild": ("stdlib",),
}


@lru_cache(maxsize=512)
def logger_kind(origin: str) -> LoggerKind | None:
    """The library of the logger that the expression makes; None for what is no logger."""
    if not origin.endswith("()"):
        return _LOGGER_OBJECTS.get(origin)
    made = origin.removesuffix("()")
    if made in _LOGGER_FACTORIES:
        return _LOGGER_FACTORIES[made]
    base, _, method = made.rpartition(".")
    kind = logger_kind(base) if method in _DERIVING else None
    return kind if kind is not None and kind in _DERIVING[method] else None


def sounds_like_logger(origin: str) -> bool:
    """True for what only its last word says is a logger: `company_logging.get_logger()`."""
    root = origin.partition(".")[0]
    if root in _OTHER_LOGGERS or root in sys.stdlib_module_names:
        return False
    return _LOGGER_WORD.fullmatch(origin) is not None


# ----------------------------------------------------------------------------- clients and databases

REQUESTS_SESSION = r"requests(?:\.sessions)?\.[sS]ession\(\)"
HTTPX_CLIENT = r"httpx\.(?:Async)?Client\(\)"
AIOHTTP_SESSION = r"aiohttp(?:\.client)?\.ClientSession\(\)"
REDIS_CLIENT = r"redis(?:\.(?:asyncio|client|asyncio\.client))?\.(?:Strict)?(?:Redis(?:\.from_url)?|from_url)\(\)"
SQLITE = r"sqlite3\.(?:connect|Connection|Cursor)\(\)(?:\.cursor\(\))?"
DBAPI = (
    r"(?:psycopg2?|pymysql|MySQLdb|mysql\.connector)(?:\.\w+)*"
    r"\.(?:[cC]onnect|[cC]onnection|[cC]ursor)\(\)(?:\.cursor\(\))?"
)
ASYNCPG = r"asyncpg\.(?:connect|Connection)\(\)"
SQLALCHEMY_SESSION = r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.(?:Async)?Session\(\)"
# What a factory makes: `SessionLocal = sessionmaker(engine)`, `SessionLocal()`.
SQLALCHEMY_MADE_SESSION = r"sqlalchemy(?:\.\w+)*\.(?:async_)?sessionmaker\(\)\(\)"
SQLALCHEMY_ENGINE = (
    r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.(?:create_(?:async_)?engine|(?:Async)?Engine)\(\)"
)
SQLALCHEMY_STATEMENT = (
    r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*"
    r"\.(?:Select|SelectOfScalar|Update|Delete|Query|ScalarSelect)\(\)"
)

# Clients of language models that wait for the answer, and their methods that ask, by the libraries'
# own references: OpenAI's (and those made after it) for all but `messages`, Anthropic's for that.
_LLM_CLIENT = (
    r"(?:openai\.(?:Azure)?OpenAI|anthropic\.Anthropic(?:Bedrock|Vertex)?|groq\.Groq"
    r"|together\.Together|mistralai\.Mistral|cohere\.Client(?:V2)?|ollama\.Client"
    r"|cerebras\.cloud\.sdk\.Cerebras|zhipuai\.ZhipuAI|google\.genai\.Client)\(\)"
)
_LLM_ASKING = (
    r"(?:(?:beta\.)?chat\.completions\.(?:create|parse)|completions\.create"
    r"|responses\.(?:create|parse)|(?:beta\.)?messages\.create|embeddings\.create"
    r"|images\.(?:generate|edit|create_variation)|moderations\.create"
    r"|audio\.(?:transcriptions|translations|speech)\.create|chat|generate|embed"
    r"|models\.(?:generate_content|embed_content|generate_images))"
)
_LITELLM = (
    r"litellm\.(?:completion|text_completion|embedding|image_generation|transcription|speech)"
)
LLM_CALL = rf"{_LLM_CLIENT}\.{_LLM_ASKING}|{_LITELLM}"
_ASYNC_LLM_CLIENT = (
    r"(?:openai\.Async(?:Azure)?OpenAI|anthropic\.AsyncAnthropic(?:Bedrock|Vertex)?|groq\.AsyncGroq"
    r"|together\.AsyncTogether|cohere\.AsyncClient(?:V2)?|ollama\.AsyncClient"
    r"|cerebras\.cloud\.sdk\.AsyncCerebras)\(\)"
)
_ASYNC_LITELLM = (
    r"litellm\.(?:acompletion|atext_completion|aembedding|aimage_generation|atranscription|aspeech)"
)
ASYNC_LLM_CALL = rf"{_ASYNC_LLM_CLIENT}\.{_LLM_ASKING}|{_ASYNC_LITELLM}"

PEEWEE_MODEL = r"peewee\.Model|playhouse(?:\.\w+)*\.Model"

# Files, pools and processes of the standard library, by the documentation of their modules.
_STDLIB_CONTEXT = (
    r"(?:builtins|io|codecs|gzip|bz2|lzma|tarfile)\.open\(\)|io\.(?:BytesIO|StringIO|TextIOWrapper)\(\)"
    r"|zipfile\.ZipFile\(\)(?:\.open\(\))?|gzip\.GzipFile\(\)|tempfile\.(?:Named)?TemporaryFile\(\)"
    r"|concurrent\.futures\.(?:Thread|Process)PoolExecutor\(\)|subprocess\.Popen\(\)"
    r"|contextlib\.(?:Async)?ExitStack\(\)"
)

# ----------------------------------------------------------------------------- asyncio

EVENT_LOOP = (
    r"asyncio\.(?:events\.)?(?:get_running_loop|get_event_loop|new_event_loop)\(\)"
    r"|(?:\w+\.)*(?:AbstractEventLoop|BaseEventLoop)\(\)"
)
# Libraries name their groups after the one of `asyncio`.
TASK_GROUP = r"(?:\w+\.)*\w*TaskGroup\(\)"

# ----------------------------------------------------------------------------- routers

_ROUTERS: dict[str, Framework] = {
    "fastapi.FastAPI": "fastapi",
    "fastapi.APIRouter": "fastapi",
    "fastapi.applications.FastAPI": "fastapi",
    "fastapi.routing.APIRouter": "fastapi",
    "starlette.applications.Starlette": "starlette",
    "starlette.routing.Router": "starlette",
    "flask.Flask": "flask",
    "flask.Blueprint": "flask",
    "flask.blueprints.Blueprint": "flask",
    "flask.app.Flask": "flask",
    "quart.Quart": "quart",
    "quart.Blueprint": "quart",
}


def router_framework(name: str) -> Framework | None:
    """The framework of a router or application class from outside, by its full name.

    Extensions name their classes after those that they derive from: `fastapi_users.APIRouter`.
    """
    root, _, last = name.rpartition(".")
    if name in _ROUTERS or not root:
        return _ROUTERS.get(name)
    package = root.partition(".")[0]
    if last.endswith(("APIRouter", "FastAPI")) and package != "ninja":
        return "fastapi"
    is_flask = package.startswith("flask") or package == "apiflask"
    return "flask" if is_flask and last.endswith(("Blueprint", "Flask", "OpenAPI")) else None


# ----------------------------------------------------------------------------- all of them

_CONTEXTS = (
    REQUESTS_SESSION,
    HTTPX_CLIENT,
    AIOHTTP_SESSION,
    REDIS_CLIENT,
    SQLITE,
    DBAPI,
    ASYNCPG,
    SQLALCHEMY_SESSION,
    SQLALCHEMY_MADE_SESSION,
    rf"(?:{SQLALCHEMY_ENGINE})\.connect\(\)",
    TASK_GROUP,
    _STDLIB_CONTEXT,
)
# Compiled when they are first asked for: few runs meet such an object, and it takes long.
_ENTERS_ITSELF = "|".join(f"(?:{each})" for each in _CONTEXTS)
_OTHERS = "|".join(f"(?:{each})" for each in (EVENT_LOOP, SQLALCHEMY_ENGINE, SQLALCHEMY_STATEMENT))


@lru_cache(maxsize=512)
def enters_itself(origin: str) -> bool:
    """True for what `with` (or `async with`) gives under its name as it is."""
    return re.fullmatch(_ENTERS_ITSELF, origin) is not None


@lru_cache(maxsize=512)
def is_known(origin: str) -> bool:
    """True for a logger, client, connection, router or loop: no descriptor, whatever holds it."""
    return (
        enters_itself(origin)
        or re.fullmatch(_OTHERS, origin) is not None
        or logger_kind(origin) is not None
        or (origin.endswith("()") and router_framework(origin.removesuffix("()")) is not None)
    )
