"""The public names of fixaudit, for type checkers."""

from fixaudit._version import __version__ as __version__
from fixaudit.api import Report as Report
from fixaudit.api import run as run
from fixaudit.authoring.codemod import Codemod as Codemod
from fixaudit.authoring.codemod import ReportMatch as ReportMatch
from fixaudit.baseline.baseline import Baseline as Baseline
from fixaudit.campaigns.campaign import Campaign as Campaign
from fixaudit.codeowners.owners import Owners as Owners
from fixaudit.codeowners.owners import owners as owners
from fixaudit.edits import calls as calls
from fixaudit.edits import cst as cst
from fixaudit.edits import except_clause as _except_clause
from fixaudit.edits import statements as _statements
from fixaudit.errors import CodemodError as CodemodError
from fixaudit.errors import ConfigError as ConfigError
from fixaudit.errors import FixauditError as FixauditError
from fixaudit.errors import SourceError as SourceError
from fixaudit.files.file_roles import Role as Role
from fixaudit.model.evidence import Evidence as Evidence
from fixaudit.model.evidence import Reach as Reach
from fixaudit.model.evidence import Strength as Strength
from fixaudit.model.finding import Edit as Edit
from fixaudit.model.finding import Finding as Finding
from fixaudit.model.finding import NeededImport as NeededImport
from fixaudit.model.finding import NeededModuleName as NeededModuleName
from fixaudit.model.finding import NeededName as NeededName
from fixaudit.model.finding import ObsoleteImport as ObsoleteImport
from fixaudit.model.finding import Span as Span
from fixaudit.model.finding import Verdict as Verdict
from fixaudit.model.outcome import Changed as Changed
from fixaudit.model.outcome import Failed as Failed
from fixaudit.model.outcome import LocatedFinding as LocatedFinding
from fixaudit.model.outcome import Problem as Problem
from fixaudit.model.outcome import Unchanged as Unchanged
from fixaudit.semantics.project import Project as Project
from fixaudit.source import loggers as loggers
from fixaudit.source.memo import memoized as memoized
from fixaudit.source.name_access import Access as Access
from fixaudit.source.name_access import access as access
from fixaudit.source.source import Source as Source
from fixaudit.workspace.packages import packages as packages

handlers = _except_clause
rewriting = _statements

__all__: list[str]
