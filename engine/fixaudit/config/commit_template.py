"""`commit-message`: the user's own form for the message of a commit that answers a finding."""

from __future__ import annotations

import string
from collections.abc import Mapping

from fixaudit.text.suggest import did_you_mean

FIELDS = ("id", "severity", "title", "report", "codemods", "places", "left", "body")
"""What may stand between braces; `body` is what the message holds without a template."""


def fault(template: str) -> str | None:
    """What is wrong with a template, as the end of a sentence that begins with its key; None if nothing."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        return f"is no template: {error}; write {{{{ and }}}} for braces"
    for _, field, spec, conversion in parts:
        if field is None:
            continue
        if field not in FIELDS:
            known = ", ".join(FIELDS)
            return f'has no field "{field}"{did_you_mean(field, FIELDS)}; there are {known}'
        if spec or conversion:
            return f'takes the field "{field}" as it is: no "!" and no ":" behind it'
    first = template.partition("\n")[0]
    return None if first.strip() else "must begin with the line that is the commit's subject"


def filled(template: str, values: Mapping[str, str]) -> str:
    """The message; `values` has all of `FIELDS`. Ends in one newline."""
    text = "".join(
        literal + ("" if field is None else values[field])
        for literal, field, _, _ in string.Formatter().parse(template)
    )
    return text.strip() + "\n"
