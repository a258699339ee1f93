"""Addresses of services."""

import pytest

from expenseflow.kit import addresses


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("https://api.example.com/v1", "https://api.example.com"),
        ("http://me:secret@[::1]:8080/secret/v1?key=secret#secret", "http://[::1]:8080"),
        ("http://localhost:99999/v1", "(unreadable)"),
        ("http://[::1", "(unreadable)"),
        ("secret", "(unreadable)"),
    ],
)
def test_of_an_address_only_scheme_host_and_port_are_told(given: str, told: str) -> None:
    assert addresses.without_secrets(given) == told


@pytest.mark.parametrize(
    "given", ["http://127.0.0.1:11434/v1", "https://api.example.com", "http://[::1]:8080/v1"]
)
def test_what_can_be_called(given: str) -> None:
    assert addresses.can_be_called(given)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "not-an-address",
        "http://",
        "ftp://host/v1",
        "http://h:99999/v1",
        "http://h:0",
        "http://[",
    ],
)
def test_what_cannot_be_called(given: str) -> None:
    assert not addresses.can_be_called(given)
