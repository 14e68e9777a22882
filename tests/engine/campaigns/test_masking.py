"""The end of a log without what must not leave the machine: the environment, secrets, own patterns."""

from __future__ import annotations

import pytest

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.masking import log_tail, masked

TOKEN = "a1B2" * 9


def test_values_of_the_environment_are_shown_by_their_names() -> None:
    environment = {
        "DB_HOST": "db.acme.internal",
        "DB_URL": "postgres://db.acme.internal/pay",
        "SHORT": "abc",
        "EMPTY": "",
        "BLANK": "        ",
        "HOME": "/home/ada",
    }
    text = "postgres://db.acme.internal/pay at db.acme.internal abc        in /home/ada/work"
    assert masked(text, environment) == "$DB_URL at $DB_HOST abc        in $HOME/work"


def test_a_short_home_is_masked_where_it_is_a_path() -> None:
    assert masked("/u/al/x /u/alfs /var/u/al", {"HOME": "/u/al"}) == "$HOME/x /u/alfs /var/u/al"


def test_equal_values_have_one_name_and_overlapping_ones_both_go() -> None:
    assert masked("=value-1=", {"B": "value-1", "A": "value-1"}) == "=$A="
    assert masked("abcdefghijkl", {"ONE": "abcdefgh", "TWO": "efghijkl"}) == "***"


@pytest.mark.parametrize(
    ("value", "text", "wanted"),
    [
        ("pass&word=1", "https://x/?q=pass%26word%3D1", "https://x/?q=$NAME"),
        ("first line\nsecond line", "only second line here", "only $NAME here"),
        ("tab\tin it", r"E  'tab\tin it'", "E  '$NAME'"),
        ("/opt/one/bin:/opt/two/bin", "in /opt/two/bin/tool", "in $NAME/tool"),
    ],
)
def test_a_value_is_known_in_other_forms(value: str, text: str, wanted: str) -> None:
    assert masked(text, {"NAME": value}) == wanted


@pytest.mark.parametrize(
    "secret",
    [
        f"ghp_{TOKEN}",
        f"github_pat_{TOKEN}",
        f"glpat-{TOKEN}",
        f"gldt-{TOKEN}",
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "xoxb-1234567890-abcdefghij",
        "xapp-1-A0-1234567890",
        f"AIza{TOKEN[:35]}",
        "ya29.a0AfH6SMBexample",
        f"sk-proj-{TOKEN}",
        f"sk_live_{TOKEN}",
        f"npm_{TOKEN}",
        f"pypi-{TOKEN}",
        f"eyJhbGciOiJI.eyJzdWIiOiIx.{TOKEN}",
        f"-----BEGIN RSA PRIVATE KEY-----\n{TOKEN}\n{TOKEN}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{TOKEN}\nand no end",
    ],
)
def test_what_looks_like_a_secret_is_hidden(secret: str) -> None:
    assert masked(f"E   got <{secret}", {}) == "E   got <***"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("header: Bearer abc.def-123", "header: Bearer ***"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: ***"),
        ("password=hunter2&x=1", "password=***&x=1"),
        ('{"db_password": "hunter 2", "n": 1}', '{"db_password": ***, "n": 1}'),
        ("AWS_SECRET_ACCESS_KEY=wJalr/X", "AWS_SECRET_ACCESS_KEY=***"),
        ("api-key: 12", "api-key: ***"),
        ("https://ada:hunter2@example.org/x", "https://***@example.org/x"),
        ("git clone https://token@example.org", "git clone https://***@example.org"),
        ("assert tokens == 3", "assert tokens == 3"),
        ("tokenizer = Tokenizer()", "tokenizer = Tokenizer()"),
    ],
)
def test_what_is_named_a_secret_is_hidden(text: str, wanted: str) -> None:
    assert masked(text, {}) == wanted


def test_a_key_whose_begin_is_cut_off_is_hidden() -> None:
    text = f"{TOKEN}\n{TOKEN}\n-----END RSA PRIVATE KEY-----\nE  assert False"
    assert masked(text, {}) == "***\nE  assert False"


def test_own_patterns_hide_the_whole_match() -> None:
    assert masked("customer 12345 of acme", {}, [r"customer (\d+)", "x*"]) == "*** of acme"


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", "(?P<x"])
def test_a_pattern_that_is_none_is_one_line(pattern: str) -> None:
    with pytest.raises(CampaignError, match=r"verify\.mask: .* is no regular expression") as caught:
        masked("text", {}, ["fine", pattern])
    assert "\n" not in str(caught.value)


def test_control_characters_are_shown_and_colours_go() -> None:
    text = "\x1b[31mred\x1b[0m\x07 sec\x1b[1mret-value\r\n::error::x"
    assert masked(text, {"V": "secret-value"}) == "red\\x07 $V\n\\x3a:error::x"


def test_the_tail_is_masked_before_it_is_cut() -> None:
    text = f"-----BEGIN RSA PRIVATE KEY-----\n{TOKEN}\n{TOKEN}\nlast"
    assert log_tail(text, 2, {}) == "***"
    assert log_tail("a\nb\nc\n\n", 2, {}) == "b\nc"
    assert log_tail("a\nb", 0, {}) == ""


def test_how_far_pytest_is_takes_no_lines() -> None:
    text = f"{'.' * 72} [ 15%]\n..F.s                    [100%]\n....\nE   assert False\n1 failed"
    assert log_tail(text, 3, {}) == "E   assert False\n1 failed"
