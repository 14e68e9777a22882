"""`python -m fixaudit_cli` and the console script `fixaudit`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; every expected failure is one line on stderr and exit code 2."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Answered without the command-line library: editors and hooks ask at every start.
        from fixaudit import __version__

        print(f"fixaudit {__version__}")
        return
    from fixaudit_cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
