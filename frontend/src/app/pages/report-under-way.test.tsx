import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { database } from "@/testing/backend";
import { hold } from "@/testing/hold";
import { aFlaggedLine } from "@/testing/line-factories";
import { press } from "@/testing/report-page";
import { reviewing } from "@/testing/review";

const twoFlagged = () => [
  aFlaggedLine({ description: "Taxi" }),
  aFlaggedLine({ description: "Hotel" }),
];

test("submitting waits for the changes that are on their way, and says so", async () => {
  const { user } = await reviewing(twoFlagged());
  const letGo = hold("patch", "/api/reports/:report/lines/:line");
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
  const letGo = hold("patch", "/api/reports/:report/lines/:line");
  const leave = () => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  expect(leave()).toBe(true);
  await user.keyboard("aa");
  await waitFor(() => expect(leave()).toBe(false));
  letGo();
  await waitFor(() => expect(leave()).toBe(true));
  expect(database.lines.map(({ needsReview }) => needsReview)).toEqual([false, false]);
});
