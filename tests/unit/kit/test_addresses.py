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


INSIDE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192",
    "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
    "2001:db8::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "", "localhost", "2130706433", "127.0.0.1:80",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_spelling_of_an_address_inside_is_public(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)  # fmt: skip
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert addresses.is_public(address)
