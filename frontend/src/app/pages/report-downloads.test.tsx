import { screen, waitFor } from "@testing-library/react";
import { http } from "msw";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { saveFile } from "@/lib/save-file";
import { database, problem, server } from "@/testing/backend";
import { aCodeTotal, aCurrencyTotal } from "@/testing/factories";
import { choose, openReport, press } from "@/testing/report-page";

vi.mock("@/lib/save-file", () => ({ saveFile: vi.fn() }));

describe("a download", () => {
  beforeEach(() => {
    vi.mocked(saveFile).mockClear();
  });

  test.each([
    [/^PDF/, "expense-report-2026-01.pdf"],
    [/^Excel/, "expense-report-2026-01.xlsx"],
    [/^CSV/, "expense-report-2026-01.csv"],
    [/^Journal/, "expense-report-2026-01-journal.csv"],
  ])("of %s is saved under the server's name", async (item, name) => {
    openReport();
    await choose("Download", item);
    expect(await screen.findByText(`${name} is in your downloads`)).toBeVisible();
    expect(saveFile).toHaveBeenCalledExactlyOnceWith(expect.any(Blob), name);
  });

  test("that takes a while says so", async () => {
    let answer: () => void = () => undefined;
    const made = new Promise<void>((done) => (answer = done));
    server.use(http.get("/api/reports/:id/export", async () => made.then(() => undefined)));
    openReport();
    await choose("Download", /^PDF/);
    expect(await screen.findByRole("button", { name: "Making the PDF…" })).toBeVisible();
    answer();
    expect(await screen.findByText(/is in your downloads/)).toBeVisible();
  });

  test.each([
    [409, "lines-without-account", "detail of lines-without-account"],
    [422, "too-many-lines-for-pdf", "detail of too-many-lines-for-pdf"],
    [429, "too-many-prints", "Too many requests"],
    [500, "pdf-not-made", "detail of pdf-not-made"],
    [503, "pdf-took-too-long", "detail of pdf-took-too-long"],
  ])("that is refused (%i %s) is told in words", async (status, slug, told) => {
    server.use(http.get("/api/reports/:id/export", () => problem(status, slug)));
    openReport();
    await choose("Download", /^PDF/);
    const alert = await screen.findByRole("alert", { hidden: true });
    expect(alert).toHaveTextContent("The PDF could not be made");
    expect(alert).toHaveTextContent(told);
    expect(saveFile).not.toHaveBeenCalled();
  });

  test("of a journal waits until every line has an account", async () => {
    const { report } = openReport();
    database.totals[report.id] = [
      aCurrencyTotal({ byAccount: [aCodeTotal({ code: null, name: null, lineCount: 1 })] }),
    ];
    await screen.findByText("Totals by account and department");
    await press("Download");
    const journal = await screen.findByRole("menuitem", { name: /Journal/ });
    await waitFor(() => expect(journal).toHaveAttribute("aria-disabled", "true"));
    expect(journal).toHaveTextContent("1 line has no account yet");
  });
});
