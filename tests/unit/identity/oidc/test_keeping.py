"""What is kept of a provider's answers when the next one cannot be had."""

import json
from collections.abc import Iterator

import pytest
from tests.support.fakes import FakeClock

from expenseflow.identity.errors import ProviderSilent
from expenseflow.identity.oidc.fetching import NoAnswer, Refused
from expenseflow.identity.oidc.keeping import Kept
from expenseflow.infra import logs


@pytest.fixture(autouse=True)
def told() -> Iterator[None]:
    logs.configure("json")
    yield
    logs.configure("json", level=30)


class Answers:
    """One after the other; a mistake is raised."""

    def __init__(self, *answers: str | Exception) -> None:
        self.left = list(answers)

    async def __call__(self) -> str:
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _kept(clock: FakeClock, *answers: str | Exception) -> Kept[str]:
    return Kept("keys", Answers(*answers), clock, fresh=60, good=300, pause=10)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NoAnswer("HTTP 500"), "HTTP 500"),
        (Refused("invalid_client"), "invalid_client"),
        (TypeError("quokka: a value of somebody's"), "TypeError"),
        (RecursionError(), "RecursionError"),
    ],
)
async def test_whatever_goes_wrong_counts_as_not_fetched(
    error: Exception, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = FakeClock()
    kept = _kept(clock, error, "first", error, "second")
    with pytest.raises(ProviderSilent):
        await kept.get()
    assert json.loads(capsys.readouterr().err)["reason"] == reason
    clock.advance(10)
    assert await kept.get() == "first"
    clock.advance(10)
    with pytest.raises(ProviderSilent):
        await kept.newer()
    assert await kept.get() == "first"
    clock.advance(10)
    assert await kept.newer() == "second"
