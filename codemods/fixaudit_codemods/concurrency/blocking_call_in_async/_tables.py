"""What holds up an event loop, by the documentation of the libraries."""

from __future__ import annotations

# They sleep for their `interval`, where they get one.
CPU_METERS = frozenset({"psutil.cpu_percent", "psutil.cpu_times_percent"})
VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
# What runs a query of peewee, by its documentation of `Model` and `BaseQuery`.
QUERIES = frozenset(
    {"execute", "first", "get", "get_or_none", "get_or_create", "get_by_id", "count", "exists"}
    | {"scalar", "create", "bulk_create", "bulk_update", "delete_by_id", "set_by_id"}
)
READING = frozenset({"list", "tuple", "set", "sorted", "len"})
SLEEP = "time.sleep"
BLOCKING = frozenset(
    {SLEEP, "os.system", "os.waitpid", "os.wait", "urllib.request.urlopen", "urllib.request.urlretrieve"}
    | {f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "getoutput")}
    | {"subprocess.getstatusoutput"}
    | {f"requests.{verb}" for verb in VERBS}
    | {f"requests.api.{verb}" for verb in VERBS}
    | {f"httpx.{verb}" for verb in VERBS}
    | {f"shutil.{name}" for name in ("rmtree", "copytree", "copy", "copy2", "copyfile", "move")}
    | {"shutil.make_archive", "shutil.unpack_archive"}
    | {f"litellm.{name}" for name in ("completion", "text_completion", "embedding")}
    | {f"litellm.{name}" for name in ("image_generation", "transcription", "speech")}
    | CPU_METERS
    | {f"socket.{name}" for name in ("gethostbyname", "getaddrinfo", "create_connection")}
)  # fmt: skip
LAST_NAMES = frozenset(name.rpartition(".")[2] for name in BLOCKING)
