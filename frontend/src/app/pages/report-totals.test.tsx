import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { describe, expect, test } from "vitest";

import { database, problem, server } from "@/testing/backend";
import { aCodeTotal, aCurrencyTotal } from "@/testing/factories";
import { FakeIntersectionObserver } from "@/testing/fake-intersection-observer";
import { openReport, press } from "@/testing/report-page";

describe("the totals", () => {
  test("stand as a table, the largest first; a name shows its lines", async () => {
    const { router } = openReport();
    const table = within(await screen.findByRole("table", { name: "By account, USD" }));
    const rows = table.getAllByRole("row").map((row) => row.textContent);
    expect(rows.slice(1)).toEqual(["Airfare 651002$100.00", "Meals 663002$30.00", "Total3$130.00"]);
    await userEvent.click(table.getByRole("button", { name: "Show the lines of Meals 66300" }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ account: "66300" }));
    await press("By department");
    expect(await screen.findByRole("table", { name: "By department, USD" })).toBeVisible();
  });

  test("are folded away while something is to be reviewed", async () => {
    openReport({ needsReviewCount: 3 });
    const summary = await screen.findByText("Totals by account and department");
    expect(summary.closest("details")).not.toHaveAttribute("open");
  });

  test("of many accounts show all of them when asked", async () => {
    const { report } = openReport();
    const byAccount = Array.from({ length: 12 }, (_, at) =>
      aCodeTotal({ code: String(60000 + at), name: `Account ${at}`, amount: `${at}.00` }),
    );
    database.totals[report.id] = [aCurrencyTotal({ byAccount })];
    expect(await screen.findByText("Account 11")).toBeVisible();
    expect(screen.queryByText("Account 0")).not.toBeInTheDocument();
    await press("Show all 12");
    expect(screen.getByText("Account 0")).toBeVisible();
  });

  test("of several currencies are never added up", async () => {
    const { report } = openReport();
    database.totals[report.id] = [aCurrencyTotal(), aCurrencyTotal({ currency: "EUR" })];
    expect(await screen.findByRole("table", { name: "By account, EUR" })).toBeVisible();
    expect(screen.getByRole("table", { name: "By account, USD" })).toBeVisible();
  });

  test("that cannot be loaded say so, and come when asked for again", async () => {
    server.use(http.get("/api/reports/:id/totals", () => problem(500, "internal")));
    openReport();
    expect(await screen.findByRole("alert")).toHaveTextContent("Something went wrong here");
    server.resetHandlers();
    await press("Try again");
    expect(await screen.findByRole("table", { name: "By account, USD" })).toBeVisible();
  });

  test("are drawn only once they are seen", async () => {
    openReport();
    await screen.findByRole("table", { name: "By account, USD" });
    expect(screen.queryByTestId("totals-chart")).not.toBeInTheDocument();
    FakeIntersectionObserver.showAll();
    expect(await screen.findByTestId("totals-chart", {}, { timeout: 10_000 })).toBeInTheDocument();
  });
});
