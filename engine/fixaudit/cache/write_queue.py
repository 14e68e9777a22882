"""Rows wait in memory and are written many at once, so that other processes wait for short times only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

_MOST = 1000
_MOST_BYTES = 4_000_000


class WriteQueue:
    """A database that many processes use, written by this one in short transactions.

    Attributes:
        trouble: the first error; from then on nothing is read or written.
        is_torn: whether that error says that the file itself is damaged.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._waiting: list[tuple[str, tuple[object, ...]]] = []
        self._bytes = 0
        self.trouble: str | None = None
        self.is_torn = False

    def __bool__(self) -> bool:
        """True where something waits."""
        return bool(self._waiting)

    def ask(self, statement: str, *values: object) -> list[Any]:
        """The rows of a statement; none after an error."""
        import sqlite3

        if self.trouble is not None:
            return []
        try:
            return self._database.execute(statement, values).fetchall()
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            self._failed(error)
            return []

    def add(self, statement: str, *values: object) -> None:
        """Carry out a statement with the next ones."""
        self._waiting.append((statement, values))
        self._bytes += sum(len(value) for value in values if isinstance(value, (str, bytes)))
        if len(self._waiting) >= _MOST or self._bytes > _MOST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Carry out what waits, all of it or nothing."""
        import sqlite3

        waiting, self._waiting, self._bytes = self._waiting, [], 0
        if not waiting or self.trouble is not None:
            return
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                for statement, values in waiting:
                    self._database.execute(statement, values)
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            self._failed(error)

    def close(self) -> None:
        """Write what waits and let go of the file."""
        self.flush()
        self._database.close()

    def _failed(self, error: Exception) -> None:
        import sqlite3

        self._waiting.clear()
        self.trouble = str(error)
        self.is_torn = type(error) is sqlite3.DatabaseError
