"""Calls in any layout: what an edit of an argument changes, and that nothing else does."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from itertools import count, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fixaudit import Edit, Source
from fixaudit.edits import calls
from fixaudit.edits.compose import apply_edits
from fixaudit.text.comments import comment_texts

VALUES = ("a", "(b)", "( # {}\n  c)", "[1,\n 2]", "'#,'", "g(x, y=(1,))", "lambda: (0, 1)", "(w := 1)", '"""t,\n  u"""', "{**d}", "f'{h(1, 2)}'", "ü")  # fmt: skip
OPENINGS = ("", " ", "\n    ", "  # {}\n    ", "\n    # {}\n    ", "\\\n  ")
COMMAS = (", ", ",", ",\n    ", " ,\n\t", ",  # {}\n    ", ",\n    # {}\n    ", ",\n\n    ", "\n    , ", "  # {}\n    , ", ", \\\n    ", ",  # {}\n    # {}\n    ")  # fmt: skip
TAILS = (
    "",
    " ",
    "\n",
    ",",
    ", ",
    ",\n",
    ",  # {}\n",
    "  # {}\n",
    ",\n    # {}\n",
    "\n    # {}\n  ",
)
BEFORE, BEHIND = "before = 'ü, (#'; x = ", "; after = (1,)  # end, of it\n"
PROFILE = settings(derandomize=True, database=None, deadline=None, max_examples=150)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A module with one call whose callee is `call`, each comment with another text."""
    value = st.sampled_from(VALUES)
    given_ = [draw(value) for _ in range(draw(st.integers(0, 3)))]
    given_ += [f"*{draw(value)}" for _ in range(draw(st.integers(0, 1)))]
    given_ += [f"k{index}={draw(value)}" for index in range(draw(st.integers(0, 3)))]
    given_ += [f"**{draw(value)}" for _ in range(draw(st.integers(0, 1)))]
    text = draw(st.sampled_from(OPENINGS)) if given_ else draw(st.sampled_from(("", " ", "\n", "\n  # {}\n")))  # fmt: skip
    for index, argument in enumerate(given_):
        text += (draw(st.sampled_from(COMMAS)) if index else "") + argument
    text += draw(st.sampled_from(TAILS)) if given_ else ""
    numbers = count()
    while "# {}" in text:
        text = text.replace("# {}", f"# c{next(numbers)}, it says", 1)
    module = f"{BEFORE}call({text}){BEHIND}"
    return module.replace("\n", draw(st.sampled_from(("\n", "\r\n", "\r"))))


def _call(source: Source) -> ast.Call:
    return next(call for call in source.nodes(ast.Call) if ast.unparse(call.func) == "call")


def _after(source: Source, edits: tuple[Edit, ...]) -> Source:
    """The changed source: the edits are disjoint, and nothing outside of the call changes."""
    whole = source.span(_call(source))
    spans = sorted(edit.span for edit in edits)
    assert all(whole.start <= span.start and span.end < whole.end for span in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    body = apply_edits(source.body, edits)
    assert body.startswith(source.body[: whole.start])
    assert body.endswith(source.body[whole.end :])
    return Source("after.py", body)


@PROFILE
@given(texts(), st.integers(0, 9), st.sampled_from(("refuse", "keep", "drop")))
def test_what_is_dropped_is_one_argument(text: str, pick: int, notes: calls.Notes) -> None:
    source = Source("a.py", text.encode())
    call = _call(source)
    given_: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if not given_:
        return
    gone = given_[pick % len(given_)]
    edits = calls.drop_arguments(source, call, gone, comments=notes)
    if isinstance(edits, calls.Refusal):
        assert edits.comment
        assert "# c" in source.segment(call)
        return
    after = _after(source, edits)
    expected = copy.deepcopy(call)
    index = given_.index(gone)
    if index < len(call.args):
        del expected.args[index]
    else:
        del expected.keywords[index - len(call.args)]
    assert ast.dump(_call(after)) == ast.dump(expected)
    lost = Counter(comment_texts(source.text)) - Counter(comment_texts(after.text))
    if notes == "drop":
        allowed = "".join(source.slice(edit.span) for edit in edits if edit.drops_comments)
        assert all(comment in allowed for comment in lost)
    else:
        assert not lost


@PROFILE
@given(texts(), st.booleans(), st.booleans())
def test_what_is_added_is_one_argument(text: str, positional: bool, beside: bool) -> None:
    source = Source("a.py", text.encode())
    call = _call(source)
    expected = copy.deepcopy(call)
    if positional:
        edits = calls.add_positional(source, call, "new", beside=beside)
        expected.args.insert(0, ast.Name("new", ast.Load()))
    else:
        edits = calls.add_keywords(source, call, "new=1", beside=beside, hidden="neither")
        expected.keywords.append(ast.keyword("new", ast.Constant(1)))
    assert not isinstance(edits, calls.Refusal)
    after = _after(source, edits)
    assert ast.dump(_call(after)) == ast.dump(expected)
    assert Counter(comment_texts(after.text)) == Counter(comment_texts(source.text))
    # What was added can be taken out again, with its comma.
    added = _call(after).args[0] if positional else _call(after).keywords[-1]
    back = calls.drop_arguments(after, _call(after), added, comments="keep")
    if not isinstance(back, calls.Refusal):
        assert ast.dump(_call(_after(after, back))) == ast.dump(call)


@PROFILE
@given(texts(), st.integers(0, 9))
def test_a_value_that_is_replaced_twice_changes_once(text: str, pick: int) -> None:
    source = Source("a.py", text.encode())
    call = _call(source)
    if not call.keywords:
        return
    place = pick % len(call.keywords)
    edits = calls.replace_argument(source, call, call.keywords[place], "(0, 1)")
    assert not isinstance(edits, calls.Refusal)
    after = _after(source, edits)
    expected = copy.deepcopy(call)
    expected.keywords[place].value = ast.parse("(0, 1)", mode="eval").body
    assert ast.dump(_call(after)) == ast.dump(expected)
    again = calls.replace_argument(after, _call(after), _call(after).keywords[place], "(0, 1)")
    assert again == ()
