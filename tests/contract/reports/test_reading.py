"""GET /api/reports, /api/reports/{id} and /api/reports/{id}/lines."""

from decimal import Decimal
from typing import Any

import pytest
from tests.support import reports as make
from tests.support.identity import Visitors
from tests.support.reports import Desk

REPORT = {
    "id", "period", "status", "totals", "lineCount", "needsReviewCount", "version", "createdAt",
    "submittedAt", "jobId",
}  # fmt: skip
LINE = {
    "id", "transactionId", "postedOn", "originalDescription", "description", "vendor", "note",
    "amount", "currency", "glCode", "departmentCode", "tier", "confidence", "needsReview",
    "reviewReason", "explanation", "suggestions", "editedByUser", "version",
}  # fmt: skip


async def test_a_report_says_what_its_lines_add_up_to(desk: Desk) -> None:
    report = await desk.report()
    assert report.keys() == REPORT
    assert report["totals"] == [{"currency": "USD", "amount": "19.50"}]
    assert (report["status"], report["lineCount"], report["needsReviewCount"]) == ("Draft", 3, 1)
    assert report["createdAt"].endswith("Z")
    assert (report["submittedAt"], report["jobId"]) == (None, None)


async def test_totals_are_per_currency_and_nothing_is_converted(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        more = [
            *await make.add_transactions(
                session, desk.user_id, currency="JPY", amount=Decimal(1200)
            ),
            *await make.add_transactions(session, desk.user_id, amount=Decimal("-0.0050")),
        ]
    await desk.run_job(*(make.settled(id_) for id_ in more))
    assert (await desk.report())["totals"] == [
        {"currency": "JPY", "amount": "1200"},
        {"currency": "USD", "amount": "19.495"},
    ]


async def test_reports_are_a_page_with_the_latest_month_first(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        (charge,) = await make.add_transactions(session, desk.user_id, period="2025-12")
        december = await make.make_draft(
            session, desk.user_id, [make.settled(charge)], period="2025-12"
        )
    page = (await desk.client.get("/api/reports")).json()
    assert [item["id"] for item in page["items"]] == [str(desk.report_id), str(december)]
    assert (page["totalCount"], page["page"], page["pageSize"]) == (2, 1, 20)
    second = (await desk.client.get("/api/reports?page=2&pageSize=1")).json()
    assert [item["id"] for item in second["items"]] == [str(december)]
    only = (await desk.client.get("/api/reports?period=2025-12")).json()
    assert (only["totalCount"], only["items"][0]["period"]) == (1, "2025-12")


async def test_a_line_has_all_its_members(desk: Desk) -> None:
    line = await desk.line(0)
    assert line.keys() == LINE
    assert (line["originalDescription"], line["description"]) == ("SQ *BLUE BOTTLE 0001", "Coffee")
    assert (line["postedOn"], line["amount"], line["currency"]) == ("2026-01-02", "6.50", "USD")
    assert (line["tier"], line["confidence"]) == ("model", 0.93)
    flagged = await desk.line(1)
    assert flagged["reviewReason"] == "No AI service is configured"
    assert (flagged["glCode"], flagged["confidence"], flagged["suggestions"]) == (None, None, [])


async def test_a_line_shows_the_likeliest_three_suggestions(desk: Desk) -> None:
    likely = [make.suggestion(code, part) for code, part in zip("abcd", "4321", strict=True)]
    await desk.run_job(make.flagged(desk.charges[1], suggestions=tuple(likely)))
    shown = (await desk.line(1))["suggestions"]
    assert [each["glCode"] for each in shown] == ["a", "b", "c"]
    assert shown[0] == {"glCode": "a", "departmentCode": "07", "confidence": 0.4}


async def test_lines_are_filtered_by_flag(desk: Desk) -> None:
    flagged = await desk.lines(needsReview="true")
    assert [line["transactionId"] for line in flagged] == [str(desk.charges[1])]
    assert len(await desk.lines(needsReview="false")) == 2


@pytest.mark.parametrize(
    ("q", "found"),
    [("coffee", 2), ("BOTTLE coffee", 2), ("bottle 0002", 1), ("0%", 0), ("_", 0), ("\\", 0)],
)
async def test_lines_are_searched_as_plain_text(desk: Desk, q: str, found: int) -> None:
    assert len(await desk.lines(q=q)) == found


async def test_lines_are_filtered_by_tier_and_codes(desk: Desk) -> None:
    flagged, settled = {str(desk.charges[1])}, {str(desk.charges[0]), str(desk.charges[2])}
    for params, expected in (
        ({"tier": "manual"}, flagged),
        ({"tier": "model", "needsReview": "false"}, settled),
        ({"glCode": "66300"}, settled),
        ({"glCode": ""}, flagged),
        ({"departmentCode": "07", "q": "coffee"}, settled),
        ({"departmentCode": ""}, flagged),
        ({"glCode": "66300", "departmentCode": ""}, set()),
        ({"glCode": "%"}, set()),
    ):
        found = {line["transactionId"] for line in await desk.lines(**params)}
        assert found == expected, params


async def test_a_review_begins_with_what_the_tiers_were_least_sure_of(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        more = await make.add_transactions(session, desk.user_id, 3)
    doubtful = [
        make.settled(id_, needs_review=True, confidence=Decimal(f"0.{tenths}"))
        for id_, tenths in zip(more, (5, 3, 4), strict=True)
    ]
    await desk.run_job(*doubtful, make.settled(desk.charges[2], confidence=Decimal("0.8")))
    lines = await desk.lines(sort="-needsReview")
    assert [(line["needsReview"], line["confidence"]) for line in lines] == [
        (True, None),
        (True, 0.3),
        (True, 0.4),
        (True, 0.5),
        (False, 0.8),
        (False, 0.93),
    ]
    turned = await desk.lines(sort="needsReview")
    assert [line["needsReview"] for line in turned] == [False] * 2 + [True] * 4


FIELDS = [
    "postedOn", "amount", "description", "vendor", "glCode", "departmentCode", "confidence", "tier",
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
async def test_lines_are_sorted_both_ways_with_empty_last(desk: Desk, field: str) -> None:
    def sortable(lines: list[dict[str, Any]]) -> list[Any]:
        values = [line[field] for line in lines if line[field] is not None]
        assert [line[field] for line in lines[: len(values)]] == values, "null comes last"
        if field == "amount":
            return [Decimal(value) for value in values]
        return [value.lower() if isinstance(value, str) else value for value in values]

    up, down = await desk.lines(sort=field), await desk.lines(sort=f"-{field}")
    assert sortable(up) == sorted(sortable(up))
    assert sortable(down) == sorted(sortable(down), reverse=True)


async def test_pages_of_equal_lines_neither_repeat_nor_skip(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        more = await make.add_transactions(session, desk.user_id, 20)
    await desk.run_job(*(make.settled(id_) for id_ in more))
    pages = [await desk.lines(sort="vendor", page=n, pageSize=5) for n in range(1, 6)]
    ids = [line["id"] for page in pages for line in page]
    assert len(ids) == len(set(ids)) == 23


@pytest.mark.parametrize(
    "query",
    [
        "pageSize=501", "page=0", "page=1" + "0" * 30, "sort=note", "sort=amount;drop", "sort=",
        "needsReview=perhaps", "tier=", "tier=person", "glCode=%00", "glCode=" + "x" * 41,
        "departmentCode=%00", "q=%00", "q=" + "x" * 201,
    ],
)  # fmt: skip
async def test_a_wrong_query_for_lines_is_400(desk: Desk, query: str) -> None:
    answer = await desk.client.get(f"{desk.path}/lines?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["pageSize=101", "page=0", "period=2026-13", "period=2026-1"])
async def test_a_wrong_query_for_reports_is_400(desk: Desk, query: str) -> None:
    assert (await desk.client.get(f"/api/reports?{query}")).status_code == 400


@pytest.mark.parametrize("id_", ["6f1c2a52-2a51-4a51-8a51-9a5160c1f001", "no-uuid"])
async def test_a_report_that_is_not_there_is_404(desk: Desk, id_: str) -> None:
    for path in (f"/api/reports/{id_}", f"/api/reports/{id_}/lines", f"/api/reports/{id_}/export"):
        assert (await desk.client.get(path)).status_code == 404


async def test_somebody_elses_report_is_404_everywhere(desk: Desk, visitors: Visitors) -> None:
    line = await desk.line(0)
    stranger = await visitors.signed_in("bob@example.com")
    tag = {"If-Match": f'"{line["version"]}"'}
    for method, path, headers in (
        ("GET", desk.path, {}),
        ("GET", f"{desk.path}/lines", {}),
        ("GET", f"{desk.path}/export", {}),
        ("POST", f"{desk.path}/submit", {}),
        ("POST", f"{desk.path}/reopen", {}),
        ("DELETE", desk.path, {}),
    ):
        answer = await stranger.request(method, path, headers=headers)
        assert answer.status_code == 404, path
    edit = await stranger.patch(
        f"{desk.path}/lines/{line['id']}", json={"note": "mine"}, headers=tag
    )
    exclude = await stranger.patch(
        f"/api/transactions/{line['transactionId']}", json={"excluded": True}
    )
    assert (edit.status_code, exclude.status_code) == (404, 404)
    assert (await stranger.get("/api/reports")).json()["totalCount"] == 0
    assert await desk.line(0) == line
