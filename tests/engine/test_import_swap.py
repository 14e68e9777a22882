"""An import line that gains one name and loses another in the same settling."""

from __future__ import annotations

import pytest

from fixaudit import NeededImport, ObsoleteImport, Source
from fixaudit.edits.compose import apply_edits
from fixaudit.edits.needed_names import settle

SWAP = (NeededImport("hashlib", "sha256", "sha256"), ObsoleteImport("md5"))


def swapped(text: str) -> str:
    source = Source("app/ids.py", text.encode())
    return apply_edits(source.body, settle(source, SWAP)).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import os\nfrom hashlib import md5\n\nfrom app import run\n\nsha256(os, run)\n",
            "import os\nfrom hashlib import sha256\n\nfrom app import run\n\nsha256(os, run)\n",
        ),
        (
            "from hashlib import md5, sha1\r\n\r\nsha256(sha1)\r\n",
            "from hashlib import sha1, sha256\r\n\r\nsha256(sha1)\r\n",
        ),
        (
            "from hashlib import (\n    blake2b,\n    md5,\n)\n\nsha256(blake2b)\n",
            "from hashlib import (\n    blake2b,\n    sha256,\n)\n\nsha256(blake2b)\n",
        ),
        (
            "from hashlib import (\n    blake2b,\n    md5,  # ids\n)\n\nsha256(blake2b)\n",
            "from hashlib import (\n    blake2b,\n    md5,  # ids\n    sha256,\n)\n\nsha256(blake2b)\n",
        ),
    ],
)
def test_gains_and_loses(before: str, after: str) -> None:
    assert swapped(before) == after


def test_a_name_still_read_stays_beside_the_new_one() -> None:
    before = "from hashlib import md5\n\nTABLE = {'md5': md5}\nsha256()\n"
    assert swapped(before).startswith("from hashlib import md5, sha256\n")
