"""Contract section 2: statements in, transactions out, over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.support import statements as support
from tests.support.identity import Visitors, visitors
from tests.support.statements import COFFEE, TEA, csv

from expenseflow.infra.db import Database

__all__ = ["visitors"]

HEADER = "Transaction Date,Description,Amount,Original Amount,Original Currency,Category,Card No."


@pytest.fixture
async def ann(visitors: Visitors) -> httpx.AsyncClient:
    return await visitors.signed_in("ann@example.com")


async def upload(client: httpx.AsyncClient, content: bytes, **fields: str) -> httpx.Response:
    name = fields.pop("file_name", "january.csv")
    files = {"file": (name, content, "text/csv")}
    return await client.post("/api/statements", files=files, data=fields)


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"].endswith(f"/{slug}")
    assert body["status"] == status
    return body


async def nothing_stored(client: httpx.AsyncClient) -> bool:
    pages = [await client.get(path) for path in ("/api/statements", "/api/transactions")]
    return all(page.json()["totalCount"] == 0 for page in pages)


async def test_an_import_is_answered_with_its_outcome(ann: httpx.AsyncClient) -> None:
    content = csv(COFFEE, "2026-02-01,PAYMENT - THANK YOU,-9.00", "2026-01-07,X,NaN")

    answer = await upload(ann, content, account="1234")

    assert answer.status_code == 201
    body = answer.json()
    assert body.pop("id")
    assert body.pop("createdAt").endswith("Z")
    assert body == {
        "fileName": "january.csv",
        "format": "csv",
        "account": "1234",
        "currency": "USD",
        "currencySource": "default",
        "imported": 1,
        "duplicates": 0,
        "payments": 1,
        "skipped": 0,
        "rejected": [{"row": 4, "reason": "The amount “NaN” is not an amount."}],
        "periods": ["2026-01", "2026-02"],
        "importedBefore": False,
        "mappingSource": "inferred",
        "notes": [],
    }


async def test_the_same_file_again_imports_nothing(ann: httpx.AsyncClient) -> None:
    await upload(ann, csv(COFFEE, COFFEE))

    body = (await upload(ann, csv(COFFEE, COFFEE))).json()

    assert (body["imported"], body["duplicates"], body["importedBefore"]) == (0, 2, True)


async def test_the_same_file_for_another_account_or_currency_imports_nothing(
    ann: httpx.AsyncClient,
) -> None:
    await upload(ann, csv(COFFEE, COFFEE), account="1234")

    for fields in ({"account": "5678"}, {"currency": "CAD"}, {}):
        body = (await upload(ann, csv(COFFEE, COFFEE), **fields)).json()
        assert (body["imported"], body["duplicates"], body["importedBefore"]) == (0, 2, True)
        assert (body["account"], body["currency"]) == ("1234", "USD")


async def test_two_uploads_of_one_file_at_once_import_it_once(ann: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(upload(ann, support.month(50)) for _ in range(3)))

    assert sorted(answer.json()["imported"] for answer in answers) == [0, 0, 50]


async def test_ofx_is_taken_too(ann: httpx.AsyncClient) -> None:
    content = support.ofx(("20260105", "COFFEE", "-4.50", "F1"), account="4111111111111111")

    body = (await upload(ann, content, file_name="jan.qfx")).json()

    assert (body["format"], body["account"], body["imported"]) == ("ofx", "1111", 1)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04zip", bytes(range(256)), b"hello", b"%PDF-1.7", csv()],
    ids=repr,
)
async def test_an_unreadable_file_is_422_and_stores_nothing(
    ann: httpx.AsyncClient, content: bytes
) -> None:
    body = problem(await upload(ann, content), 422, "unreadable-statement")

    assert body["detail"]
    assert await nothing_stored(ann)


async def test_a_file_of_which_every_row_is_bad_is_201_with_their_reasons(
    ann: httpx.AsyncClient,
) -> None:
    answer = await upload(ann, csv("2026-01-06,Not a number,NaN"))

    assert answer.status_code == 201
    body = answer.json()
    assert (body["imported"], body["periods"], len(body["rejected"])) == (0, [], 1)


async def test_external_entities_are_refused(ann: httpx.AsyncClient) -> None:
    content = b'<?xml version="1.0"?><!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><OFX>&x;'

    problem(await upload(ann, content), 422, "unreadable-statement")


async def test_an_unknown_currency_is_422_and_stores_nothing(ann: httpx.AsyncClient) -> None:
    problem(await upload(ann, csv(COFFEE), currency="ZZZ"), 422, "unknown-currency")

    assert await nothing_stored(ann)


async def test_a_file_over_the_limit_is_413(db: Database) -> None:
    small = Visitors(db, max_upload_mb=1)
    ann = await small.signed_in()
    content = csv(COFFEE).ljust(1_000_000, b" ")

    assert (await upload(ann, content)).status_code == 201
    problem(await upload(ann, content + b" "), 413, "statement-too-large")
    problem(await upload(ann, content * 3), 413, "too-large")
    await small.close()


@pytest.mark.parametrize("member", ["mappings", "decision", "user_id", "x" * 500])
async def test_an_unknown_member_is_400(ann: httpx.AsyncClient, member: str) -> None:
    body = problem(await upload(ann, csv(COFFEE), **{member: "{}"}), 400, "invalid-request")

    assert body["errors"][0]["pointer"].startswith("#/")
    assert await nothing_stored(ann)


@pytest.mark.parametrize("account", ["x" * 101, "a\x00b", "line\nbreak"])
async def test_a_bad_account_is_400(ann: httpx.AsyncClient, account: str) -> None:
    problem(await upload(ann, csv(COFFEE), account=account), 400, "invalid-request")


async def test_a_missing_file_is_400(ann: httpx.AsyncClient) -> None:
    files = {"account": (None, "1234")}

    body = problem(await ann.post("/api/statements", files=files), 400, "invalid-request")

    assert body["errors"] == [{"detail": "A file is needed.", "pointer": "#/file"}]


async def test_two_files_are_400(ann: httpx.AsyncClient) -> None:
    files = [("file", ("a.csv", csv(COFFEE))), ("file", ("b.csv", csv(TEA)))]

    problem(await ann.post("/api/statements", files=files), 400, "invalid-request")


async def test_broken_multipart_is_400(ann: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    answer = await ann.post("/api/statements", content=b"--y\r\nnot a form", headers=headers)

    problem(answer, 400, "invalid-request")


async def test_another_content_type_is_415(ann: httpx.AsyncClient) -> None:
    answer = await ann.post("/api/statements", json={"file": "x"})

    problem(answer, 415, "unsupported-media-type")


async def test_without_a_body_it_is_400(ann: httpx.AsyncClient) -> None:
    problem(await ann.post("/api/statements"), 400, "invalid-request")


async def test_a_file_name_is_stored_safely(ann: httpx.AsyncClient) -> None:
    answer = await upload(ann, csv(COFFEE), file_name="../../\u202eetc/passwd")

    assert answer.json()["fileName"] == "passwd"


async def test_the_imports_are_listed_newest_first(ann: httpx.AsyncClient) -> None:
    first = (await upload(ann, csv(COFFEE))).json()
    second = (await upload(ann, csv(TEA))).json()

    page = (await ann.get("/api/statements", params={"pageSize": 1})).json()
    rest = (await ann.get("/api/statements", params={"pageSize": 1, "page": 2})).json()

    assert {key: page[key] for key in ("totalCount", "page", "pageSize")} == {
        "totalCount": 2,
        "page": 1,
        "pageSize": 1,
    }
    assert [page["items"], rest["items"]] == [[second], [first]]


async def test_a_transaction_has_every_member_of_the_contract(ann: httpx.AsyncClient) -> None:
    rows = ("2026-01-05,CAFÉ,9.26,10.00,USD,Food,1234", "2026-01-06,REFUND CAFÉ,-1.5,,,,1234")
    await upload(ann, csv(*rows, header=HEADER), currency="EUR")

    items = (await ann.get("/api/transactions")).json()["items"]

    assert items[1].pop("id")
    assert items[1] == {
        "postedOn": "2026-01-05",
        "description": "CAFÉ",
        "amount": "9.26",
        "currency": "EUR",
        "originalAmount": "10.00",
        "originalCurrency": "USD",
        "account": "1234",
        "sourceCategory": "Food",
        "isPayment": False,
        "excluded": False,
    }
    assert (items[0]["amount"], items[0]["originalAmount"]) == ("-1.50", None)


async def test_transactions_are_found_by_period_and_text(ann: httpx.AsyncClient) -> None:
    await upload(ann, csv(COFFEE, TEA, "2026-02-01,100% COFFEE,1.00"))

    async def found(**params: str) -> list[str]:
        page = (await ann.get("/api/transactions", params=params)).json()
        assert page["totalCount"] == len(page["items"])
        return [item["description"] for item in page["items"]]

    assert await found(period="2026-01") == ["TEA", "COFFEE"]
    assert await found(q="coffee") == ["100% COFFEE", "COFFEE"]
    assert await found(q="coffee", period="2026-01") == ["COFFEE"]
    assert await found(q="%") == ["100% COFFEE"]
    assert await found(period="2025-12") == []


@pytest.mark.parametrize(
    "query",
    ["period=2026-13", "period=2026-1", "period=%D9%A2%D9%A0%D9%A2%D9%A6-%D9%A0%D9%A1",
     "period=2026-01%0A", "period=", "period=0000-01", "q=%00", f"q={'x' * 201}", "page=0",
     f"page=1{'0' * 30}", "pageSize=0", "pageSize=101", "pageSize=x"],
)  # fmt: skip
async def test_a_malformed_question_is_400(ann: httpx.AsyncClient, query: str) -> None:
    answer = await ann.get(f"/api/transactions?{query}")

    problem(answer, 400, "invalid-request")


async def test_invalid_utf_8_in_a_search_finds_nothing(ann: httpx.AsyncClient) -> None:
    answer = await ann.get("/api/transactions?q=%FF%FE")

    assert answer.status_code in {200, 400}


async def test_nobody_sees_somebody_elses(visitors: Visitors, ann: httpx.AsyncClient) -> None:
    bob = await visitors.signed_in("bob@example.com")
    await upload(ann, csv(COFFEE))

    assert await nothing_stored(bob)
    assert (await upload(bob, csv(COFFEE))).json()["imported"] == 1


@pytest.mark.parametrize("path", ["/api/statements", "/api/transactions"])
async def test_without_a_token_it_is_401(visitors: Visitors, path: str) -> None:
    problem(await visitors.anonymous().get(path), 401, "not-authenticated")


async def test_an_upload_without_a_token_is_401(visitors: Visitors) -> None:
    problem(await upload(visitors.anonymous(), csv(COFFEE)), 401, "not-authenticated")
