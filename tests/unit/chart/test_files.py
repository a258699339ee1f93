"""Reading a chart file: all of it or nothing."""

import pytest

from expenseflow.chart import rules, service
from expenseflow.chart.errors import InvalidChart
from expenseflow.chart.rules import ChartEntry


def test_codes_and_names_are_read() -> None:
    assert rules.parse(b"code,name\n66300,Meals\n07,Operations\n") == [
        ChartEntry("66300", "Meals"),
        ChartEntry("07", "Operations"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b'\xef\xbb\xbfcode,name,description,active\r\n1,A,"b, c",no\r\n',
        b"Code;Name;Description;Active\n1;A;b, c;false\n",
        b'\nactive,description,name,code\n0,"b, c",A,1\n\n , ,,\n',
        b'name , code, description ,active\n A , 1 ,"b, c", inactive \n',
    ],
)
def test_the_usual_dialects_are_read(content: bytes) -> None:
    assert rules.parse(content) == [ChartEntry("1", "A", "b, c", active=False)]


def test_a_cell_may_hold_line_ends() -> None:
    assert rules.parse(b'code,name\n1,"A\nB"\n')[0].name == "A\nB"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Line 1"),
        (b"code,name\n", "no entries"),
        (b"66300,Meals\n", "Line 1"),
        (b"code,code,name\n1,1,A\n", "Line 1"),
        (b"code,name,owner\n1,A,me\n", "Line 1"),
        (b"code,name\n1,A\n,B\n", "Line 3: the code is empty"),
        (b"code,name\n1,A\n2,\n", "Line 3: the name is empty"),
        (b"code,name\n1\n", "Line 2: the name is empty"),
        (b"code,name\n1,A\n2,B\n1,C\n", "Line 4: the code 1 stands there twice"),
        (b"code,name\n1,A,B\n", "Line 2"),
        (b"code,name\n1\x01,A\n", "Line 2"),
        (b"code,name\n" + b"1" * 41 + b",A\n", "Line 2: the code has more than 40"),
        (b"code,name\n1," + b"n" * 201 + b"\n", "Line 2: the name has more than 200"),
        (b"code,name,description\n1,A," + b"d" * 1001 + b"\n", "Line 2: the description"),
        (b"code,name,active\n1,A,perhaps\n", "Line 2: active"),
        (b"code,name\n1,A\x00\n", "Line 2: the file holds a NUL"),
        (b"code,name\n1,\xff\n", "Line 2: the file is not UTF-8"),
        (b'code,name\n1,"A\n', "this is not CSV"),
        (b"PK\x03\x04\x00\x00", "NUL"),
        (b"x" * (rules.MAX_BYTES + 1), "too large"),
    ],
)
def test_a_wrong_file_is_refused_by_line(content: bytes, words: str) -> None:
    with pytest.raises(InvalidChart, match=words):
        rules.parse(content)


def test_a_cell_beyond_what_the_csv_reader_takes_is_refused() -> None:
    with pytest.raises(InvalidChart):
        rules.parse(b"code,name\n1," + b"n" * 200_000 + b"\n")


def test_too_many_entries_are_refused() -> None:
    rows = b"".join(b"%d,A\n" % code for code in range(rules.MAX_ENTRIES + 1))
    with pytest.raises(InvalidChart, match="more than"):
        rules.parse(b"code,name\n" + rows)


def test_the_starter_chart_can_serve_a_company() -> None:
    accounts, departments = service.starter("accounts.csv"), service.starter("departments.csv")
    assert 30 <= len(accounts) <= 50
    assert len(departments) == 10
    assert all(entry.description and entry.active for entry in (*accounts, *departments))
    assert ("66300", "Meals") in {(entry.code, entry.name) for entry in accounts}
    assert ("07", "Operations") in {(entry.code, entry.name) for entry in departments}


@pytest.mark.parametrize(
    ("before", "kept", "drastic"),
    [
        (43, 1, True),
        (10, 4, True),
        (10, 5, False),
        (4, 0, False),
        (0, 0, False),
        (2000, 1999, False),
    ],
)
def test_losing_most_of_many_codes_is_drastic(before: int, kept: int, *, drastic: bool) -> None:
    entries = [ChartEntry(str(code), "A") for code in range(kept)]

    done = rules.loading({str(code) for code in range(before)}, entries)

    assert done.deactivated == before - kept
    assert done.is_drastic is drastic


def test_a_code_that_the_file_calls_inactive_counts_as_deactivated() -> None:
    entries = [ChartEntry("1", "A", active=False), ChartEntry("2", "B", active=False)]

    assert rules.loading({"1"}, entries) == rules.Loading(2, deactivated=1, active_before=1)
