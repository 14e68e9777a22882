"""What waits for what among the edits of one file: told alike by a check and by every run."""

from __future__ import annotations

from order_codemods import (
    AroundFirst,
    AroundLast,
    Back,
    Breaking,
    Removing,
    RestingFirst,
    RestingLast,
    Whole,
    run,
)

from fixaudit.model.outcome import Changed, Held, LocatedFinding, Unchanged


def said(sites: list[LocatedFinding], codemod: str) -> list[str]:
    return [
        f"{site.finding.verdict}: {site.finding.reason}"
        for site in sites
        if site.finding.codemod == codemod
    ]


def held(told: object, codemod: str) -> list[Held | None]:
    assert isinstance(told, (Changed, Unchanged))
    return [site.held for site in told.sites if site.finding.codemod == codemod]


def test_how_a_site_is_held_is_data_and_goes_when_it_is_written() -> None:
    waits = run(b"f = max\ng = abs\n", Removing(), RestingLast(), write=False)
    assert held(waits, "resting-last") == [Held.WAITS]
    written = run(b"f = max\ng = abs\n", Removing(), RestingLast())
    assert held(written, "resting-last") == [None]
    assert held(written, "removing") == [None]
    for write in (True, False):
        taken_back = run(b"f = max\n", Removing(), Back(), write=write)
        assert held(taken_back, "removing") == [Held.TAKEN_BACK]
        unsound = run(b"abs(\n    1,  # why\n)\nabs(2)\n", Breaking(), write=write)
        assert held(unsound, "breaking") == [Held.UNSOUND, None]


def test_the_later_edit_waits_where_an_earlier_verdict_rests_on_it() -> None:
    text = "f = max\ng = abs\n"
    reason = "it waits for `resting-first` (XX100) in line 2: the verdict there rests on this"
    for write in (True, False):
        told = run(text.encode(), RestingFirst(), Removing(), write=write)
        assert isinstance(told, Unchanged)
        assert said(list(told.sites), "removing") == [f"review: {reason}"]
        assert said(list(told.sites), "resting-first") == ["leave: a witness speaks for it"]


def test_alone_nothing_waits() -> None:
    done = run(b"f = max\ng = abs\n", Removing())
    assert isinstance(done, Changed)
    assert said(list(done.sites), "removing") == ["fix: it goes"]
    assert done.after == b"f = min\ng = abs\n"


def test_the_later_verdict_waits_for_an_earlier_edit_and_both_are_written() -> None:
    body = b"f = max\ng = abs\n"
    told = run(body, Removing(), RestingLast(), write=False)
    assert isinstance(told, Unchanged)
    reason = "it waits for `removing` (XX500) in line 1: the edit there changes what is right here"
    assert said(list(told.sites), "resting-last") == [f"review: {reason}"]
    done = run(body, Removing(), RestingLast())
    assert isinstance(done, Changed)
    assert done.after == b"f = min\ng = any\n"
    assert said(list(done.sites), "resting-last") == ["fix: nobody speaks for it"]
    assert isinstance(run(done.after, Removing(), RestingLast()), Unchanged)


def test_edits_that_take_each_other_back_are_for_a_human() -> None:
    body = b"f = max\n"
    for write in (True, False):
        told = run(body, Removing(), Back(), write=write)
        assert isinstance(told, Unchanged)
        assert not told.problems
        assert said(list(told.sites), "removing") == [
            "review: its edit would be taken back by `back`"
        ]


def test_what_would_lose_a_comment_is_for_a_human_in_a_check_too() -> None:
    text = "abs(\n    1,  # why\n)\n"
    for write in (True, False):
        told = run(text.encode(), Breaking(), write=write)
        assert isinstance(told, Unchanged)
        assert not told.problems
        assert said(list(told.sites), "breaking") == [
            "review: its edit is not made: the comment '# why' would be lost"
        ]


def test_the_sound_edits_beside_an_unsound_one_are_made() -> None:
    text = "abs(\n    1,  # why\n)\nabs(2)\n"
    done = run(text.encode(), Breaking())
    assert isinstance(done, Changed)
    assert done.after == text.replace("abs(2)", "abs()").encode()
    assert not done.problems


def test_what_an_edit_around_swallows_waits_for_it() -> None:
    body = b"f = print(max)\n"
    for codemod in (AroundFirst(), AroundLast()):
        told = run(body, codemod, Removing(), write=False)
        done = run(body, codemod, Removing())
        assert isinstance(done, Changed)
        promised = [site for site in told.sites if site.finding.edits]  # type: ignore[union-attr]
        applied = {site.fingerprint for site in done.sites if site.applied}
        assert {site.fingerprint for site in promised} <= applied
        assert isinstance(run(done.after, codemod, Removing()), Unchanged)


def test_of_two_edits_of_one_place_the_codes_say_which_is_made() -> None:
    """`whole` stands first in the text and would be taken first; by its code it comes later."""
    body = b"f = (1, max)\n"
    done = run(body, Whole(), Removing())
    assert isinstance(done, Changed)
    assert done.after == b"f = (1, min)\n"
    told = run(body, Whole(), Removing(), write=False)
    assert isinstance(told, Unchanged)
    reason = "it waits for `removing` (XX500) in line 1, which changes this code"
    assert said(list(told.sites), "whole") == [f"review: {reason}"]
