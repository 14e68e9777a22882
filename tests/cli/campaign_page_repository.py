"""The repository that docs/campaigns.md speaks of, and stand-ins for `gh` and `fixaudit` on the PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from campaign_remotes import Mono, new_mono

GIVEN = """name = "reraise"
select = ["bare-reraise"]

[verify]
commands = [["pytest", "-q"]]

"""
PAY = """def charge(send, amount):
    try:
        return send(amount)
    except ConnectionError as error:
        print("no answer")
        raise error


def refund(send, amount):
    try:
        return send(-amount)
    except ConnectionError as error:
        print("no answer")
        raise error
"""
SHIP = """def book(call, parcel):
    try:
        return call(parcel)
    except OSError as error:
        print("not booked")
        raise error
"""
WEB = """from pay import charge


def buy(send):
    try:
        return charge(send, 5)
    except ConnectionError as error:
        print("later")
        raise error
"""
TESTS = {
    "pay": "from pay import charge\n\n\ndef test_charge():\n    assert charge(int, 3) == 3\n",
    "ship": 'from ship import book\n\n\ndef test_book():\n    assert book(str, 3) == "4"\n',
    "web": """import inspect

import pay
from web import buy


def test_buy():
    assert buy(int) == 5


def test_pins_a_text():
    assert inspect.getsource(pay.refund).rstrip().endswith("raise error")
""",
}
OWNERS = """/packages/pay/ @acme/payments
/packages/ship/ @acme/logistics
/packages/web/ @acme/web
"""
# It remembers nothing but which branches it was asked to open.
GH = """#!{python}
import json, pathlib, sys
opened = pathlib.Path({folder!r}, "opened")
known = opened.read_text().split() if opened.exists() else []
def option(name):
    return next(a.partition("=")[2] for a in sys.argv if a.startswith(f"--{{name}}="))
action = sys.argv[2]
if action == "create":
    assert option("label") == "clean-up" and option("reviewer").startswith("acme/")
    assert pathlib.Path(option("body-file")).read_text().strip() and option("title")
    opened.write_text(" ".join([*known, option("head")]))
    print("https://host.example/" + option("head"))
elif action == "ready":
    assert sys.argv[3] in known
elif option("head") in known:
    found = {{"state": "OPEN", "checks": "green", "url": "https://host.example/" + option("head")}}
    print(json.dumps(found))
else:
    print(json.dumps({{"state": "none", "checks": None, "url": None}}))
"""


def page_mono(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    """The three packages of the page, pushed to a bare remote; nothing of it is a campaign yet."""
    mono = new_mono(folder, monkeypatch)
    for name, module in (("pay", PAY), ("ship", SHIP), ("web", WEB)):
        needs = 'dependencies = ["pay"]\n' if name == "web" else ""
        mono.work.write(
            f"packages/{name}/pyproject.toml",
            f'[project]\nname = "{name}"\nversion = "1"\n{needs}\n[tool.pytest.ini_options]\n'
            'testpaths = ["tests"]\npythonpath = ["src", "../pay/src"]\n',
        )
        mono.work.write(f"packages/{name}/src/{name}/__init__.py", module)
        mono.work.write(f"packages/{name}/tests/test_{name}.py", TESTS[name])
    mono.work.write(".github/CODEOWNERS", OWNERS)
    mono.commit()
    programs = mono.top.parent / "programs"
    programs.mkdir()
    fixaudit = f'#!/bin/sh\nexec {sys.executable} -P -m fixaudit_cli "$@"\n'
    gh = GH.format(python=sys.executable, folder=str(programs))
    for name, text in (("fixaudit", fixaudit), ("gh", gh)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    before = os.pathsep.join((str(programs), str(Path(sys.executable).parent), os.environ["PATH"]))
    monkeypatch.setenv("PATH", before)
    return mono
