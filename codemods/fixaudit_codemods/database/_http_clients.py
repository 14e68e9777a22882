"""The HTTP clients that hold connections, by the libraries' own references."""

from __future__ import annotations

HTTP_CLIENTS = frozenset(
    {
        "aiohttp.ClientSession",
        "aiohttp.client.ClientSession",
        "httpx.AsyncClient",
        "httpx.Client",
        "requests.Session",
        "requests.session",
        "requests.sessions.Session",
    }
)
HTTP_NAMES = frozenset(name.rpartition(".")[2] for name in HTTP_CLIENTS)
REQUESTS = frozenset(
    {
        "delete",
        "get",
        "head",
        "options",
        "patch",
        "post",
        "put",
        "request",
        "send",
        "stream",
        "ws_connect",
    }
)
