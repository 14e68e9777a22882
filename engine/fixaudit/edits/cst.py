"""LibCST, loaded at the first use of a name.

Importing LibCST takes longer than all the rest of a run that writes nothing, so codemods say
`from fixaudit import cst` and pay for it only when they rewrite something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libcst import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        import libcst

        value = getattr(libcst, name)
        globals()[name] = value
        return value
