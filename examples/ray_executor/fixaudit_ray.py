"""Tasks of fixaudit on Ray: `--executor ray` on this machine, `ray://HOST:10001` on a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ray
from fixaudit.executors.attempts import Attempts
from fixaudit.executors.running import Answer, run_task
from fixaudit.model.task import ExecutorError, Result, Task


@ray.remote(num_cpus=1, max_retries=0)
def run(task: Task) -> Answer:
    return run_task(task)


class RayExecutor:
    """One task a processor of the cluster at a time; who loses its process is `Attempts`' matter."""

    def __init__(self, address: str | None, jobs: int | None) -> None:
        try:
            if address is None:
                ray.init(num_cpus=jobs, include_dashboard=False, log_to_driver=False)
            else:
                ray.init(address, log_to_driver=False)
        except Exception as error:
            said = str(error).partition("\n")[0]
            raise ExecutorError(f"{address or 'ray'}: no Ray answers: {said}") from error
        self.width = max(1, int(ray.cluster_resources().get("CPU", 1)))

    def map(self, tasks: Iterable[Task]) -> Iterator[Result]:
        attempts, running = Attempts(tasks), {}
        try:
            while True:
                while len(running) < self.width and (tried := attempts.next()) is not None:
                    running[run.remote(tried.task)] = tried
                if not running:
                    return
                (done,), _ = ray.wait(list(running))
                tried = running.pop(done)
                try:
                    answer = ray.get(done)
                except (ray.exceptions.WorkerCrashedError, ray.exceptions.NodeDiedError):
                    yield from attempts.lost(tried, "ray")
                else:
                    yield from attempts.done(tried, answer.taken(), answer.seconds, answer.worker)
        finally:
            for left in running:
                ray.cancel(left, force=True)

    def close(self) -> None:
        ray.shutdown()


def open_ray(name: str, *, jobs: int | None, insecure: bool) -> RayExecutor:
    """What the entry point names. Ray's ports are open to whoever reaches them: keep them inside."""
    return RayExecutor(None if name == "ray" else name, jobs)
