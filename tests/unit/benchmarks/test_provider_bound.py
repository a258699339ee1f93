"""The lower bound gives the figures of the table it stands in."""

import pytest
from benchmarks.provider.bound import Provider, lower_bound


@pytest.mark.parametrize(
    ("merchants", "provider", "seconds"),
    [
        (120, Provider(), 0.9),
        (120, Provider(rpm=60, window=10), 4.7),
        (120, Provider(rpm=60, tpm=60_000, window=10), 14.1),
        (120, Provider(tpm=10_000), 68.1),
        (120, Provider(rpm=120, window=10), 2.6),
        (120, Provider(rpm=6, tpm=6_000), 132.9),
        (960, Provider(rpm=60, window=10), 41.2),
        (3000, Provider(rpm=500), 2.6),
        (1000, Provider(rpm=120, window=10), 20.0),
        (1000, Provider(rpm=20, window=10), 149.2),
    ],
)
def test_the_figures_of_the_table(merchants: int, provider: Provider, seconds: float) -> None:
    assert lower_bound(merchants, provider) == pytest.approx(seconds, abs=0.05)


def test_without_limits_each_merchant_has_a_call_of_its_own() -> None:
    assert lower_bound(120, Provider()) == pytest.approx(1.08 * (0.4 + 0.01 * 40))


def test_allowed_concurrency_makes_rounds() -> None:
    # 25 in a call: 5 calls, 3 rounds of 8.48 s; 20: 6 calls, 3 rounds of 6.88 s; 20 is best.
    assert lower_bound(120, Provider(concurrency=2)) == pytest.approx(1.08 * 3 * 6.88)


def test_a_window_that_no_call_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="no call fits"):
        lower_bound(1, Provider(tpm=600, window=10))
