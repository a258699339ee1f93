import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { describe, expect, test, vi } from "vitest";

import { saveFile } from "@/lib/save-file";
import { database, problem, server } from "@/testing/backend";
import { aPeriod, aReport, aRunningJob } from "@/testing/factories";
import { renderApp } from "@/testing/render";
import { openReport, SUBMITTED } from "@/testing/report-page";

vi.mock("@/lib/save-file", () => ({ saveFile: vi.fn() }));

/** The palette, opened by its key as soon as the page is there. */
async function openPalette(user = userEvent.setup()) {
  await screen.findByRole("button", { name: /Find anything/ });
  await user.keyboard("{Control>}k{/Control}");
  const dialog = await screen.findByRole("dialog", { name: "Go somewhere or do something" });
  const field = within(dialog).getByRole("combobox", { name: /Search pages, months and actions/ });
  await waitFor(() => expect(field).toHaveFocus());
  return { user, field, dialog };
}

const options = () => screen.getAllByRole("option").map((option) => option.textContent);
const isGone = () =>
  waitFor(() =>
    expect(screen.queryByRole("dialog", { name: /Go somewhere/ })).not.toBeInTheDocument(),
  );

describe("the palette", () => {
  test("opens by its key and by its button, closes by Esc, and gives the focus back", async () => {
    renderApp();
    const button = await screen.findByRole("button", { name: /Find anything/ });
    expect(button).toHaveAttribute("aria-keyshortcuts", "Control+K");
    const user = userEvent.setup();
    button.focus();
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("dialog")).toBeVisible();
    await user.keyboard("{Escape}");
    await isGone();
    await waitFor(() => expect(button).toHaveFocus());
    await openPalette(user);
    await user.keyboard("{Control>}k{/Control}");
    await isGone();
  });

  test("goes to a page by a part of its name", async () => {
    const { router } = renderApp();
    const { user } = await openPalette();
    await user.keyboard("sett{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/accounts"));
    await isGone();
  });

  test("finds a report by its month and its state, the words in any order", async () => {
    const report = aReport({ period: "2026-02", ...SUBMITTED });
    database.reports = [report];
    database.periods = [
      aPeriod({ period: "2026-02", reports: [report] }),
      aPeriod({ period: "2026-01" }),
    ];
    const { router } = renderApp();
    const { user } = await openPalette();
    await screen.findByRole("option", { name: /Report of February 2026/ });
    await user.keyboard("submitted feb");
    await waitFor(() => expect(options()).toEqual(["Report of February 2026Submitted"]));
    expect(screen.getByText("1 result")).toBeInTheDocument();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe(`/reports/${report.id}`));
  });

  test("goes to the transactions of a month", async () => {
    database.periods = [aPeriod()];
    const { router } = renderApp();
    await openPalette();
    await userEvent.click(
      await screen.findByRole("option", { name: "Transactions of January 2026" }),
    );
    await waitFor(() => expect(router.state.location.search).toEqual({ period: "2026-01" }));
  });

  test("says so when nothing fits", async () => {
    renderApp();
    const { user } = await openPalette();
    await user.keyboard("zzz");
    expect(await screen.findByText("Nothing fits “zzz”")).toBeVisible();
  });

  test("goes through the list by arrow keys", async () => {
    const { router } = renderApp();
    const { user } = await openPalette();
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/import"));
  });

  test("waits while another question is in front", async () => {
    openReport({}, "?ask=submit");
    await screen.findByRole("dialog", { name: /Submit the report/ });
    await userEvent.keyboard("{Control>}k{/Control}");
    expect(screen.getAllByRole("dialog")).toHaveLength(1);
  });
});

describe("from the palette", () => {
  test("a report is begun, and can be watched", async () => {
    database.periods = [aPeriod()];
    const { router } = renderApp();
    const { user } = await openPalette();
    await screen.findByRole("option", { name: "Make the report of January 2026" });
    await user.keyboard("make jan{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Watch it" }));
    const id = database.jobs[0]?.id ?? "";
    await waitFor(() => expect(router.state.location.pathname).toBe(`/jobs/${id}`));
  });

  test("a report that is being made already is watched instead", async () => {
    database.periods = [aPeriod()];
    const { router } = renderApp();
    const { user } = await openPalette();
    await screen.findByRole("option", { name: "Make the report of January 2026" });
    const running = aRunningJob();
    database.jobs = [running];
    await user.keyboard("make jan{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Watch it" }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/jobs/${running.id}`));
  });

  test("a report that is refused is told why", async () => {
    server.use(http.post("/api/report-jobs", () => problem(429, "too-many-jobs")));
    database.periods = [aPeriod()];
    renderApp();
    const { user } = await openPalette();
    await screen.findByRole("option", { name: "Make the report of January 2026" });
    await user.keyboard("make jan{Enter}");
    expect(await screen.findByRole("alert", { hidden: true })).toHaveTextContent(
      "Too many requests",
    );
  });

  test("the theme is chosen, and the button knows it", async () => {
    renderApp();
    const { user } = await openPalette();
    await user.keyboard("dark{Enter}");
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    expect(await screen.findByRole("button", { name: /Theme: dark/ })).toBeVisible();
  });

  test("the person signs out", async () => {
    renderApp();
    const { user } = await openPalette();
    await user.keyboard("sign out{Enter}");
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    expect(screen.queryByRole("button", { name: /Find anything/ })).not.toBeInTheDocument();
  });

  test("a draft is submitted, downloaded, filtered and deleted", async () => {
    const { router } = openReport({ needsReviewCount: 2 });
    await screen.findByText("2 to review");
    const { user } = await openPalette();
    expect(options().slice(0, 9)).toEqual([
      "Submit this report",
      "Show what needs review",
      "Show all lines",
      "Download as PDF",
      "Download as Excel",
      "Download as CSV",
      "Download as Journal",
      "Bring this report up to date",
      "Delete this draft",
    ]);
    await user.keyboard("all lines{Enter}");
    await waitFor(() => expect(router.state.location.search).toEqual({ needsReview: false }));
    await isGone();
    await openPalette(user);
    await user.keyboard("excel{Enter}");
    await waitFor(() =>
      expect(saveFile).toHaveBeenCalledWith(expect.any(Blob), "expense-report-2026-01.xlsx"),
    );
    await isGone();
    await openPalette(user);
    await user.keyboard("submit{Enter}");
    expect(await screen.findByRole("dialog", { name: /Submit the report/ })).toBeVisible();
  });

  test("a submitted report is reopened, and its page takes its actions along", async () => {
    const { router } = openReport(SUBMITTED);
    await screen.findByText("The report of January 2026 is submitted");
    const { user } = await openPalette();
    expect(options()).toContain("Reopen this report");
    expect(options()).not.toContain("Submit this report");
    await user.keyboard("history{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/history"));
    await isGone();
    await screen.findByRole("heading", { name: "History" });
    await openPalette(user);
    expect(options()).not.toContain("Reopen this report");
  });
});
