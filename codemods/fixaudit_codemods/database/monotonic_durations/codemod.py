"""A duration that is measured with `time.time()` is measured with `time.monotonic()`.

`time.time()` is the time of the day: an administrator, NTP or a virtual machine that wakes up sets it
forward or back. A difference of two readings is then wrong, or negative; a loop that waits until
`time.time() > deadline` ends too early, or hours late. `time.monotonic()` never goes back. What it
counts from means nothing, so it is only right where each reading meets readings of the same clock:
the codemod follows them, and rewrites all that meet together. Readings in private attributes of a
class are rewritten with `--unsafe`, as on some systems the time in which the machine sleeps no longer
counts, and a subclass outside may read them.

It leaves alone: a time that is stored, returned, logged, given to a call or compared with another source's (a file's
age, an expiry date); tests. For a human are durations whose start is also used as a date, is a public attribute or one
of another object, or begins with 0 for "long ago", which soon after a start of the machine is not long ago for the
monotonic clock; and code whose tests replace `time.time`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, NeededName, ReportMatch, Role, Source
from fixaudit.authoring import callee_renamed, clock_moving_test, is_in_default, replacing_test
from fixaudit_codemods.database.monotonic_durations._flow import Group, groups_of

GUIDANCE = (
    "Take two readings at the start: `time.time()` for what is shown or stored, `time.monotonic()` for "
    "the duration. Where nothing shows or stores it, change all readings that meet to "
    "`time.monotonic()` at once: a value of one clock minus one of the other means nothing. Values that "
    "outlive the process (database, file, cache) must stay `time.time()`."
)
ZERO = (
    "Start with None (or `-math.inf`) instead of 0 and test for it; then change all readings to "
    "`time.monotonic()` at once. With 0, the first check fails until the machine is up for that long."
)
TESTS = (
    "Change the test together with the code: let it replace `time.monotonic`, or give the class its "
    "clock as a parameter (`clock=time.monotonic`)."
)


class MonotonicDurations(Codemod):
    name = "monotonic-durations"
    code = "FA511"
    triggers = (b"time.time", b"from time import")
    visits = (ast.Call,)
    names = frozenset({"time"})
    default = True  # a clock that is set makes a timeout wait for hours and a duration negative
    tags = frozenset({"datetime"})
    report_match = ReportMatch(
        keywords=(
            ("time.monotonic|monotonic",),
            ("time.time()", "duration*|elapsed|timeout*|interval*|latency|measure*|recovery*|deadline*"),
            ("time.time()", "clock|drift|ntp|adjust*|backward*|race"),
            ("time-based race condition",),
            ("wall clock|wall-clock", "duration*|elapsed|timeout*|interval*|measure*|latency"),
            ("system clock|clock skew|clock change*|clock adjust*", "duration*|elapsed|timeout*|negative"),
            ("perf_counter",),
            ("systemuhr|wanduhr", "dauer|zeitmessung|timeout*"),
            ("horloge", "durée|délai*|monotone"),
            ("reloj", "duración|monótono|monotónico"),
        ),
    )  # fmt: skip
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test says which clock it wants",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        group = groups_of(source).get(node)
        if group is None or group.calls[0] is not node:
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        elif is_in_default(source, node):
            reason = "a default is evaluated once, when the function is made, not at each call"
            yield self.review(source, node, reason, "Use None, and read the clock inside.")
        elif group.against and not group.meets:
            yield self.leave(source, node, group.against[0])
        elif group.against:
            first = group.against[0]
            place = "" if first.path == source.path else f" ({first.path}:{first.line})"
            reason = f"a duration is measured with the time of the day, and {first.text}{place}"
            yield self.review(source, node, reason, GUIDANCE, because=first)
        elif group.meets:
            yield self._duration(source, node, group)
        else:
            yield self.leave(source, node, "nothing is measured with it")

    def _duration(self, source: Source, node: ast.Call, group: Group) -> Finding:
        if group.zeros:
            zero = group.zeros[0]
            reason = f"0 stands for long ago (line {zero.lineno}): the monotonic clock may itself be near 0"
            return self.review(source, node, reason, ZERO)
        test = replacing_test(source, "time.time") or clock_moving_test(source)
        if test is not None:
            return self.review(source, node, f"{test} puts a clock of its own in its place", TESTS)
        edits: list[Edit] = []
        needed: dict[NeededName, None] = {}
        for call in group.calls:
            changed = callee_renamed(source, call.func, "time", "monotonic")
            if changed is None:
                reason = f"`time` or `monotonic` means something else on line {call.lineno}"
                return self.review(source, node, reason, GUIDANCE)
            edits.append(changed.edit)
            needed.update(dict.fromkeys(changed.needed_names))
        reason = f"only differences of these readings are used{_together(group)}"
        # One finding has the edits of all readings: in part, one clock would meet the other.
        together = (source.place(node),) if len(edits) > 1 else ()
        if not group.attributes:
            found = self.fix(source, node, reason, edits, needed)
            return replace(found, together=together)
        kept = ", ".join(f"`{name}`" for name in dict.fromkeys(group.attributes))
        reason += f"; {kept} is kept, and the time in which the machine sleeps may no longer count"
        found = self.unsafe(source, node, reason, edits, needed)
        return replace(found, together=together)


def _together(group: Group) -> str:
    """The lines of a group's other readings, as the end of a reason."""
    lines = sorted({call.lineno for call in group.calls} - {group.calls[0].lineno})
    told = f"line{'s' * (len(lines) > 1)} {', '.join(map(str, lines))}"
    return f" (together with {told})" if lines else ""
