"""Who owns a file: the repository's owner file, found and read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args

from fixaudit.codeowners.github import MOST_BYTES, github_rules, has_heading
from fixaudit.codeowners.gitlab import gitlab_rules
from fixaudit.codeowners.owner_lines import OwnerLines, quoted
from fixaudit.codeowners.rules import RuleIndex
from fixaudit.config.model import OwnersSetting
from fixaudit.config.resolve import load_config
from fixaudit.config.toml import shown
from fixaudit.errors import ConfigError
from fixaudit.files.plain_file import MOST_SOURCE_BYTES, read_source
from fixaudit.text.suggest import did_you_mean

Dialect = Literal["github", "gitlab"]
# In the order in which each host looks, the first that is there counts. An order for both that is
# the order of either: no host looks into the folder of the other.
PLACES: dict[Dialect | None, tuple[str, ...]] = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
    None: (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
_BY_FOLDER: dict[str, Dialect] = {".github": "github", ".gitlab": "gitlab"}
_PIPELINE = ".gitlab-ci.yml"


@dataclass(frozen=True, slots=True)
class Owners:
    """The answers of an owner file, which is read once; `owners` makes them.

    Attributes:
        path: the file, relative to the root, with `/`; None where there is none.
        dialect: `github` or `gitlab`.
        index: its rules.
        notes: a line each (`file:line: …`) on what the host reads otherwise than it looks.
    """

    path: str | None
    dialect: Dialect
    index: RuleIndex = field(default_factory=RuleIndex)
    notes: tuple[str, ...] = ()

    def of(self, path: str) -> tuple[str, ...]:
        """Who owns a path (relative to the root, with `/`), as the file writes them; () for nobody."""
        rules = self.index.deciding(path)
        return tuple(dict.fromkeys(owner for rule in rules for owner in rule.owners))

    def rule_of(self, path: str) -> tuple[int, ...]:
        """The lines (1-based) that decide who owns a path, one a section that has a rule for it.

        Among them are those that say that nobody does; () where no rule speaks of the path.
        """
        return tuple(rule.line for rule in self.index.deciding(path))

    @property
    def rules(self) -> int:
        """How many rules there are, exclusions counted."""
        return len(self.index)


def owners(root: Path | str, *, file: str | None = None, dialect: str | None = None) -> Owners:
    """Read the owner file of the repository at `root`.

    The file is `file`, or the one that `owners` names in the configuration for `root`, or the first
    of `.github/CODEOWNERS`, `CODEOWNERS`, `docs/CODEOWNERS`, `.gitlab/CODEOWNERS` that is there (of
    a host's own three, where the dialect is said). Without one nobody owns anything.

    The dialect is `dialect`, or what `owners-dialect` says in the configuration. Else a file in
    `.github/` is GitHub's and one in `.gitlab/` GitLab's; any other is GitLab's where it has the
    heading of a section or the root has a `.gitlab-ci.yml`, and GitHub's where neither is so.

    Args:
        root: the top folder of the repository, which the patterns are relative to.
        file: the owner file, relative to `root`.
        dialect: `github` or `gitlab`.

    Raises:
        ConfigError: the file is named and not there, no readable UTF-8 file, too large for its
            host, or has a line that its host reads as no rule; one line with file, line and what to
            do. Also where the configuration or `dialect` cannot be used.
    """
    setting = OwnersSetting()
    if file is None or dialect is None:
        setting = load_config(Path(root)).owners
    if file is not None:
        path = Path(os.path.abspath(os.path.join(root, file)))
        if not _is_there(path):
            raise ConfigError(f"{shown(path)}: does not exist; name the owner file from {root}")
        setting = replace(setting, file=path)
    return read_owners(root, replace(setting, dialect=_known(dialect) or setting.dialect))


def read_owners(root: Path | str, setting: OwnersSetting) -> Owners:
    """`owners` for who has the configuration already: `setting` is what it says of owners."""
    if not os.path.isdir(root):
        raise ConfigError(f"{root}: is no folder")
    top = Path(os.path.abspath(root))
    path = _configured(setting) or _found(top, setting.dialect)
    if path is None:
        return Owners(None, setting.dialect or _of_repository(top))
    data = _content(path)
    lines = OwnerLines(shown(path), _text(data, path))
    dialect = setting.dialect or _of_file(top, path, lines)
    if dialect == "gitlab":
        index = gitlab_rules(lines)
        _note_folders(top, lines)
    elif len(data) >= MOST_BYTES:
        raise ConfigError(
            f"{shown(path)}: has {len(data):,} bytes, and GitHub loads no owner file of 3 MB or more,"
            " so nobody owns anything; join rules by patterns"
        )
    else:
        index = github_rules(lines)
    relative = os.path.relpath(path, top).replace(os.sep, "/")
    return Owners(relative, dialect, index, tuple(lines.notes))


def _known(dialect: str | None) -> Dialect | None:
    match dialect:
        case None | "github" | "gitlab":
            return dialect
    near = did_you_mean(dialect, get_args(Dialect))
    raise ConfigError(f'unknown dialect of owner files "{dialect}"{near or "; github or gitlab"}')


def _configured(setting: OwnersSetting) -> Path | None:
    if setting.file is not None and not _is_there(setting.file):
        raise setting.where.error(
            f'"owners" names {shown(setting.file)}, which does not exist', "owners"
        )
    return setting.file


def _note_folders(root: Path, lines: OwnerLines) -> None:
    """Tell of folders that are written as files, with nothing in them: one note for all."""
    folders = [entry for entry in lines.files.items() if os.path.isdir(root / entry[1].lstrip("/"))]
    for number, text in folders[:1]:
        more = f"; {len(folders) - 1} more lines are like it" if len(folders) > 1 else ""
        lines.note(
            number,
            f"{quoted(text)} is a folder, and GitLab reads the rule for a file; for all that lies in"
            f" it write {quoted(f'{text}/')}{more}",
        )


def _found(root: Path, dialect: Dialect | None) -> Path | None:
    return next((root / place for place in PLACES[dialect] if _is_there(root / place)), None)


def _is_there(path: Path) -> bool:
    """True also for a link that leads nowhere: no other place counts instead of it."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a null byte in it
        return False
    except OSError as error:
        raise ConfigError(f"{shown(path)}: cannot be read: {error.strerror}") from error
    return True


def _of_file(root: Path, path: Path, lines: OwnerLines) -> Dialect:
    """The dialect of a file of which nobody says it."""
    other = root / PLACES["gitlab"][-1]
    if (known := _BY_FOLDER.get(path.parent.name)) is not None:
        if known == "github" and _is_there(other):
            lines.notes.append(
                f"{lines.name}: is read as GitHub's, {shown(other)} is not;"
                ' `owners-dialect = "gitlab"` turns that round'
            )
        return known
    if has_heading(lines):
        return "gitlab"
    if _of_repository(root) == "gitlab" and (root / ".github").is_dir():
        lines.notes.append(
            f"{lines.name}: is read as GitLab's, as there is {shown(root / _PIPELINE)}, though"
            " there is .github too; `owners-dialect` says which"
        )
    return _of_repository(root)


def _of_repository(root: Path) -> Dialect:
    return "gitlab" if (root / _PIPELINE).is_file() else "github"


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise ConfigError(f"{shown(path)}: is a folder; an owner file has to be a file")
    try:
        data = read_source(path)
    except OSError as error:
        raise ConfigError(f"{shown(path)}: cannot be read: {error.strerror}") from error
    if len(data) > MOST_SOURCE_BYTES:
        raise ConfigError(f"{shown(path)}: is larger than {MOST_SOURCE_BYTES:,} bytes")
    return data


def _text(data: bytes, path: Path) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{shown(path)}:{line}: is not UTF-8; save the file as UTF-8") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ConfigError(f"{shown(path)}:{line}: has a null byte, so it is no text; take it away")
    return text
