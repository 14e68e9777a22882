"""Folders whose projects are material: test data, templates, examples; and what somebody else maintains."""

from __future__ import annotations

from collections.abc import Collection

from fixaudit.files.file_roles import (
    TEST_FOLDERS,
    VENDORED_FOLDERS,
    example_path_known_by,
    vendored_path_known_by,
)

_TEMPLATES = {"template", "templates"}
_DATA = {"fixtures", "fixture", "testdata", "test_data", "test-data"}
_ABOVE = TEST_FOLDERS | VENDORED_FOLDERS | _DATA


def is_sample(folder: str) -> bool:
    """True for a folder, relative to the root, that lies in one of material, or is a template.

    A package of its own may be called `testing`: the last name alone says little.
    """
    *above, last = folder.split("/")
    if "{{" in folder or last.strip("_") in _TEMPLATES:
        return True
    if example_path_known_by(folder) is not None:  # by the folders above the last
        return True
    return any(part in _ABOVE or part.strip("_") in _TEMPLATES for part in above)


def is_vendored(path: str, but: Collection[str] = ()) -> bool:
    """True for a file below a folder of what somebody else maintains; of one below a folder of `but`
    the path from there on counts."""
    if vendored_path_known_by(path) is None:
        return False
    inner = [path[len(each) + 1 :] for each in but if each and path.startswith(f"{each}/")]
    return not inner or vendored_path_known_by(min(inner, key=len)) is not None
