import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { describe, expect, test } from "vitest";

import { changeBehind, database, lineOf, problem, server } from "@/testing/backend";
import { aFlaggedLine, aLine } from "@/testing/line-factories";
import { reviewing, rowOf, shownLines } from "@/testing/review";

const fourLines = () => [
  aFlaggedLine({ description: "Taxi", vendor: "Cab", confidence: 0.1 }),
  aFlaggedLine({ description: "Hotel", vendor: "Inn", confidence: 0.2 }),
  aFlaggedLine({ description: "Paper", vendor: "Staples", confidence: 0.3 }),
  aLine({ description: "Lunch" }),
];
const bar = () => within(screen.getByRole("group", { name: "Selected lines" }));
const codes = () => database.lines.map(({ glCode }) => glCode);

describe("many lines", () => {
  test("are selected by keys, one by one and as a range", async () => {
    const { user } = await reviewing(fourLines());
    await user.keyboard("jx");
    expect(bar().getByText("1 line selected")).toBeVisible();
    await user.keyboard("jjX");
    expect(bar().getByText("3 lines selected")).toBeVisible();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("group", { name: "Selected lines" })).not.toBeInTheDocument();
    await user.keyboard("*");
    expect(bar().getByText("3 lines selected")).toBeVisible();
  });

  test("are selected by boxes, with Shift as a range, and all that are shown", async () => {
    const { user } = await reviewing(fourLines());
    await user.click(screen.getByRole("checkbox", { name: "Select Taxi" }));
    await user.keyboard("{Shift>}");
    await user.click(screen.getByRole("checkbox", { name: "Select Paper" }));
    await user.keyboard("{/Shift}");
    expect(bar().getByText("3 lines selected")).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: "Select all 3 lines shown" }));
    expect(screen.queryByRole("group", { name: "Selected lines" })).not.toBeInTheDocument();
    await user.click(screen.getByRole("checkbox", { name: "Select all 3 lines shown" }));
    expect(await rowOf("Hotel")).toHaveAttribute("aria-selected", "true");
  });

  test("stay selected when the filters hide them, and the bar says so", async () => {
    const { user } = await reviewing(fourLines());
    await user.keyboard("*/hotel");
    expect(await bar().findByText("3 lines selected, 2 not shown")).toBeVisible();
  });

  test("get another account at once, and it is taken back at once", async () => {
    const { user } = await reviewing(fourLines());
    await user.keyboard("*b");
    expect(screen.getByRole("combobox", { name: "Set account…" })).toHaveFocus();
    await user.keyboard("trav{Enter}");
    expect(await screen.findByText("3 lines changed.")).toBeVisible();
    await waitFor(() => expect(codes()).toEqual(["65400", "65400", "65400", "66300"]));
    expect(await rowOf("Taxi")).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("Undone: 3 lines are as they were.")).toBeVisible();
    await waitFor(() => expect(codes()).toEqual(["66300", "66300", "66300", "66300"]));
    expect(database.lines.filter(({ needsReview }) => needsReview)).toHaveLength(3);
  });

  test("are accepted by a key, and get a department and a note from the bar", async () => {
    const { user } = await reviewing(fourLines());
    await user.keyboard("jxjx");
    await user.click(bar().getByRole("combobox", { name: "Set department…" }));
    await user.click(await screen.findByRole("option", { name: /05 Sales/ }));
    await user.type(bar().getByRole("textbox", { name: "Write a note…" }), "Fair in Reno{Enter}");
    await waitFor(() =>
      expect(database.lines.map(({ departmentCode, note }) => `${departmentCode} ${note}`)).toEqual(
        ["05 Fair in Reno", "05 Fair in Reno", "07 null", "07 null"],
      ),
    );
    await user.click(bar().getByRole("button", { name: "Clear selection" }));
    await user.click(screen.getByRole("checkbox", { name: "Select Paper" }));
    await user.keyboard("A");
    expect(await screen.findByText(/1 line accepted\. Nothing is left to review/)).toBeVisible();
  });

  test("of which some were changed meanwhile are told one by one, and can be changed again", async () => {
    const { user } = await reviewing(fourLines());
    const [taxi, hotel] = database.lines.map(({ id }) => id);
    changeBehind(taxi ?? "", { glCode: "60100" });
    database.lines = database.lines.filter(({ id }) => id !== hotel);
    await user.keyboard("*b");
    await user.keyboard("trav{Enter}");
    const dialog = within(
      await screen.findByRole("dialog", { name: "2 lines were left as they are" }),
    );
    expect(screen.getByText("1 line changed.")).toBeInTheDocument();
    expect(dialog.getByText("It was changed after you saw it.")).toBeVisible();
    expect(dialog.getByText("Now: 60100 Office Supplies, 07 Marketing")).toBeVisible();
    expect(dialog.getByText("It is not on this report any more.")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Change it as well" }));
    await waitFor(() => expect(lineOf(taxi ?? "").glCode).toBe("65400"));
    expect(screen.queryByRole("dialog", { name: /left as/ })).not.toBeInTheDocument();
  });

  test("that are refused stay as they were", async () => {
    const { user } = await reviewing(fourLines());
    server.use(
      http.post("/api/reports/:report/lines/bulk", () => problem(409, "report-is-submitted")),
    );
    await user.keyboard("*A");
    expect(await screen.findByText("detail of report-is-submitted")).toBeVisible();
    expect(screen.getByRole("button", { name: "Needs review (3)" })).toBeVisible();
    await user.keyboard("{Control>}z{/Control}");
    expect(await screen.findByText("There is nothing to undo.")).toBeVisible();
  });
});

const threeOfOneVendor = () => [
  aFlaggedLine({ description: "Coffee 1", confidence: 0.1 }),
  aFlaggedLine({ description: "Coffee 2", confidence: 0.2 }),
  aLine({ description: "Coffee 3" }),
  aLine({ description: "Other", vendor: "Somebody else" }),
];

describe("the other lines of a vendor", () => {
  test("are offered after an edit, changed by a key, and taken back", async () => {
    const { user } = await reviewing(threeOfOneVendor());
    await user.keyboard("2");
    expect(await screen.findByText("2 other lines of Blue Bottle stand elsewhere.")).toBeVisible();
    await user.keyboard("v");
    expect(await screen.findByText("2 more lines changed.")).toBeVisible();
    expect(codes()).toEqual(["65400", "65400", "65400", "66300"]);
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(codes()).toEqual(["65400", "66300", "66300", "66300"]));
  });

  test("become a rule, which is forgotten when it is taken back", async () => {
    const { user } = await reviewing(threeOfOneVendor());
    await user.keyboard("2");
    await user.click(await screen.findByRole("button", { name: "Always do this" }));
    expect(await screen.findByText("Rule saved; 2 more lines changed.")).toBeVisible();
    expect(codes()).toEqual(["65400", "65400", "65400", "66300"]);
    expect(database.rules).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(codes()).toEqual(["65400", "66300", "66300", "66300"]));
    expect(database.rules).toHaveLength(0);
  });

  test("are not offered when they stand there already, or when the offer is refused", async () => {
    const { user } = await reviewing(threeOfOneVendor());
    await user.keyboard("1");
    expect(await screen.findByText("Filed under 66300 Meals. 1 left to review.")).toBeVisible();
    expect(screen.queryByRole("group", { name: "The same vendor" })).not.toBeInTheDocument();
    await user.keyboard("2");
    await user.click(await screen.findByRole("button", { name: "Leave them" }));
    expect(screen.queryByRole("group", { name: "The same vendor" })).not.toBeInTheDocument();
    expect(shownLines()).toEqual(["Coffee 1", "Coffee 2"]);
  });
});
