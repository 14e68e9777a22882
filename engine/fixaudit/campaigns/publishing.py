"""Publish the batches that may be published: push each one's commit, and open its request for review.

Each step is saved before the next one, so that a run that is killed and started again opens nothing
twice. Where it was killed while the host's command ran, nobody here knows whether that did its work:
the `status-command` is asked. Without one the batch is not opened again, and it is said; hosts
themselves refuse a second request for a branch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.body import body, title
from fixaudit.campaigns.branches import DivergedError, branch_of
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.host_command import Host, HostError, HostValues
from fixaudit.campaigns.publish_report import PublishReport
from fixaudit.campaigns.pushing import PushError, Remote
from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.schedule import Schedule, Wait
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.state import BatchState
from fixaudit.files.git_repository import Repository

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_DOUBT = (
    "it may be open already: the host's command was begun and its end is not known; look at the"
    " host, then `fixaudit campaign retry {campaign} --batch {batch}`"
)


def publish(
    repository: Repository,
    settings: CampaignSettings,
    plan: CampaignPlan,
    states: Iterable[BatchState],
    reports: Mapping[str, BatchReport],
    *,
    now: Callable[[], datetime],
    save: Callable[[BatchState], None],
    mask: Callable[[str], str] = str,
) -> PublishReport:
    """Publish verified batches in the order of the plan, as far as caps, rate and window allow.

    The campaign's `title` and `why` are what reviewers read: where its file says nothing, the caller
    fills in its codemods' words. `states` are those of all batches, `reports` those of the batches by name. `save` keeps a state,
    and is called after every step. `now` gives aware times. `mask` takes what is secret out of logs.
    One batch that fails backs off (`failures`, `retry_at`), and the others go on. Raises CampaignError
    before anything is published: a wrong `[publish]`, a program or a remote that is not there.
    """
    try:
        schedule = Schedule.of(settings.publish)
    except ValueError as error:
        raise CampaignError(f"{settings.path.name}: publish: {error}") from error
    host = Host(settings.publish, repository.top, mask)
    host.check()
    remote = Remote(repository, settings, plan.base, mask)
    run = _Run(
        *(settings, plan, reports, schedule, host, remote, now, save, mask),
        states={state.name: state for state in states},
    )
    run.publish(repository)
    return run.report()


@dataclass(slots=True)
class _Run:
    settings: CampaignSettings
    plan: CampaignPlan
    reports: Mapping[str, BatchReport]
    schedule: Schedule
    host: Host
    remote: Remote
    now: Callable[[], datetime]
    save: Callable[[BatchState], None]
    mask: Callable[[str], str]
    states: dict[str, BatchState]
    done: dict[str, list[str]] = field(default_factory=dict)
    told: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    times: list[datetime] = field(default_factory=list)

    def publish(self, repository: Repository) -> None:
        batches = [batch for batch in self.plan.batches if self._is_due(batch)]
        branches = {
            batch.name: branch_of(repository, self.settings, batch.name) for batch in batches
        }
        tips = self.remote.tips(list(branches.values()))
        for batch in batches:
            branch = branches[batch.name]
            state = self.states[batch.name]
            if state.branch != branch:
                self.states[batch.name] = replace(state, branch=branch)
            self._one(batch, branch, tips.get(branch))
        for state in tuple(self.states.values()):
            self._make_ready(state)

    def report(self) -> PublishReport:
        done = {key: tuple(names) for key, names in self.done.items()}
        told = {key: tuple(rows) for key, rows in self.told.items()}
        first = min(self.times, default=None)
        return PublishReport(
            tuple(self.states.values()),
            opened=done.get("opened", ()),
            pushed=done.get("pushed", ()),
            same=done.get("same", ()),
            ready=done.get("ready", ()),
            waiting=done.get("waiting", ()),
            next=None if first is None else self.schedule.local(first),
            failed=told.get("failed", ()),
            diverged=told.get("diverged", ()),
            skipped=told.get("skipped", ()),
        )

    def _is_due(self, batch: Batch) -> bool:
        state = self.states.get(batch.name)
        return state is not None and state.status in ("verified", "unverified")

    def _one(self, batch: Batch, branch: str, tip: str | None) -> None:
        state = self.states[batch.name]
        if self._must_wait(state):
            return
        if state.opened is None and (wrong := self._no_report(state)) is not None:
            self._tell("skipped", state.name, wrong)
            return
        if state.opened is not None and tip is None and state.pushed is not None:
            self._tell("skipped", state.name, "its branch is gone at the remote: sync tells why")
            return
        try:
            pushed = self.remote.bring(branch, state, tip)
        except DivergedError as error:
            self._keep(state, status="diverged", reason=str(error))
            self._tell("diverged", state.name, str(error))
            return
        except PushError as error:
            self._back_off(state, str(error))
            return
        state = self._keep(state, pushed=pushed or tip)
        if state.opened is None and self.settings.publish.command:
            self._open(batch, state, was_there=tip is not None)
            return
        self._note("pushed" if pushed or state.opened is None else "same", state.name)
        at = state.opened or self._time()
        self._keep(state, status="published", opened=at, failures=0, retry_at=None, reason=None)

    def _must_wait(self, state: BatchState) -> bool:
        now = self.now()
        if state.retry_at is not None and now < (at := datetime.fromisoformat(state.retry_at)):
            self._note("waiting", state.name)
            self.times.append(at)
            return True
        if state.opened is not None:
            return False
        others = [other for other in self.states.values() if other.name != state.name]
        allowed = self.schedule.may_open(now, others, state.owners)
        if isinstance(allowed, Wait):
            self._note("waiting", state.name)
            self.times += [] if allowed.until is None else [allowed.until]
        return isinstance(allowed, Wait)

    def _no_report(self, state: BatchState) -> str | None:
        report = self.reports.get(state.name)
        if report is not None and report.digest == state.digest:
            return None
        kind = "there is no report of it here" if report is None else "its report is an older one"
        return f"{kind}: `fixaudit campaign run {self.settings.name} --batch {state.name}`"

    def _open(self, batch: Batch, state: BatchState, *, was_there: bool) -> None:
        values = self._values(batch, state)
        in_doubt = state.opening is not None or state.failures > 0 or was_there
        if in_doubt and self.settings.publish.status_command:
            if self._is_open_already(state, values):
                return
        elif state.opening is not None:
            said = _DOUBT.format(campaign=self.settings.name, batch=state.name)
            self._keep(state, reason=said)
            self._tell("skipped", state.name, said)
            return
        state = self._keep(state, opening=self._time())
        try:
            url = self.host.open(values)
        except HostError as error:
            kept = state.opening if error.in_doubt else None
            self._back_off(replace(state, opening=kept), str(error))
            return
        self._opened(state, url, None if url else "the host's command printed no URL")

    def _is_open_already(self, state: BatchState, values: HostValues) -> bool:
        """Whether it is not to be opened: there is a request, or that cannot be told now."""
        found = self.host.status(values)
        if found.state == "none":
            return False
        if found.state == "unknown":
            self._back_off(state, f"it may be open already: {found.reason}")
        elif found.state == "closed":
            self._keep(
                state, status="closed", url=found.url, opening=None, reason="closed at the host"
            )
            self._tell("skipped", state.name, "its request is closed at the host")
        else:
            self._opened(replace(state, checks=found.checks), found.url, None)
        return True

    def _opened(self, state: BatchState, url: str | None, reason: str | None) -> None:
        self._keep(
            state,
            status="published",
            url=url,
            draft=self.settings.publish.draft,
            opened=self._time(),
            opening=None,
            failures=0,
            retry_at=None,
            reason=reason,
        )
        self._note("opened", state.name)

    def _make_ready(self, state: BatchState) -> None:
        """A draft whose checks were green when the host was last asked is made ready."""
        green = state.status == "published" and state.draft and state.checks == "green"
        if not green or not self.settings.publish.ready_command:
            return
        now = self.now()
        if state.retry_at is not None and now < datetime.fromisoformat(state.retry_at):
            return
        try:
            self.host.ready(self._names(state))
        except HostError as error:
            self._back_off(state, str(error))
            return
        self._keep(state, draft=False, failures=0, retry_at=None, reason=None)
        self._note("ready", state.name)

    def _names(self, state: BatchState) -> HostValues:
        publish, name = self.settings.publish, self.settings.name
        branch = state.branch or self.settings.branch(state.name)
        values = HostValues(branch, publish.base, state.name, name, self.remote.name)
        return replace(values, labels=publish.labels, owners=state.owners)

    def _values(self, batch: Batch, state: BatchState) -> HostValues:
        report = self.reports[state.name]
        text = body(self.settings, self.plan, batch, report, mask=self.mask)
        return replace(
            self._names(state),
            title=title(self.settings, batch, report),
            body=text,
            owners=batch.owners,
        )

    def _back_off(self, state: BatchState, reason: str) -> None:
        failures = state.failures + 1
        retry = self.now() + min(_FIRST_WAIT * 2 ** min(failures - 1, 20), _LONGEST_WAIT)
        at = retry.astimezone(UTC).isoformat()
        self._keep(state, failures=failures, retry_at=at, reason=reason)
        again = self.schedule.local(retry).strftime("%Y-%m-%d %H:%M %Z")
        self._tell("failed", state.name, f"{reason}; again from {again} on")

    def _time(self) -> str:
        return self.now().astimezone(UTC).isoformat()

    def _keep(self, state: BatchState, **changes: object) -> BatchState:
        kept = replace(state, **changes)  # type: ignore[arg-type]
        self.states[state.name] = kept
        self.save(kept)
        return kept

    def _note(self, kind: str, name: str) -> None:
        self.done.setdefault(kind, []).append(name)

    def _tell(self, kind: str, name: str, why: str) -> None:
        self.told.setdefault(kind, []).append((name, why))
