"""The evaluation on small files made up here, in both shapes."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from expenseflow.categorization.evals import __main__ as evaluation
from expenseflow.categorization.evals import scoring

KEYS = [
    "file", "lines", "top1", "top3", "settledShare", "settledPrecision", "ece", "departmentTop1",
    "trainSeconds", "msPerLine",
]  # fmt: skip
CARDS = (
    "trans_date,merchant_name,original_gross_amt,original_cur,billing_gross_amt,billing_cur,"
    "tax_code,mcc,card_masked,gl_code,gl_desc,cost_centre_code,cost_centre_desc,directorate,"
    "file_month"
)
NO_CARDS = "Date,Value,Merchant,Transaction description,Transaction description 2"
KINDS = {"Fuel": "petrol", "Meals": "cafe", "Travel": "rail", "Paper": "stationers"}


def with_cards(folder: Path, per_month: Sequence[int] = (200, 200, 200)) -> None:
    chance = random.Random(1)
    months = list(zip(("august", "september", "october"), per_month, strict=True))
    rows = [CARDS]
    for number, (month, count) in enumerate(months, start=8):
        for line in range(count):
            kind = chance.choice(list(KINDS))
            card = chance.choice("1234")
            merchant = f"{chance.choice(['north', 'old', 'red', 'blue'])} {KINDS[kind]} {line}"
            day = f"2021-{number:02d}-{line % 28 + 1:02d}"
            rows.append(
                f"{day},{merchant},{line}.50,GBP,,GBP,VR,,****{card},K1,{kind},D{card},Desk {card}"
                f",CITY,{month}-2021"
            )
    (folder / "city_cards_2021.csv").write_text("\n".join(rows), encoding="utf-8-sig")


def without_cards(folder: Path, count: int = 60) -> None:
    rows = [NO_CARDS]
    for n in range(count):
        day = f"{n % 28 + 1:02d}/0{n // 28 + 1}/2017"
        rows.append(f'{day},"1,2{n:02d}.00",shop {n % 3},Shop {n % 3},Team {n % 2}')
    (folder / "city_cards_2017.csv").write_text("\n".join(rows))


def results(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def test_it_ends_with_one_object_a_file_the_same_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_cards(tmp_path)
    without_cards(tmp_path)
    runs: list[list[dict[str, Any]]] = []
    for _ in range(2):
        assert evaluation.main(["evals", str(tmp_path)]) == 0
        out = capsys.readouterr().out
        assert all(line.startswith("{") for line in out.splitlines()[-2:])
        runs.append(results(out))
    assert [list(result) for result in runs[0]] == [KEYS, KEYS]
    for one in (*runs[0], *runs[1]):
        del one["trainSeconds"], one["msPerLine"]
    assert runs[0] == runs[1]


def test_the_last_month_is_asked_about_or_the_last_third_of_the_days(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_cards(tmp_path, (150, 150, 90))
    without_cards(tmp_path)
    assert evaluation.main(["evals", str(tmp_path)]) == 0
    assert [one["lines"] for one in results(capsys.readouterr().out)] == [20, 90]


def test_what_names_tell_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_cards(tmp_path)
    evaluation.main(["evals", str(tmp_path)])
    [result] = results(capsys.readouterr().out)
    assert result["top1"] == result["top3"] == result["departmentTop1"] == 1.0


def test_months_of_corrections_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_cards(tmp_path)
    evaluation.main(["evals", str(tmp_path)])
    out = capsys.readouterr().out
    assert "month 1: 200 of 200 lines to touch (100.0%)" in out
    assert "month 3:" in out


@pytest.mark.parametrize(("lines", "asked"), [(9, 3), (2, 1), (1, 1)])
def test_too_few_lines_to_learn_from_are_asked_about_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: int, asked: int
) -> None:
    with_cards(tmp_path, (0, 0, lines))
    assert evaluation.main(["evals", str(tmp_path)]) == 0
    [result] = results(capsys.readouterr().out)
    assert result["lines"] == asked


@pytest.mark.parametrize("content", [None, "a,b\n1,2\n", f"{CARDS}\n", f"{NO_CARDS}\nx,1,a,b,c\n"])
def test_no_file_or_one_that_cannot_be_read_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    if content is not None:
        (tmp_path / "city_cards_x.csv").write_text(content)
    assert evaluation.main(["evals", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert said.out == ""


def test_the_calibration_error_is_how_far_words_are_from_deeds() -> None:
    assert scoring.calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]) == 0
    assert scoring.calibration_error([(1.0, False), (0.0, True)]) == 1.0
