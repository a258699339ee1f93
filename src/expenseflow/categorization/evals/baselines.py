"""What one gets for little, to measure against."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

from expenseflow.categorization.evals.dataset import Labelled

_About = Callable[[Labelled], Hashable]


def baselines(early: Sequence[Labelled], late: Sequence[Labelled]) -> dict[str, float]:
    """The share of right accounts (of departments where it says so) of simple look-ups."""

    def nothing(_line: Labelled) -> Hashable:
        return None

    def merchant(line: Labelled) -> Hashable:
        return line.merchant_key

    def person(line: Labelled) -> Hashable:
        return line.person

    def both(line: Labelled) -> Hashable:
        return line.person, line.merchant_key

    def account(line: Labelled) -> str:
        return line.account

    def department(line: Labelled) -> str:
        return line.department

    return {
        "commonest account": _right(early, late, [nothing], account),
        "exact merchant": _right(early, late, [merchant], account),
        "card and merchant, else merchant": _right(early, late, [both, merchant, nothing], account),
        "department: the card's commonest": _right(early, late, [person], department),
        "department: card and merchant, else card": _right(early, late, [both, person], department),
    }


def _right(
    early: Sequence[Labelled],
    late: Sequence[Labelled],
    views: Sequence[_About],
    wanted: Callable[[Labelled], str],
) -> float:
    tables: list[defaultdict[Hashable, Counter[str]]] = [defaultdict(Counter) for _ in views]
    for line in early:
        for table, view in zip(tables, views, strict=True):
            table[view(line)][wanted(line)] += 1
    hits = 0
    for line in late:
        counts = (table.get(view(line)) for table, view in zip(tables, views, strict=True))
        found = next((one for one in counts if one), None)
        hits += found is not None and found.most_common(1)[0][0] == wanted(line)
    return hits / len(late) if late else 0.0
