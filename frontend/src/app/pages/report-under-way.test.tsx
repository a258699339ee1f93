import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";

import { database, server } from "@/testing/backend";
import { aFlaggedLine } from "@/testing/line-factories";
import { press } from "@/testing/report-page";
import { reviewing } from "@/testing/review";

/** Changes of single lines are not answered until they are let go. */
function holdChanges(): () => void {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  server.use(
    http.patch("/api/reports/:report/lines/:line", async () => {
      await held;
      return undefined; // the backend answers
    }),
  );
  return letGo;
}

const twoFlagged = () => [
  aFlaggedLine({ description: "Taxi" }),
  aFlaggedLine({ description: "Hotel" }),
];

test("submitting waits for the changes that are on their way, and says so", async () => {
  const { user } = await reviewing(twoFlagged());
  const letGo = holdChanges();
  await user.keyboard("aa");
  await press("Submit");
  const question = within(await screen.findByRole("dialog", { name: /Submit the report/ }));
  expect(question.getByRole("status")).toHaveTextContent("The report waits for them");
  const submit = question.getByRole("button", { name: "Submit" });
  await user.click(submit);
  expect(database.reports[0]?.status).toBe("Draft");
  letGo();
  await waitFor(() => expect(submit).toBeEnabled());
  expect(question.queryByText(/still need/)).not.toBeInTheDocument();
  await user.click(submit);
  await waitFor(() => expect(database.reports[0]?.status).toBe("Submitted"));
  expect(database.lines.map(({ needsReview }) => needsReview)).toEqual([false, false]);
});

test("leaving asks first while changes are on their way, and only then", async () => {
  const { user } = await reviewing(twoFlagged());
  const letGo = holdChanges();
  const leave = () => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  expect(leave()).toBe(true);
  await user.keyboard("aa");
  await waitFor(() => expect(leave()).toBe(false));
  letGo();
  await waitFor(() => expect(leave()).toBe(true));
  expect(database.lines.map(({ needsReview }) => needsReview)).toEqual([false, false]);
});
