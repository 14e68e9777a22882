"""What the dialogs on a terminal share: a question answered by one key, and what is said beside it."""

from __future__ import annotations

import os
from typing import IO

from fixaudit.text.visible import visible
from fixaudit_cli.output.terminal import Painter, write
from fixaudit_cli.review.keyboard import END, Keyboard


class TerminalDialog:
    """Asks on `stream` and reads keys of `keyboard`."""

    def __init__(self, keyboard: Keyboard, stream: IO[str]) -> None:
        self._keyboard = keyboard
        self._stream = stream
        self._paint = Painter(stream)

    def _ask_key(self, question: str) -> str:
        """The key that answers, in lower case; `q` where input has ended."""
        write(self._paint(question, "bold", "blue"), self._stream)
        self._stream.flush()
        key = self._keyboard.key()
        if key == END:
            self._say("")
            return "q"
        return key.lower()

    def _say(self, message: str) -> None:
        write(visible(message, lines=True) + "\n", self._stream)
        self._stream.flush()

    def _columns(self) -> int:
        """The width of the window, which may have changed; COLUMNS would not tell."""
        try:
            return os.get_terminal_size(self._stream.fileno()).columns
        except OSError:
            return 80
