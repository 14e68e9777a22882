"""Queues, tasks and locks of asyncio in an object that lives as long as its module: for a human.

`default_job_runner = JobRunner()` with an `asyncio.Queue` inside is one for each process. Behind a server
with two workers a job that one of them takes is unknown to the other, a scheduler runs twice, and a
restart loses what waits. And such an object belongs to the event loop that first waits on it: a second
loop (a thread, a second `asyncio.run`, a test) gets "is bound to a different event loop".

Looked for behind a web server are queues, what stands beside one in the same object, and tasks that come
back after a sleep; locks and events otherwise only where several loops are made around them.

The finding names the primitive, the module-level object that holds it, who uses that, and what shows that
several processes or loops may. It never edits: whether the work moves to a queue outside, to one process
of its own, or stays with one worker is a decision about the service.

It leaves alone: what a function or an object made for one run holds, locks and semaphores that guard what
the same process and loop hold, tasks that run once, projects in which nothing shows a server or a second loop, and tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, ReportMatch, Role, Source
from fixaudit.authoring import (
    KeptInstance,
    kept_instances,
    own_nodes,
    run_by,
    walk,
)
from fixaudit_codemods.concurrency._serving import loops, served

_QUEUES = frozenset({"Queue", "PriorityQueue", "LifoQueue"})
_GUARDS = frozenset({"Lock", "Event", "Condition", "Semaphore", "BoundedSemaphore", "Barrier"})
_TASKS = frozenset({"create_task", "ensure_future"})
_OUTSIDE = re.compile(
    r"(?:^|[._])(?:leases?|leader\w*|advisory|distributed)(?:[._]|$)", re.IGNORECASE
)
_SHOWN = 3
_QUEUE_GUIDANCE = (
    "Three ways: one process of its own for the work, with one worker at the server meanwhile (the least "
    "change, and the limit of one machine); a queue outside, such as arq, Celery, dramatiq or a Redis "
    "list, which survives a restart (a service more to run, and arguments that can be serialized); or a "
    "table of jobs that workers claim with `SELECT … FOR UPDATE SKIP LOCKED`. A file lock or "
    "`preload_app` does not join the queues."
)
_TASK_GUIDANCE = (
    "Three ways: run it in a process of its own (`python -m …`, one replica), not in the lifespan of the "
    "server; let all workers start it and one hold a lock outside (Redis `SET NX PX`, a PostgreSQL "
    "advisory lock), renewed while it runs; or let the platform call it (cron, a CronJob). It may stay where it serves only what its own process holds, such as its websockets. An "
    "`asyncio.Lock` does not keep other processes from running it."
)
_LOOP_GUIDANCE = (
    "Make it where the loop runs: in the lifespan or `main`, or at first use by one loop; or keep one for "
    "each loop (a dict by `asyncio.get_running_loop()`), where each loop may have its own limit. Since "
    "Python 3.10 it binds to the first loop that waits on it, not to the one that made it."
)
_GUARD_GUIDANCE = (
    "What it guards must be guarded where all processes see it: by a constraint or a transaction of the "
    "database, or a lock in Redis. It may stay for what only this process holds, such as a cache."
)


class ModuleLoopState(Codemod):
    name = "module-loop-state"
    code = "FA308"
    triggers = (b"asyncio",)
    visits = (ast.Call,)
    names = _QUEUES | _GUARDS | _TASKS
    tags = frozenset({"async"})
    report_match = ReportMatch(
        keywords=(
            (
                "asyncio",
                "global state|global",
                "multi-worker|multiple workers|workers|per-worker|process*",
            ),
            (
                "asyncio.queue",
                "per-worker|per process|per-process|worker*|process*|in-memory|memory",
            ),
            (
                "job queue|task queue|queue",
                "in-memory|in memory|per process|per-process|per-worker",
            ),
            ("scheduler", "every worker|each worker|several workers|multiple workers|duplicate*"),
            ("bound to a different event loop",),
            (
                "asyncio.lock|asyncio.semaphore|asyncio.event",
                "module level|module-level|import time|global",
            ),
            (
                "background jobs|background tasks",
                "multi-worker|multiple workers|each worker|every worker",
            ),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test runs in one process",
        Role.SCRIPT: "a script runs one loop in one process",
        Role.EXAMPLE: "an example runs one loop in one process",
        Role.NOTEBOOK: "a notebook runs one loop",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        kind = _kind(source, node)
        if kind is None:
            return
        holder = _holder(source, node)
        if holder is None:
            if kind not in _TASKS:
                yield self.leave(source, node, "it is made for one run, where its loop runs")
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
            return
        where, instances = holder
        if where and not instances:
            if kind not in _TASKS:
                yield self.leave(source, node, f"no module keeps a `{where}`, as far as is seen")
            return
        yield self._kept(source, node, kind, where, instances)

    def _kept(
        self,
        source: Source,
        node: ast.Call,
        kind: str,
        cls: str,
        instances: tuple[KeptInstance, ...],
    ) -> Finding:
        behind, made = served(source), _loops_around(source, instances)
        name = _name(source, node)
        if cls:
            first = instances[0]
            kept = f"`{first.name}` ({source.shown(first.path)}:{first.line}) keeps `{name}`"
            proof: list[Evidence] = [each.proof(source) for each in instances[:_SHOWN]]
        else:
            kept, proof = f"the module keeps `{name}`", [source.proof(node, "it is made at import")]
        if behind is not None and _is_work(source, node, kind):
            what, guidance = _told(kind)
            users = _users(source, instances[0] if instances else None, name)
            alone = _lets_one_work(source, node) if kind in _TASKS else ""
            reason = f"{kept}, {what}: {behind.text}, each with its own{users}{alone}"
            return self.review(source, node, reason, guidance, because=[*proof, behind])
        if made and kind in _GUARDS and isinstance(source.function(node), ast.AsyncFunctionDef):
            reason = f"{kept}, which a coroutine makes anew in the loop that runs it"
            return self.leave(source, node, reason)
        if made and kind not in _TASKS:
            places = ", ".join(f"{each.path}:{each.line}" for each in made[:_SHOWN])
            reason = f"{kept}, which belongs to the first loop that waits on it: several are made ({places})"
            return self.review(
                source, node, reason, _LOOP_GUIDANCE, because=[*proof, *made[:_SHOWN]]
            )
        if kind in _GUARDS or behind is not None:
            wakes = ": who sets it wakes this process only" if kind == "Event" else ""
            return self.leave(
                source, node, f"{kept}, for what its own process and loop hold{wakes}"
            )
        return self.leave(source, node, f"{kept}, in one process with one loop as far as is seen")


def _is_work(source: Source, node: ast.Call, kind: str) -> bool:
    """True for a queue, for what stands beside one in the same object, and for a task that comes back."""
    if kind in _QUEUES:
        return True
    around = next((each for each in source.ancestors(node) if isinstance(each, ast.ClassDef)), None)
    if kind in _GUARDS:
        return around is not None and any(
            isinstance(each, ast.Call) and _kind(source, each) in _QUEUES for each in walk(around)
        )
    return any(
        isinstance(each, (ast.While, ast.AsyncFor)) and _sleeps(each)
        for function in run_by(source, walk(node))
        for each in own_nodes(function.node)
    )


def _lets_one_work(source: Source, node: ast.Call) -> str:
    """What the class of a task calls that is named like a lock outside of its process, in words."""
    around = next((each for each in source.ancestors(node) if isinstance(each, ast.ClassDef)), None)
    for each in walk(around) if around is not None else ():
        if isinstance(each, ast.Call) and _OUTSIDE.search(ast.unparse(each.func)):
            text = f"`{ast.unparse(each.func)}` (line {each.lineno})"
            return f"; {text} may let one of them work, by its name"
    return ""


def _sleeps(loop: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Call) and ast.unparse(each.func).endswith(("sleep", "wait_for"))
        for each in walk(loop)
    )


def _loops_around(source: Source, instances: tuple[KeptInstance, ...]) -> tuple[Evidence, ...]:
    """The places that make event loops, where one of several stands in a file that uses the object;
    those of such files first."""
    made = loops(source)
    if len(made) < 2:
        return ()
    project = source.project
    own = project.facts_of_source(source).path
    using = {source.shown(own)}
    for path, name in [(own, ""), *((each.path, each.name) for each in instances)]:
        module = (project.module_name(path) or path.stem).rpartition(".")[2]
        using |= {source.shown(each.path) for each in project.users(name or module, (module,))}
    near = [each for each in made if each.path in using]
    return (*near, *(each for each in made if each not in near)) if near else ()


def _told(kind: str) -> tuple[str, str]:
    if kind in _QUEUES:
        return f"an `asyncio.{kind}`, whose items are lost with its process", _QUEUE_GUIDANCE
    if kind in _TASKS:
        return "a task that each process starts", _TASK_GUIDANCE
    return f"an `asyncio.{kind}`, which other processes do not see", _GUARD_GUIDANCE


def _kind(source: Source, node: ast.Call) -> str | None:
    """`Queue` for `asyncio.Queue(…)`; None for what is no primitive of asyncio."""
    name = source.qualified_name(node.func) or ""
    root, _, last = name.rpartition(".")
    known = root == "asyncio" or root.startswith("asyncio.")
    return last if known and last in (_QUEUES | _GUARDS | _TASKS) else None


def _holder(source: Source, node: ast.Call) -> tuple[str, tuple[KeptInstance, ...]] | None:
    """The class whose attribute keeps it, with the instances that modules keep; an empty name for a
    variable of the module; None for what is kept nowhere."""
    statement = source.statement(node)
    target = _target(statement)
    if target is None:
        return None
    function, cls = source.function(node), source.class_of(node)
    if isinstance(target, ast.Name):
        if function is None and cls is None:
            return "", ()
        return (cls.name, ()) if cls is not None and function is None else None
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        around = cls or next(
            (each for each in source.ancestors(node) if isinstance(each, ast.ClassDef)), None
        )
        if around is not None and target.value.id in ("self", "cls"):
            return around.name, kept_instances(source, around)
    return None


def _target(statement: ast.stmt) -> ast.expr | None:
    match statement:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return target
    return None


def _name(source: Source, node: ast.Call) -> str:
    target = _target(source.statement(node))
    return ast.unparse(target) if target is not None else "it"


def _users(source: Source, instance: KeptInstance | None, name: str) -> str:
    """The first places that use the object, in words."""
    shown = instance.name if instance is not None else name
    path = instance.path if instance is not None else source.project.facts_of_source(source).path
    module = source.project.module_name(path) or path.stem
    lines = [
        f"{source.shown(each.path)}:{each.line}"
        for each in source.project.users(shown, (module.rpartition(".")[2],))
        if each.path != path and not each.text.startswith(("from ", "import "))
    ]
    if not lines:
        return ""
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"; used at {', '.join(lines[:_SHOWN])}{more}"
