"""What a new list does to the chart: added, changed, out of use; pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from expenseflow.chart import rules
from expenseflow.chart.rules import ChartEntry, Checked


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that will say something else; so does one that comes back into use."""

    was: ChartEntry
    becomes: ChartEntry


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that becomes different."""

    added: Sequence[ChartEntry]
    changed: Sequence[Change]
    deactivated: Sequence[ChartEntry]
    """As they were; also those that the list does not name."""
    unchanged: int
    is_drastic: bool
    """So much goes out of use that it was hardly meant."""


def between(before: Collection[ChartEntry], checked: Checked) -> Changes:
    """What the list does; a row that cannot be taken leaves its code as it is."""
    known = {entry.code: entry for entry in before}
    wanted = {entry.code: entry for entry in checked.entries}
    kept = {wrong.code for wrong in checked.rejected} - wanted.keys()
    deactivated = [
        entry for entry in before if entry.active and entry.code not in kept
        and not (entry.code in wanted and wanted[entry.code].active)
    ]  # fmt: skip
    gone = {entry.code for entry in deactivated}
    changed = [
        Change(known[code], entry)
        for code, entry in wanted.items()
        if code in known and code not in gone and known[code] != entry
    ]
    active = [entry.code for entry in before if entry.active and entry.code not in kept]
    return Changes(
        added=[entry for code, entry in wanted.items() if code not in known],
        changed=changed,
        deactivated=deactivated,
        unchanged=len(known) - len(gone) - len(changed),
        is_drastic=rules.loading(active, checked.entries).is_drastic,
    )
