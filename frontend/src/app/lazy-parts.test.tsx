// The page itself is there before the first test: only its parts are late.
import "@/app/pages/report-page";

import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";

import type * as palette from "@/app/palette/palette";
import type * as chart from "@/features/reports/totals/totals-chart";
import { FakeIntersectionObserver } from "@/testing/fake-intersection-observer";
import { openReport, press, reportHeading } from "@/testing/report-page";

/** A part is not there: the server was rebuilt, or the line is down. */
const missing = vi.hoisted(() => ({ palette: false, chart: false }));

vi.mock("@/app/palette/palette", async (original) => {
  const there = await original<typeof palette>();
  return {
    get Palette() {
      if (missing.palette) {
        throw new Error("no such file");
      }
      return there.Palette;
    },
  };
});
vi.mock("@/features/reports/totals/totals-chart", async (original) => {
  const there = await original<typeof chart>();
  return {
    get TotalsChart() {
      if (missing.chart) {
        throw new Error("no such file");
      }
      return there.TotalsChart;
    },
  };
});

const FAILED = "This part of the page could not be loaded";

beforeEach(() => {
  missing.palette = true;
  missing.chart = true;
});

test("a palette that cannot be loaded leaves the page as it is, and comes when tried again", async () => {
  openReport();
  await reportHeading();
  await userEvent.keyboard("{Control>}k{/Control}");
  expect(await screen.findByText(FAILED)).toBeInTheDocument();
  expect(await reportHeading()).toBeVisible();
  missing.palette = false;
  await press("Try again");
  expect(await screen.findByRole("dialog", { name: /Go somewhere/ })).toBeVisible();
  expect(screen.queryByText(FAILED)).not.toBeInTheDocument();
});

test("a chart that cannot be loaded leaves the page as it is, and comes when tried again", async () => {
  vi.spyOn(console, "error").mockReturnValue(); // React tells of it
  openReport();
  await screen.findByRole("table", { name: "By account, USD" });
  FakeIntersectionObserver.showAll();
  expect(await screen.findByText(FAILED)).toBeVisible();
  expect(screen.getByRole("table", { name: "By account, USD" })).toBeVisible();
  missing.chart = false;
  await press("Try again");
  expect(await screen.findByTestId("totals-chart")).toBeInTheDocument();
});
