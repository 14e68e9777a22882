"""`python -m invoices`."""

from __future__ import annotations

import sys

from invoices.cli import main

if __name__ == "__main__":
    sys.exit(main())
