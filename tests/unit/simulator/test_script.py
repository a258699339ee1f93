"""Scripts of the simulator, as JSON says them."""

import pytest

from expenseflow.simulator import behaviour as does
from expenseflow.simulator import script
from expenseflow.simulator.latency import Latency
from expenseflow.simulator.limits import Change, Limits, Slope


def test_everything_can_be_said() -> None:
    found = script.read(
        {
            "rules": [
                {"do": "once_hang", "after": 2},
                {"do": "poisoned", "contains": "BAD", "how": "refused"},
                {"do": "obedient", "orders": {"IGNORE": {"glCode": "99999"}}},
            ],
            "latency": {"base": 0.4},
            "seed": 7,
            "limits": {"requests": 10, "window": 10, "slope": {"start": 3}},
            "changes": [
                {"after_merchants": 1000, "limits": {"requests": 3}},
                {"at": 12.5, "limits": {"tokens": 500, "slope": None}},
            ],
            "outage": {"seconds": 30},
        },
        limits=Limits(),
    )
    first = Limits(requests=10, window=10, slope=Slope(3))
    assert found.limits == first
    assert found.changes == (
        Change(Limits(requests=3, window=10, slope=Slope(3)), after_merchants=1000),
        Change(Limits(requests=3, tokens=500, window=10), at=12.5),
    )
    assert (found.latency, found.seed, found.outage) == (Latency(base=0.4), 7, 30.0)
    assert found.rules is not None
    assert found.rules[0] == does.once_hang(after=2)
    assert found.rules[2] == does.obedient({"IGNORE": {"glCode": "99999"}})


def test_what_is_not_said_stays_open() -> None:
    assert script.read({}, limits=Limits()) == script.Script()
    assert script.read({"limits": None}, limits=Limits(requests=1)).limits == Limits()


def test_changes_go_on_from_the_limits_that_hold() -> None:
    found = script.read({"changes": [{"at": 1, "limits": {"window": 5}}]}, limits=Limits(tokens=9))
    assert found.changes == (Change(Limits(tokens=9, window=5), at=1),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rules": [{"do": "fly"}]},
        {"rules": [{"do": "hang", "often": 2}]},
        {"rules": [{"do": "poisoned", "contains": "X", "how": "badly"}]},
        {"limits": {"request": 10}},
        {"limits": {"requests": 0}},
        {"limits": {"slope": {"steep": 1}}},
        {"changes": [{"when": 1, "limits": {}}]},
        {"latency": {"bass": 1}},
        {"outages": {"seconds": 1}},
        {"outage": {"minutes": 1}},
        {"seed": "x"},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        script.read(wrong, limits=Limits())


def test_every_deed_can_be_named() -> None:
    needs = {
        "status": {"code": 500},
        "slow": {"seconds": 1},
        "drip": {"seconds": 1},
        "poisoned": {"contains": "X"},
        "obedient": {"orders": {}},
    }
    for name in script.DEEDS:
        assert script.rules_from([{"do": name, **needs.get(name, {})}])
