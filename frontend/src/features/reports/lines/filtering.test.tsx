import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { aFlaggedLine, aLine } from "@/testing/line-factories";
import { reviewing, rowOf, shownLines } from "@/testing/review";

const someLines = () => [
  aLine({ description: "Lunch", amount: "12.00", postedOn: "2026-01-02" }),
  aLine({
    description: "Train",
    amount: "110.00",
    glCode: "65400",
    tier: "rule",
    postedOn: "2026-01-03",
  }),
  aLine({ description: "Refund", amount: "-9.50", departmentCode: null, postedOn: "2026-01-01" }),
  aFlaggedLine({ description: "Taxi", vendor: "Cab", note: "to the fair", postedOn: "2026-01-04" }),
];

describe("the filters", () => {
  test.each([
    ["needsReview=false", ["Refund", "Lunch", "Train", "Taxi"]],
    ["needsReview=true", ["Taxi"]],
    ["account=65400", ["Train"]],
    ["department=", ["Refund"]],
    ["tier=rule", ["Train"]],
    ["q=the%20fair", ["Taxi"]],
    ["q=CAB&tier=rule", []],
    ["needsReview=false&sort=amount", ["Refund", "Taxi", "Lunch", "Train"]],
    ["needsReview=false&sort=-description", ["Train", "Taxi", "Refund", "Lunch"]],
    ["tier=nonsense&sort=nonsense&needsReview=false", ["Refund", "Lunch", "Train", "Taxi"]],
  ])("that the address names are applied: %s", async (search, expected) => {
    await reviewing(someLines(), { search: `?${search}` });
    expect(shownLines()).toEqual(expected);
  });

  test("are chosen on the page, and taken away at once", async () => {
    const { user } = await reviewing(someLines());
    await user.click(screen.getByRole("button", { name: "Needs review (1)" }));
    await waitFor(() => expect(shownLines()).toHaveLength(4));
    await user.selectOptions(screen.getByRole("combobox", { name: "Account" }), "65400 Travel");
    await waitFor(() => expect(shownLines()).toEqual(["Train"]));
    await user.selectOptions(screen.getByRole("combobox", { name: "Found by" }), "AI");
    expect(await screen.findByText("No line fits these filters")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Clear filters" }));
    await waitFor(() => expect(shownLines()).toHaveLength(4));
    await user.selectOptions(
      screen.getByRole("combobox", { name: "Department" }),
      "Without a department",
    );
    await waitFor(() => expect(shownLines()).toEqual(["Refund"]));
  });

  test("search what is typed, and Enter goes on to the lines", async () => {
    const { user } = await reviewing(someLines(), { search: "?needsReview=false" });
    await user.keyboard("/tra");
    expect(screen.getByRole("searchbox")).toHaveValue("tra");
    await waitFor(() => expect(shownLines()).toEqual(["Train"]));
    await user.keyboard("{Enter}");
    expect(await rowOf("Train")).toHaveFocus();
  });

  test("that were taken away elsewhere leave no words in the search field", async () => {
    const { user } = await reviewing(someLines());
    const field = screen.getByRole("searchbox");
    await user.type(field, "zzz");
    await user.click(await screen.findByRole("button", { name: "Show all lines" }));
    await waitFor(() => expect(field).toHaveValue(""));
    await user.type(field, "taxi ");
    expect(field).toHaveValue("taxi ");
  });

  test("keep a line that was accepted in sight until they change", async () => {
    const { user } = await reviewing(someLines());
    await user.keyboard("a");
    expect(await screen.findByText("All reviewed")).toBeVisible();
    expect(shownLines()).toEqual(["Taxi"]);
    await user.click(screen.getByRole("button", { name: "Needs review (0)" }));
    await user.click(screen.getByRole("button", { name: "Needs review (0)" }));
    expect(await screen.findByText("No line needs a look")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show all lines" }));
    await waitFor(() => expect(shownLines()).toHaveLength(4));
  });

  test("leave the order to the heads of the columns, each way", async () => {
    const { user } = await reviewing(someLines(), { search: "?needsReview=false" });
    const amount = screen.getByRole("columnheader", { name: "Amount" });
    await user.click(within(amount).getByRole("button"));
    await waitFor(() => expect(shownLines()).toEqual(["Refund", "Taxi", "Lunch", "Train"]));
    expect(screen.getByRole("columnheader", { name: "Amount" })).toHaveAttribute(
      "aria-sort",
      "ascending",
    );
    await user.click(
      within(screen.getByRole("columnheader", { name: "Amount" })).getByRole("button"),
    );
    await waitFor(() => expect(shownLines()[0]).toBe("Train"));
    await user.selectOptions(screen.getByRole("combobox", { name: "Sort" }), "Newest first");
    await waitFor(() => expect(shownLines()[0]).toBe("Taxi"));
  });
});

describe("what is asked", () => {
  test("why a line stands there is told beside it, also by a key", async () => {
    const line = aFlaggedLine({ description: "Taxi", explanation: "Reads like a ride" });
    const { user } = await reviewing([line]);
    await user.keyboard("i");
    const why = within(await screen.findByRole("dialog", { name: "Why this account?" }));
    expect(why.getByText("Reads like a ride")).toBeVisible();
    expect(why.getByText("65400 Travel, 05 Sales")).toBeVisible();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByText("Reads like a ride")).not.toBeInTheDocument());
    await user.click(screen.getByRole("button", { name: /Why Taxi stands where it does/ }));
    expect(await screen.findByText("Reads like a ride")).toBeVisible();
  });

  test("which keys there are is told by ?", async () => {
    const { user } = await reviewing(someLines());
    await user.keyboard("?");
    const help = within(await screen.findByRole("dialog", { name: "Keys of the review" }));
    expect(help.getByText("Undo the last change")).toBeVisible();
    await user.keyboard("a{Escape}");
    await waitFor(() => expect(screen.queryByText("Undo the last change")).not.toBeInTheDocument());
    expect(screen.getByRole("button", { name: "Needs review (1)" })).toBeVisible();
  });
});
