import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { describe, expect, test } from "vitest";

import { database, problem, server } from "@/testing/backend";
import { change } from "@/testing/backend/reports";
import { aCodeTotal, aCurrencyTotal, anId, aReport } from "@/testing/factories";
import { aFlaggedLine } from "@/testing/line-factories";
import { renderApp } from "@/testing/render";
import { choose, openReport, press, reportHeading, SUBMITTED } from "@/testing/report-page";

const dialog = (role: "dialog" | "alertdialog" = "dialog") => screen.findByRole(role);

describe("the header", () => {
  test("says which report it is, where it stands and what it adds up to", async () => {
    const totals = [
      { amount: "6359.83", currency: "USD" },
      { amount: "20.00", currency: "EUR" },
    ];
    openReport({ needsReviewCount: 8, totals });
    await reportHeading();
    expect(screen.getByText("Draft")).toBeVisible();
    expect(screen.getByText("8 to review")).toBeVisible();
    expect(screen.getByText("$6,359.83, €20.00")).toBeVisible();
    expect(screen.getByText("140 lines")).toBeVisible();
    expect(document.title).toBe("Report of January 2026 · ExpenseFlow");
    expect(screen.getByRole("link", { name: "Your months" })).toHaveAttribute("href", "/app/");
  });

  test("leads to the transactions and to the job it came of", async () => {
    const jobId = anId();
    openReport({ jobId });
    await press("More");
    expect(
      await screen.findByRole("menuitem", { name: "The month's transactions" }),
    ).toHaveAttribute("href", "/app/transactions?period=2026-01");
    expect(screen.getByRole("menuitem", { name: "How it was made" })).toHaveAttribute(
      "href",
      `/app/jobs/${jobId}`,
    );
  });

  test("of a report without lines offers no submitting, and says why", async () => {
    openReport({ lineCount: 0 });
    const submit = await screen.findByRole("button", { name: "Submit" });
    expect(submit).toHaveAttribute("aria-disabled", "true");
    submit.focus();
    expect(await screen.findByText(/There are no lines to submit/)).toBeInTheDocument();
  });
});

describe("a report that cannot be shown", () => {
  test.each([
    ["is not there", 404, "report-not-found"],
    ["has no such address", 400, "invalid-request"],
  ])("because it %s leads home", async (_, status, slug) => {
    server.use(http.get("/api/reports/:id", () => problem(status, slug)));
    renderApp(`/reports/${anId()}`);
    expect(await screen.findByText("There is no such report")).toBeVisible();
    expect(screen.getByRole("link", { name: "To your months" })).toHaveAttribute("href", "/app/");
  });

  test("because the server is busy comes when asked for again", async () => {
    const busy = () => problem(503, "unavailable", { headers: { "Retry-After": "3" } });
    server.use(http.get("/api/reports/:id", busy));
    openReport();
    expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 3 seconds");
    server.resetHandlers();
    await press("Try again");
    expect(await reportHeading()).toBeVisible();
  });
});

describe("submitting", () => {
  test("by keyboard: asked, answered, and told what comes next", async () => {
    openReport();
    const user = userEvent.setup();
    (await screen.findByRole("button", { name: "Submit" })).focus();
    await user.keyboard("{Enter}");
    const asked = within(await dialog());
    expect(asked.getByText(/140 lines, \$6,359.83/)).toBeVisible();
    await waitFor(() => expect(asked.getByRole("button", { name: "Submit" })).toHaveFocus());
    await user.keyboard("{Enter}");

    expect(await screen.findByText("The report of January 2026 is submitted")).toBeVisible();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    await waitFor(async () => expect(await reportHeading()).toHaveFocus());
    expect(screen.getByRole("button", { name: "Download as PDF" })).toBeEnabled();
    expect(screen.getByRole("link", { name: "Back to your months" })).toBeVisible();
    expect(database.reports[0]?.status).toBe("Submitted");
  });

  test("shows what is left to review first, and goes there", async () => {
    const lines = [
      aFlaggedLine({ vendor: "Blue Bottle Coffee" }),
      aFlaggedLine({ vendor: null, description: "Taxi", reviewReason: null }),
    ];
    const asked: string[] = [];
    server.use(
      http.get("/api/reports/:id/lines", ({ request }) => {
        asked.push(new URL(request.url).search);
        return HttpResponse.json({ items: lines, totalCount: 8, page: 1, pageSize: 5 });
      }),
    );
    openReport({ needsReviewCount: 8 }, "?ask=submit");
    const question = within(await dialog());
    expect(await question.findByText("Blue Bottle Coffee")).toBeVisible();
    expect(question.getByText(/The AI service was not sure/)).toBeVisible();
    expect(question.getByText("Taxi")).toBeVisible();
    expect(question.getByText("8 lines still need a look")).toBeVisible();
    expect(question.getByText("and 6 more")).toBeVisible();
    expect(asked).toContainEqual(expect.stringContaining("needsReview=true"));
    await userEvent.click(question.getByRole("button", { name: "Review them first" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(database.reports[0]?.status).toBe("Draft");
  });

  test("with unreviewed lines happens only when that is what was chosen", async () => {
    openReport({ needsReviewCount: 1 }, "?ask=submit");
    await press("Submit with 1 unreviewed line");
    expect(await screen.findByText("The report of January 2026 is submitted")).toBeVisible();
    expect(database.reports[0]?.status).toBe("Submitted");
  });

  test("names the lines without an account", async () => {
    const { report } = openReport({}, "?ask=submit");
    database.totals[report.id] = [
      aCurrencyTotal({ byAccount: [aCodeTotal({ code: null, name: null, lineCount: 3 })] }),
    ];
    expect(await within(await dialog()).findByText(/3 lines have no account/)).toBeVisible();
  });

  test("that was refused says why, and shows what is true now", async () => {
    const { report } = openReport({}, "?ask=submit");
    const question = within(await dialog());
    change(report.id, { needsReviewCount: 2 }); // meanwhile, in another tab
    await userEvent.click(question.getByRole("button", { name: "Submit" }));
    expect(await question.findByRole("alert")).toHaveTextContent("detail of lines-need-review");
    expect(
      await question.findByRole("button", { name: "Submit with 2 unreviewed lines" }),
    ).toBeVisible();
  });

  test("is not asked of a report that is submitted, whatever the address says", async () => {
    openReport(SUBMITTED, "?ask=submit");
    await reportHeading();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  test("is left by Esc, and the focus goes back to the button", async () => {
    openReport();
    await press("Submit");
    await dialog();
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    await waitFor(() => expect(screen.getByRole("button", { name: "Submit" })).toHaveFocus());
    expect(database.reports[0]?.status).toBe("Draft");
  });

  test("is a place in the history: back closes it", async () => {
    const { router } = openReport();
    await press("Submit");
    await dialog();
    expect(router.state.location.search).toEqual({ ask: "submit" });
    act(() => router.history.back());
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(await reportHeading()).toBeVisible();
  });
});

describe("reopening", () => {
  test("makes a draft of it again", async () => {
    openReport(SUBMITTED);
    await press("Reopen");
    const question = within(await dialog("alertdialog"));
    await userEvent.click(question.getByRole("button", { name: "Reopen" }));
    expect(await screen.findByText("Draft")).toBeVisible();
    expect(screen.getByRole("button", { name: "Submit" })).toBeEnabled();
    await waitFor(async () => expect(await reportHeading()).toHaveFocus());
  });

  test("beside another draft is refused in the server's words", async () => {
    openReport(SUBMITTED, "?ask=reopen");
    const question = within(await dialog("alertdialog"));
    database.reports = [...database.reports, aReport()];
    await userEvent.click(question.getByRole("button", { name: "Reopen" }));
    expect(await question.findByRole("alert")).toHaveTextContent("detail of another-draft");
  });
});

describe("deleting a draft", () => {
  test("leads back to the months, which know of it no more", async () => {
    openReport();
    await choose("More", /Delete this draft/);
    const question = within(await dialog("alertdialog"));
    await userEvent.click(question.getByRole("button", { name: "Delete the draft" }));
    expect(
      await screen.findByRole("button", { name: "Make the report: January 2026" }),
    ).toBeVisible();
    expect(screen.getByText("The draft of January 2026 is deleted")).toBeVisible();
    expect(database.reports).toEqual([]);
  });

  test("can be thought better of", async () => {
    openReport({}, "?ask=delete");
    const question = within(await dialog("alertdialog"));
    await userEvent.click(question.getByRole("button", { name: "Leave it as it is" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
    expect(database.reports).toHaveLength(1);
  });
});

test("accounts whose names cannot be loaded say so, and the rest stands", async () => {
  server.use(http.get("/api/accounts", () => problem(503, "unavailable")));
  openReport();
  expect(await screen.findByText(/names of accounts and departments could not/)).toBeVisible();
  expect(await reportHeading()).toBeVisible();
  server.resetHandlers();
  await press("Try again");
  await waitFor(() =>
    expect(screen.queryByText(/names of accounts and departments/)).not.toBeInTheDocument(),
  );
});
