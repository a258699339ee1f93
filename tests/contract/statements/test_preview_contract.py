"""POST /api/statements/preview, and `mapping` and `decisions` on an import, over HTTP."""

import json
from typing import Any

import httpx
import pytest
from tests.support.identity import Visitors, visitors
from tests.support.statements import COFFEE, TEA, csv, ofx

__all__ = ["visitors"]

PAYMENT = "2026-01-09,PAYMENT - THANK YOU,-9.00"


@pytest.fixture
async def ann(visitors: Visitors) -> httpx.AsyncClient:
    return await visitors.signed_in("ann@example.com")


async def send(client: httpx.AsyncClient, path: str, content: bytes, **members: Any) -> Any:
    files = {"file": ("january.csv", content, "text/csv")}
    data = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in members.items()
    }
    return await client.post(path, files=files, data=data)


async def preview(client: httpx.AsyncClient, content: bytes, **members: Any) -> dict[str, Any]:
    answer = await send(client, "/api/statements/preview", content, **members)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def upload(client: httpx.AsyncClient, content: bytes, **members: Any) -> dict[str, Any]:
    answer = await send(client, "/api/statements", content, **members)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def stored(client: httpx.AsyncClient) -> list[tuple[str, str, bool]]:
    page = (await client.get("/api/transactions")).json()
    return sorted((one["description"], one["amount"], one["isPayment"]) for one in page["items"])


async def test_a_preview_shows_every_row_and_how_the_file_was_read(
    ann: httpx.AsyncClient,
) -> None:
    await upload(ann, csv(COFFEE), account="1234")

    body = await preview(ann, csv(COFFEE, TEA, PAYMENT, "2026-01-07,X,NaN"), account="1234")

    key = body.pop("headerKey")
    assert len(key) == 64
    coffee, tea, payment, rejected = body.pop("rows")
    assert coffee == {
        "row": 2,
        "postedOn": "2026-01-05",
        "description": "COFFEE",
        "amount": "4.50",
        "currency": "USD",
        "account": "1234",
        "decision": "duplicate",
        "reason": "Already there: the same account, day, amount and description.",
        "chosen": None,
        "imports": False,
    }
    assert (tea["decision"], tea["reason"], tea["imports"]) == ("new", None, True)
    assert (payment["decision"], payment["imports"]) == ("payment", True)
    assert rejected["reason"] == "The amount “NaN” is not an amount."
    assert (rejected["decision"], rejected["postedOn"], rejected["row"]) == ("rejected", None, 5)
    assert body == {
        "format": "csv",
        "account": "1234",
        "currency": "USD",
        "currencySource": "default",
        "mapping": {
            "columns": {"date": [0], "description": [1], "amount": [2], "reference": []},
            "dateOrder": "yearFirst",
            "decimalSign": ".",
            "signConvention": "chargesPositive",
            "delimiter": ",",
            "headerRow": 1,
            "account": "1234",
        },
        "mappingSource": "remembered",
        "signConvention": "chargesPositive",
        "dateOrderSure": True,
        "headings": ["Date", "Description", "Amount"],
        "imported": 1,
        "duplicates": 1,
        "payments": 1,
        "skipped": 0,
        "rejected": 1,
        "periods": ["2026-01"],
        "totals": [{"amount": "3.50", "currency": "USD"}],
        "importedBefore": False,
        "notes": [],
    }


async def test_a_preview_stores_nothing(ann: httpx.AsyncClient) -> None:
    await preview(ann, csv(COFFEE), mapping={"signConvention": "chargesNegative"})

    assert await stored(ann) == []
    assert (await ann.get("/api/statements")).json()["totalCount"] == 0
    assert (await preview(ann, csv(COFFEE)))["mappingSource"] == "inferred"


async def test_the_sign_is_flipped_and_the_mapping_sent_back(ann: httpx.AsyncClient) -> None:
    content = csv(COFFEE, "2026-01-06,TEA,-3.50")
    shown = await preview(ann, content)
    assert shown["signConvention"] == "chargesNegative"

    flipped = await preview(
        ann, content, mapping=shown["mapping"] | {"signConvention": "chargesPositive"}
    )
    done = await upload(ann, content, mapping=flipped["mapping"])

    assert [row["amount"] for row in flipped["rows"]] == ["4.50", "-3.50"]
    assert (done["imported"], done["mappingSource"]) == (2, "given")
    assert await stored(ann) == [("COFFEE", "4.50", False), ("TEA", "-3.50", False)]
    february = await preview(ann, csv("2026-02-06,TEA,-3.50", "2026-02-07,COFFEE,4.50"))
    assert (february["mappingSource"], february["signConvention"]) == (
        "remembered", "chargesPositive",
    )  # fmt: skip


async def test_the_same_file_read_another_way_is_a_conflict(ann: httpx.AsyncClient) -> None:
    await upload(ann, csv(COFFEE, "2026-01-06,TEA REFUND,-3.50"))

    for path in ("/api/statements", "/api/statements/preview"):
        answer = await send(
            ann, path, csv(COFFEE, "2026-01-06,TEA REFUND,-3.50"),
            mapping={"signConvention": "chargesNegative"},
        )  # fmt: skip
        assert answer.status_code == 409
        assert "Undo that import first" in answer.json()["detail"]


async def test_decisions_override_row_by_row(ann: httpx.AsyncClient) -> None:
    await upload(ann, csv(COFFEE))
    content = csv(COFFEE, TEA, PAYMENT)
    decisions = {"2": "import", "3": "skip", "4": "import"}

    shown = await preview(ann, content, decisions=decisions)
    done = await upload(ann, content, decisions=decisions)
    again = await upload(ann, content, decisions=decisions)

    assert [row["imports"] for row in shown["rows"]] == [True, False, True]
    assert [row["chosen"] for row in shown["rows"]] == ["import", "skip", "import"]
    counted = ("imported", "duplicates", "payments", "skipped")
    assert [done[name] for name in counted] == [shown[name] for name in counted] == [2, 0, 0, 1]
    assert [again[name] for name in counted] == [0, 2, 0, 1]
    assert await stored(ann) == [
        ("COFFEE", "4.50", False),
        ("COFFEE", "4.50", False),
        ("PAYMENT - THANK YOU", "-9.00", False),
    ]
    assert (await preview(ann, content))["rows"][1]["decision"] == "new"


async def test_an_unsure_order_of_dates_is_said_and_can_be_changed(
    ann: httpx.AsyncClient,
) -> None:
    content = csv("03/04/2026,A,1.00")
    shown = await preview(ann, content)
    other = {"monthFirst": "dayFirst", "dayFirst": "monthFirst"}[shown["mapping"]["dateOrder"]]

    changed = await preview(ann, content, mapping={"dateOrder": other})

    assert (shown["dateOrderSure"], changed["dateOrderSure"]) == (False, True)
    days = {body["rows"][0]["postedOn"] for body in (shown, changed)}
    assert days == {"2026-03-04", "2026-04-03"}


async def test_ofx_has_a_preview_too(ann: httpx.AsyncClient) -> None:
    body = await preview(ann, ofx(("20260105", "COFFEE", "-4.50", "F1")))

    assert (body["format"], body["signConvention"]) == ("ofx", "chargesNegative")
    assert body["mapping"]["columns"] == {}


@pytest.mark.parametrize(
    "mapping",
    [
        "{", "[]", "1", '"x"', "null", '{"sign":1}', '{"columns":{"price":0}}', "[" * 100_000,
        '{"columns":{"date":-1}}', '{"columns":{"date":true}}', '{"columns":{"date":1.5}}',
        '{"columns":[]}', '{"signConvention":"positive"}', '{"decimalSign":";"}',
        '{"dateOrder":"dmy"}', '{"headerRow":-1}', '{"headerRow":"1"}', '{"account":1}',
        '{"account":"\\u0000"}', '{"account":"a","account":"b"}', '{"delimiter":"x"}',
        '{"headerRow":1e999}', '{"headerRow":NaN}', '{"columns":{"date":[' + "0," * 200 + "0]}}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/statements", "/api/statements/preview"])
async def test_a_mapping_that_is_none_is_400(
    ann: httpx.AsyncClient, path: str, mapping: str
) -> None:
    answer = await send(ann, path, csv(COFFEE), mapping=mapping)

    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["pointer"] == "#/mapping"
    assert await stored(ann) == []


@pytest.mark.parametrize(
    "mapping",
    [{"columns": {"amount": "Price"}}, {"columns": {"date": 9}}, {"columns": {"date": 1}},
     {"headerRow": 90}],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/statements", "/api/statements/preview"])
async def test_a_mapping_of_another_file_is_422(
    ann: httpx.AsyncClient, path: str, mapping: dict[str, Any]
) -> None:
    answer = await send(ann, path, csv(COFFEE), mapping=mapping)

    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith("/mapping-does-not-fit")
    assert await stored(ann) == []


@pytest.mark.parametrize(
    ("decisions", "status"),
    [
        ("{", 400), ("[]", 400), ('{"2":"maybe"}', 400), ('{"two":"skip"}', 400),
        ('{"2":"skip","2":"import"}', 400), ('{"-1":"skip"}', 400), ('{"2":null}', 400),
        ({"9": "skip"}, 422), ({"3": "import"}, 422), ({"3": "skip"}, 422),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/statements", "/api/statements/preview"])
async def test_decisions_about_nothing_are_refused(
    ann: httpx.AsyncClient, path: str, decisions: Any, status: int
) -> None:
    answer = await send(ann, path, csv(COFFEE, "2026-01-07,X,NaN"), decisions=decisions)

    assert answer.status_code == status, answer.text
    assert await stored(ann) == []


async def test_members_as_files_are_refused(ann: httpx.AsyncClient) -> None:
    files = {
        "file": ("january.csv", csv(COFFEE), "text/csv"),
        "mapping": ("mapping.json", b"{}", "application/json"),
    }
    answer = await ann.post("/api/statements/preview", files=files)
    assert answer.status_code == 400


async def test_a_decision_about_each_of_20000_rows_is_taken(ann: httpx.AsyncClient) -> None:
    rows = (f"2026-01-{n % 28 + 1:02d},M{n},1.00" for n in range(20_000))
    decisions = {str(row): "skip" for row in range(2, 20_002)}

    body = await upload(ann, csv(*rows), decisions=decisions)

    assert (body["imported"], body["skipped"]) == (0, 20_000)
