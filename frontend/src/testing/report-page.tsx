import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";

import { database } from "@/testing/backend";
import { aCurrencyTotal, aPeriod, aReport } from "@/testing/factories";
import { renderApp } from "@/testing/render";

/** The page of a report whose month, January 2026, holds nothing else. */
export function openReport(changes: Parameters<typeof aReport>[0] = {}, search = "") {
  const report = aReport(changes);
  database.reports = [report];
  database.periods = [aPeriod({ reports: [report], transactionCount: report.lineCount })];
  database.totals[report.id] = [aCurrencyTotal()];
  return { report, ...renderApp(`/reports/${report.id}${search}`) };
}

export const SUBMITTED = { status: "Submitted", submittedAt: "2026-02-05T10:00:00Z" } as const;

export const reportHeading = () => screen.findByRole("heading", { level: 1, name: "January 2026" });

export async function press(name: string | RegExp): Promise<void> {
  await userEvent.click(await screen.findByRole("button", { name }));
}

export async function choose(menu: string, item: RegExp): Promise<void> {
  await press(menu);
  await userEvent.click(await screen.findByRole("menuitem", { name: item }));
}
