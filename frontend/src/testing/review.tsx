// Loaded before the first test: its clock begins when the page is there.
import "@/app/pages/report-page";

import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";

import type { components } from "@/api/schema.gen";
import { database } from "@/testing/backend";
import { aReport } from "@/testing/factories";
import { someAccounts, someDepartments } from "@/testing/line-factories";
import { renderApp } from "@/testing/render";

type Schemas = components["schemas"];

/** The page of a report with these lines, once they are there, and who presses its keys. */
export async function reviewing(
  lines: Schemas["LineOut"][],
  { search = "", ...changes }: Partial<Schemas["ReportOut"]> & { search?: string } = {},
) {
  const needsReviewCount = lines.filter(({ needsReview }) => needsReview).length;
  const report = aReport({ lineCount: lines.length, needsReviewCount, ...changes });
  database.reports = [report];
  database.lines = lines;
  database.accounts = someAccounts();
  database.departments = someDepartments();
  const { queries } = renderApp(`/reports/${report.id}${search}`);
  await screen.findByRole("search");
  await screen.findByRole("option", { name: "66300 Meals" });
  return { report, queries, user: userEvent.setup() };
}

/** The lines on the screen by their descriptions, from top to bottom. */
export function shownLines(): string[] {
  return rows()
    .sort((one, other) => placeOf(one) - placeOf(other))
    .map((row) => within(row).getAllByRole("checkbox")[0]?.getAttribute("aria-label") ?? "")
    .map((label) => label.replace("Select ", ""));
}

const rows = () => screen.queryAllByRole("row").filter((row) => row.hasAttribute("data-line"));
const placeOf = (row: HTMLElement) => Number(row.getAttribute("aria-rowindex"));

/** The row of a line, by its description. */
export async function rowOf(description: string): Promise<HTMLElement> {
  const box = await screen.findByRole("checkbox", { name: `Select ${description}` });
  const row = box.closest<HTMLElement>("[role=row]");
  if (row === null) {
    throw new Error(`no row of ${description}`);
  }
  return row;
}
