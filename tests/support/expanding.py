"""Reads the SQL of a migration: does the release before go on working, and is nobody held up?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SMALL = frozenset({"users", "accounts", "departments", "provider_states", "own_rules"})
"""Tables of which an installation has so few rows that an index takes no time."""
_NAME = r'"?(?P<table>\w+)"?'
_UNTIL_RELEASED = "the release before still uses it: first release code that does not"


@dataclass(frozen=True)
class Rule:
    """Statements that may not be; `table` in the pattern names what they touch."""

    pattern: re.Pattern[str]
    why: str
    takes_away: bool = False
    """It may be once the release before uses it no more."""
    is_fine_on_small: bool = False


def _rule(pattern: str, why: str, *, takes_away: bool = False, small: bool = False) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE | re.DOTALL), why, takes_away, small)


_ALTER = rf"^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?{_NAME} .*"
UNIQUE_INDEX = _rule(
    rf"^CREATE UNIQUE INDEX .*? ON {_NAME}",
    "the release before may write what it forbids",
    takes_away=True,
)
RULES = (
    _rule(rf"^DROP TABLE (?:IF EXISTS )?{_NAME}", _UNTIL_RELEASED, takes_away=True),
    _rule(r"^DROP (?:TYPE|FUNCTION|SEQUENCE|VIEW|SCHEMA)\b", _UNTIL_RELEASED, takes_away=True),
    _rule(rf"{_ALTER}\bDROP COLUMN\b", _UNTIL_RELEASED, takes_away=True),
    _rule(rf"{_ALTER}\bRENAME\b", "the release before knows the old name: add, copy, later drop"),
    _rule(r"^ALTER (?!TABLE)\w+ .*\bRENAME\b", "the release before knows the old name"),
    _rule(rf"{_ALTER}\bALTER COLUMN \w+ (?:SET DATA )?TYPE\b", "rewrites the table; the release "
          "before knows the old type: add a column"),
    _rule(rf"{_ALTER}\bADD COLUMN(?!.*\bDEFAULT\b).*\bNOT NULL\b", "the release before writes rows "
          "without it: give it a default"),
    _rule(rf"{_ALTER}\bADD COLUMN .*\b(?:SERIAL|STORED|DEFAULT \(?(?:gen_random_uuid|random|"
          r"clock_timestamp|uuid\w*)\()", "rewrites the table under a lock", small=True),
    _rule(rf"{_ALTER}\bSET NOT NULL\b", "the release before may write NULL", takes_away=True),
    _rule(rf"{_ALTER}\bDROP DEFAULT\b", "the release before may write rows without it",
          takes_away=True),
    _rule(rf"{_ALTER}\bADD (?:CONSTRAINT \w+ )?(?:UNIQUE|CHECK|FOREIGN KEY|EXCLUDE|PRIMARY KEY)\b",
          "the release before may write what it forbids, and its check holds everybody up",
          takes_away=True),
    _rule(rf"{_ALTER}\bDROP CONSTRAINT (?:IF EXISTS )?(?:uq|pk)_", "the release before may name it "
          "in ON CONFLICT", takes_away=True),
    _rule(rf"^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*? ON {_NAME}", "keeps everybody from "
          "writing until it is built: use migrations.indexes", small=True),
    UNIQUE_INDEX,
    _rule(r"^DROP INDEX (?:CONCURRENTLY )?(?:IF EXISTS )?(?:uq|pk)_", "the release before may name "
          "it in ON CONFLICT", takes_away=True),
    _rule(r"^DROP INDEX (?!CONCURRENTLY)", "waits for everybody, and everybody behind it: use "
          "migrations.indexes"),
    _rule(rf"^(?:UPDATE|DELETE FROM) (?!alembic_version){_NAME}", "locks every row at once: let "
          "workers do it in small pieces", small=True),
    _rule(rf"^(?:TRUNCATE|LOCK|CLUSTER|REINDEX|VACUUM)\b(?:.*\bTABLE {_NAME})?", "holds everybody "
          "up"),
)  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """A statement that may not be, and why not."""

    statement: str
    why: str
    takes_away: bool


@dataclass(frozen=True)
class Migration:
    """What a migration does, and what its file says of it."""

    sql: str
    contract_after: str | None = None
    """The release since which nothing uses what it takes away."""
    harmless: Mapping[str, str] | None = None
    """Parts of statements that are refused without reason here, and why."""


def faults(migration: Migration, *, released: tuple[str, ...]) -> list[str]:
    """What is wrong with it, in lines; `released` are the releases that are out."""
    refused = list(refusals(migration.sql))
    harmless = dict(migration.harmless or {})
    left = [one for one in refused if not any(part in one.statement for part in harmless)]
    found = [
        f"harmless names what is not refused: {part!r}"
        for part in harmless
        if not any(part in one.statement for one in refused)
    ]
    found += [f"harmless gives no reason: {part!r}" for part, why in harmless.items() if not why]
    after = migration.contract_after
    if after is not None and after not in released:
        found.append(f"contract_after is {after!r}, and no release of that number is out")
    elif after is not None:
        left = [one for one in left if not one.takes_away]
    return found + [f"{one.statement}: {one.why}" for one in left]


def refusals(sql: str) -> Iterator[Refusal]:
    """What may not be in a migration that says nothing of itself."""
    statements = [*_statements(sql)]
    new_tables = {
        found["table"]
        for one in statements
        if (found := re.match(rf"CREATE TABLE (?:IF NOT EXISTS )?{_NAME}", one, re.IGNORECASE))
    }
    new_columns = set(re.findall(r"ADD COLUMN (?:IF NOT EXISTS )?\"?(\w+)", " ".join(statements)))
    for statement in statements:
        for rule in RULES:
            found = rule.pattern.match(statement)
            if found is None:
                continue
            table = found.groupdict().get("table")
            is_fine = (
                table in new_tables
                or (rule.is_fine_on_small and table in SMALL)
                or (rule is UNIQUE_INDEX and _is_over(statement, new_columns))
            )
            if not is_fine:
                yield Refusal(statement, rule.why, rule.takes_away)


def _is_over(statement: str, new_columns: set[str]) -> bool:
    """Whether the index is only over columns that the release before never writes."""
    found = re.search(r" ON \S+ (?:USING \w+ )?\((.*?)\)", statement, re.IGNORECASE)
    return found is not None and {one.strip(' "') for one in found[1].split(",")} <= new_columns


def _statements(sql: str) -> Iterator[str]:
    without_comments = re.sub(r"--[^\n]*", "", sql)
    for statement in re.split(r";\s*(?:\n|$)", without_comments):
        if one_line := " ".join(statement.split()):
            yield one_line
