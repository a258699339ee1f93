import { screen } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";

import { server } from "@/testing/backend";
import { aFlaggedLine, aLine } from "@/testing/line-factories";
import { reviewing, shownLines } from "@/testing/review";

/** 501 lines, of which the last one has not come yet. */
async function reviewingTheFirstPage(flagged: readonly number[]) {
  const lines = Array.from({ length: 501 }, (_, place) =>
    (flagged.includes(place) ? aFlaggedLine : aLine)({ description: `Line ${place}` }),
  );
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  server.use(
    http.get("/api/reports/:report/lines", async ({ request }) => {
      if (request.url.includes("page=2")) {
        await held;
      }
      return undefined; // the backend answers
    }),
  );
  const { user } = await reviewing(lines);
  return { user, letGo };
}

test("lines that have not come yet are counted among those left to review", async () => {
  const { user, letGo } = await reviewingTheFirstPage([3, 500]);
  expect(shownLines()).toEqual(["Line 3"]);
  expect(screen.getByRole("button", { name: "Needs review (2)" })).toBeVisible();
  await user.keyboard("a");
  expect(await screen.findByText("Accepted. 1 left to review.")).toBeInTheDocument();
  letGo();
  expect(await screen.findByText("2 of 501 lines")).toBeVisible();
  expect(screen.getByRole("button", { name: "Needs review (1)" })).toBeVisible();
});

test("nobody is told that no line needs a look before all lines are here", async () => {
  const { letGo } = await reviewingTheFirstPage([500]);
  expect(screen.getByText("Loading: 500 of 501 lines")).toBeVisible();
  expect(screen.queryByText("No line needs a look")).not.toBeInTheDocument();
  letGo();
  expect(await screen.findByText("1 of 501 lines")).toBeVisible();
  expect(shownLines()).toEqual(["Line 500"]);
});
