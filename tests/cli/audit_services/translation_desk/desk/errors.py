"""Errors that the API answers with a status of their own."""

from __future__ import annotations


class DeskError(Exception):
    """Something that a client is told about."""

    status_code = 400
    code = "desk.error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class JobNotFound(DeskError):
    """No job of that id, or not the caller's."""

    status_code = 404
    code = "job.not_found"


class NoDraftUsable(DeskError):
    """No model gave a draft."""

    status_code = 502
    code = "job.no_draft"
