"""What git holds, read for many paths at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import new_work

from fixaudit.campaigns.object_reading import blobs_at


def test_a_path_with_a_line_end_is_found_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = new_work(tmp_path, monkeypatch)
    names = ["plain.py", "two\nlines.py"]
    for name in names:
        work.write(name, f"x = {name!r}\n")
    work.commit()
    wanted = {name: work.git("rev-parse", f"HEAD:{name}").strip() for name in names}
    assert blobs_at(work.repository, "HEAD", [*names, "no\nfile.py"]) == {
        **wanted,
        "no\nfile.py": None,
    }
