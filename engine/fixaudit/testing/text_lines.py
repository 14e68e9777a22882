"""Re-indents Python text, but for the lines that begin inside a string."""

from __future__ import annotations

import io

from fixaudit.text.string_lines import lines_in_strings


def split(text: str) -> list[str]:
    """Lines with their ends; a form feed or a Unicode line separator ends none."""
    return io.StringIO(text, newline="\n").readlines()


def indent(text: str, first_line: int, by: str) -> str:
    """`text` from a 1-based line on, each line that holds something behind `by`."""
    inside = lines_in_strings(text)
    lines = split(text)[first_line - 1 :]
    return "".join(
        by + line if line.strip() and number not in inside else line
        for number, line in enumerate(lines, first_line)
    )


def with_tabs(text: str) -> str:
    """Each four leading spaces as one tab, strings left alone."""
    inside = lines_in_strings(text)
    result = []
    for number, line in enumerate(split(text), 1):
        bare = line.lstrip(" ")
        spaces = len(line) - len(bare)
        keep = number in inside or spaces < 4
        result.append(line if keep else "\t" * (spaces // 4) + " " * (spaces % 4) + bare)
    return "".join(result)
