"""What a shared session saves, counted at a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.database.session_per_call.codemod import Options, SessionPerCall

MODULE = """\
import httpx

BASE = "http://{host}"
SHARED = httpx.Client(trust_env=False)


def ask(number):
    with httpx.Client() as client:
        return client.get(f"{{BASE}}/{{number}}").text
"""


class Server(ThreadingHTTPServer):
    """Counts the connections that it takes."""

    daemon_threads = True
    connections = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.path.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Server(("127.0.0.1", 0), Handler) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_three_calls_share_one_connection(server: Server) -> None:
    text = MODULE.format(host=f"127.0.0.1:{server.server_port}")
    plan = Plan([SessionPerCall(Options(client="httpx", factory="SHARED"))], unsafe=True)
    outcome = process(Source("pkg/ask.py", text.encode()), plan)
    assert isinstance(outcome, Changed)
    assert _answers(text.encode()) == _answers(outcome.after) == ["/1", "/2", "/3"]
    assert server.connections == 3 + 1


def _answers(text: bytes) -> list[str]:
    names: dict[str, Any] = {"__name__": "pkg.ask"}
    exec(compile(text, "pkg/ask.py", "exec", dont_inherit=True), names)
    with names["SHARED"]:
        return [names["ask"](number) for number in (1, 2, 3)]
