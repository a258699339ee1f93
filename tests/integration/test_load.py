"""What the tests of rollouts count as a failure of the site."""

import pytest
from tests.support import load
from tests.support.processes import eventually
from tests.support.spoiling import spoiling


@pytest.mark.parametrize("status", [302, 401, 404, 421, 503])
def test_an_answer_that_is_none_of_2xx_is_a_failure(status: int) -> None:
    everything = {("GET", "/"): (status, b"")}
    with (
        spoiling("http://127.0.0.1:9", everything) as site,
        load.asking(site, {}, ["/api/me"], clients=1) as seen,
    ):
        both = {f"/api/me: {status} ", f"events: {status}"}
        eventually(lambda: both <= set(seen.failures))
    assert seen.answers.keys() == {status}


def test_an_answer_of_2xx_is_none() -> None:
    with (
        spoiling("http://127.0.0.1:9", {("GET", "/"): (204, b"")}) as site,
        load.asking(site, {}, ["/api/me"], clients=1) as seen,
    ):
        eventually(lambda: seen.total > 2)
    assert seen.failures == []
