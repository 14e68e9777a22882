"""The tasks of a plan's batches: what each one needs to be verified, on this machine or another one."""

from __future__ import annotations

