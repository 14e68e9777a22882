"""Values in SQL f-strings become parameters: `text(f"… = '{x}'")` -> `text("… = :x").bindparams(x=x)`.

Whatever is put into the text of a statement is read as SQL, so whoever chooses the value can change the
statement. SQLAlchemy's `text()` gets named parameters, and so do statements given to sqlite3, psycopg,
PyMySQL and asyncpg in the style of the driver, where the connection is seen to be one.

Rewritten are values in quotes and numbers behind a comparison, in VALUES or LIMIT. For review: names of
tables and columns (which no parameter can stand for), pieces of SQL, patterns, IN lists, DDL, statements
put together by `%`, `+` or `.format`, or above, and connections of an unknown kind. It leaves alone what
is made of constants of the code itself, migrations and tests.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from fixaudit import Codemod, Edit, Evidence, Finding, Reach, ReportMatch, Role, Source, calls
from fixaudit.authoring import ASYNCPG, DBAPI, SQLITE, Why, assigned_literal, clipped, origin_match
from fixaudit_codemods.database.sql_fstring._texts import (
    STATEMENT,
    TAKES_PARAMETERS,
    Statement,
    UnfitError,
    Value,
    edits,
    inserted,
    is_constant,
    is_number,
    is_text,
    read,
    skeleton,
)

_TEXT = re.compile(r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.text")
_FUNC = re.compile(r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.func\.\w+")
_METHODS = frozenset(
    {"execute", "executemany", "executescript", "exec_driver_sql", "exec", "scalar", "scalars"}
    | {"fetch", "fetchrow", "fetchval"}
)
_DRIVERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"{SQLITE}\.execute"), "?"),
    (re.compile(rf"{DBAPI}\.execute"), "%s"),
    (re.compile(rf"{ASYNCPG}\.(?:execute|fetch|fetchrow|fetchval)"), "$"),
)
_PROBE = re.compile(
    r"\s*select\s+(?:1|\*|count\(\*\))\s+from\s+[\"`]?\x00[\"`]?\s*(?:limit\s+[01])?\s*;?\s*$", re.I
)
_BOUND = re.compile(r"(?<![:\w\\]):(\w+)")
_SCHEMA = re.compile(r"(?:sqlalchemy|sqlmodel|alembic)\.")
NO_PARAMETERS = "this kind of statement, or a piece of one, takes no parameters"
IDENTIFIERS = (
    "Bind values as parameters; check names of tables and columns against a list of those allowed, "
    "or build the statement with `select()` and `table()`."
)
PROBE = "To see whether a table is there, ask `sqlalchemy.inspect(engine).has_table(name)`."
CHANGES = "the database gets a parameter, of its own type, in place of text"


@dataclass(frozen=True)
class Options:
    paramstyle: Literal["", "qmark", "format"] = ""


class SqlFstring(Codemod):
    name = "sql-fstring"
    code = "FA404"
    triggers = (b"execute", b"text(", b"exec", b"fetch", b"scalar")
    visits = (ast.Call,)
    names = frozenset({"text"}) | _METHODS
    tags = frozenset({"security", "database"})
    equivalent_codes = ("S608", "B608")
    right_already = ("^made of constants of this code",)
    report_match = ReportMatch(
        rules=("S608", "B608", "CWE-89"),
        keywords=(
            ("sql injection",),
            ("sql", "string formatting"),
            ("sql", "f-string"),
            ("sql", "interpolat"),
            ("parameterized quer",),
            (
                "sql|query|queries|abfrage*|requête*|consulta*",
                (
                    "glue|concatenat*|paste|splice|built from|straight into|directly into|"
                    "unescaped|placeholder*|parameterised|parameterized|prepared statement|"
                    "bind parameter|user input|user typed|injection|injektion|inyección|"
                    "zusammengesetzt|verkettet|platzhalter*|concatén*|concaten*|interpolat*"
                ),
            ),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "paramstyle": "of `execute` on connections nobody typed: `qmark` (`?`) or `format` (`%s`)",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test",
        Role.MIGRATION: "a migration is run once, with names that its author wrote",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        is_sqlalchemy = _is_text_call(source, node)
        if not node.args or not (is_sqlalchemy or _is_execute(node)):
            return
        given = node.args[0]
        built = assigned_literal(source, given)
        shape = skeleton(built)
        if shape is None or not (is_sqlalchemy or STATEMENT.match(shape)):
            return
        reason: Why | None = self.out_of_scope(source)
        if reason is None and all(is_constant(source, part) for part in inserted(built)):
            reason = _constants(source, node, built)
        if reason is not None:
            yield self.leave(source, node, reason)
            return
        try:
            here = _written_here(source, given, built)
            found = self._with_parameters(source, node, here, is_sqlalchemy)
            yield self.doubt(
                source, node, found, _defines(source, node) or (), guidance=IDENTIFIERS
            )
        except UnfitError as error:
            guidance = PROBE if _PROBE.match(shape) else IDENTIFIERS
            yield self.review(source, node, error.why, guidance)

    def _with_parameters(
        self, source: Source, node: ast.Call, given: ast.JoinedStr, is_sqlalchemy: bool
    ) -> Finding:
        is_operand = is_sqlalchemy and _is_argument_in_sql(source, node)
        statement = read(source, given, is_operand=is_operand)
        takes = is_operand or TAKES_PARAMETERS.match(statement.text)
        if not takes:
            raise UnfitError(NO_PARAMETERS)
        defined = _defines(source, node)
        if defined is not None and not defined.is_hint:
            raise UnfitError(defined)
        if is_sqlalchemy:
            changed = _to_bound(source, node, statement)
        else:
            changed = _to_arguments(source, node, statement, self._mark(source, node))
        # What is known to be a number has no quote or word of SQL in it.
        texts = [v for v in statement.values if not is_number(source, v.node)]
        values = texts or statement.values
        words = ", ".join(dict.fromkeys(f"`{clipped(ast.unparse(v.node))}`" for v in values))
        what = "could change the statement" if texts else "in the text of the statement"
        return self.unsafe(source, node, f"{words} {what}: {CHANGES}", changed)

    def _mark(self, source: Source, node: ast.Call) -> str:
        for driver, mark in _DRIVERS:
            if origin_match(source, node.func, driver):
                return mark
        style = {"qmark": "?", "format": "%s"}.get(self.options.paramstyle)
        if style is None or not isinstance(node.func, ast.Attribute) or node.func.attr != "execute":
            raise UnfitError("nothing shows which database driver this is, and its style")
        return style


def _is_text_call(source: Source, node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else None
    if name != "text" and not (isinstance(node.func, ast.Name)):
        return False
    return _TEXT.fullmatch(source.qualified_name(node.func) or "") is not None


def _is_execute(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS


def _is_argument_in_sql(source: Source, node: ast.Call) -> bool:
    """`func.timestamp(text(…))`: an argument of a function of the database."""
    above = source.parent(node)
    if not isinstance(above, ast.Call) or node not in above.args:
        return False
    return _FUNC.fullmatch(source.qualified_name(above.func) or "") is not None


def _constants(source: Source, node: ast.Call, built: ast.expr) -> list[Evidence]:
    """That only constants are put in, and where the names among them get their values."""
    found = [source.proof(node, "made of constants of this code")]
    for part in inserted(built):
        if isinstance(part, ast.Name):
            for binding in source.lookup(part.id, part):
                text = f"`{part.id}` is one"
                found.append(source.proof(binding.statement, text, Reach.MODULE))
    return found


def _written_here(source: Source, given: ast.expr, built: ast.expr) -> ast.JoinedStr:
    if built is not given:
        text = f"the statement is put together on line {built.lineno}"
        raise UnfitError(source.proof(built, text, Reach.FUNCTION))
    if not isinstance(built, ast.JoinedStr):
        raise UnfitError("the statement is put together by `%`, `+` or `.format`")
    return built


def _defines(source: Source, node: ast.Call) -> Evidence | None:
    """A definition of a column or constraint around the call, whose SQL is stored as text: a proof
    where it is known to be SQLAlchemy's, a hint by its name or its keyword."""
    word: str | None = None
    for above in source.ancestors(node):
        if isinstance(above, ast.keyword) and above.arg and above.arg != "whereclause":
            word = above.arg
        elif isinstance(above, ast.Call):
            func = above.func
            named = ast.unparse(func).endswith(("Constraint", "DDL", "Index", "Column"))
            if word is None and not named:
                return None
            known = _SCHEMA.match(source.qualified_name(func) or "") is not None
            return (source.proof if known else source.hint)(func, NO_PARAMETERS, Reach.STATEMENT)
        elif isinstance(above, ast.stmt):
            return None
    return None


# ----------------------------------------------------------------------------- edits


def _to_bound(source: Source, node: ast.Call, statement: Statement) -> list[Edit]:
    names = _names(statement)
    changed = edits(statement, lambda value: f":{names[ast.unparse(value.node)]}")
    given = {ast.unparse(value.node): _argument(source, value) for value in statement.values}
    arguments = ", ".join(f"{names[words]}={text}" for words, text in given.items())
    end = source.span(node).end
    return [*changed, source.edit(end, end, f".bindparams({arguments})")]


def _names(statement: Statement) -> dict[str, str]:
    """A name of its own for each expression, free of those the statement has already."""
    taken = set(_BOUND.findall(statement.text))
    names: dict[str, str] = {}
    for value in statement.values:
        words = ast.unparse(value.node)
        if words in names:
            continue
        wanted = name = _wanted_name(value.node)
        number = 2
        while name in taken or keyword.iskeyword(name):
            name, number = f"{wanted}_{number}", number + 1
        taken.add(name)
        names[words] = name
    return names


def _wanted_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)) if name.isidentifier():
            return name
        case ast.Call(func=ast.Name(), args=[inner]):
            return _wanted_name(inner)
    return "value"


def _argument(source: Source, value: Value) -> str:
    """The value as it was put into the text: in quotes everything is a text."""
    words = (value.unit.expression or "").strip()
    if is_text(source, value.node) or (is_number(source, value.node) and not value.quoted):
        return words
    return f"str({words})"


def _to_arguments(source: Source, node: ast.Call, statement: Statement, mark: str) -> list[Edit]:
    if len(node.args) > 1 or node.keywords:
        raise UnfitError("the statement has parameters already: these have to be put in order")
    if "%" in statement.text and mark == "%s":
        raise UnfitError("a `%` of the statement would have to be doubled")
    if "?" in statement.text and mark == "?":
        raise UnfitError("a `?` of the statement would be taken for a parameter")
    numbers = {id(value): index for index, value in enumerate(statement.values, 1)}
    changed = edits(statement, lambda value: f"${numbers[id(value)]}" if mark == "$" else mark)
    given = [_argument(source, value) for value in statement.values]
    arguments = ", ".join(given)
    if mark != "$":
        arguments = f"({arguments}{',' if len(given) == 1 else ''})"
    added = calls.add_positional(source, node, arguments, 1, beside=True)
    if isinstance(added, calls.Refusal):
        raise UnfitError(added.reason)
    return [*changed, *added]
