import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { beforeEach, describe, expect, test } from "vitest";

import { database, problem, server } from "@/testing/backend";
import { changeElsewhere } from "@/testing/backend/rules";
import { renderApp } from "@/testing/render";
import { aChartEntry, aRule, aTestedLine, noTestedLines } from "@/testing/settings-factories";

beforeEach(() => {
  database.accounts = [
    aChartEntry(),
    aChartEntry({ code: "60100", name: "Office Supplies" }),
    aChartEntry({ code: "60900", name: "Old Account", active: false }),
  ];
  database.departments = [aChartEntry({ code: "07", name: "Operations" })];
});

const field = (name: string) => screen.getByRole("textbox", { name });
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

async function openNew() {
  renderApp("/settings/rules/new");
  await screen.findByRole("button", { name: "Save the rule" });
}

async function openSaved(rule = aRule()) {
  database.rules = [rule];
  renderApp(`/settings/rules/${rule.id}`);
  await screen.findByRole("button", { name: "Save the rule" });
  return rule;
}

/** As by keyboard: a part of its name, then Enter. */
async function choose(name: string, part: string) {
  const box = screen.getByRole("combobox", { name });
  await userEvent.clear(box);
  await userEvent.type(box, part);
  await screen.findByRole("option", { name: new RegExp(part, "i") });
  await userEvent.keyboard("{Enter}");
}

describe("a new rule", () => {
  test("is written by keyboard and saved, and the list says so", async () => {
    await openNew();
    await userEvent.type(field("Has these words"), "blue bottle");
    await userEvent.type(field("Currency"), "usd");
    await choose("Account", "meal");
    await choose("Department", "oper");
    await userEvent.type(field("Vendor"), "Blue Bottle Coffee{Enter}");
    expect(await screen.findByRole("article", { name: "blue bottle" })).toBeVisible();
    expect(screen.getByText("“blue bottle” is saved")).toBeVisible();
    expect(database.rules[0]).toMatchObject({
      merchantContains: "blue bottle",
      currency: "USD",
      glCode: "66300",
      departmentCode: "07",
      vendor: "Blue Bottle Coffee",
      pattern: null,
      active: true,
    });
    await waitFor(() => expect(screen.getByRole("main")).toHaveFocus());
  });

  test("that is not complete says beside each field what is missing, and leads there", async () => {
    await openNew();
    await userEvent.type(field("Amount from"), "12,50 €");
    await press("Save the rule");
    expect(screen.getByText("Choose an account.")).toBeVisible();
    expect(screen.getByText("Write an amount like 12.50, without a currency.")).toBeVisible();
    await waitFor(() => expect(field("Amount from")).toHaveFocus());
    await userEvent.clear(field("Amount from"));
    expect(screen.queryByText(/Write an amount/)).not.toBeInTheDocument();
    await press("Save the rule");
    expect(screen.getByText("Fill in at least one condition.")).toBeVisible();
    await waitFor(() => expect(field("Has these words")).toHaveFocus());
    expect(database.rules).toEqual([]);
  });

  test("that the server refuses says why at the field it is about", async () => {
    await openNew();
    await userEvent.type(field("Has these words"), "***");
    await choose("Account", "meal");
    server.use(
      http.post(
        "/api/rules",
        () =>
          problem(400, "invalid-request", {
            members: { errors: [{ detail: "It is too long.", pointer: "#/merchantContains" }] },
          }),
        { once: true },
      ),
    );
    await press("Save the rule");
    expect(await screen.findByText("It is too long.")).toBeVisible();
    server.use(
      http.post("/api/rules", () => problem(422, "rule-account-not-in-use"), { once: true }),
    );
    await press("Save the rule");
    expect(await screen.findByText("detail of rule-account-not-in-use")).toBeVisible();
    expect(screen.getByRole("combobox", { name: "Account" })).toBeInvalid();
    server.use(http.post("/api/rules", () => problem(409, "too-many-rules")));
    await press("Save the rule");
    expect(await screen.findByRole("alert")).toHaveTextContent("detail of too-many-rules");
  });

  test("cannot be filed under what is out of use", async () => {
    await openNew();
    await userEvent.click(screen.getByRole("combobox", { name: "Account" }));
    expect(await screen.findByRole("option", { name: /Office Supplies/ })).toBeVisible();
    expect(screen.queryByRole("option", { name: /Old Account/ })).not.toBeInTheDocument();
  });
});

describe("a saved rule", () => {
  test("shows what it says, and is changed", async () => {
    const rule = await openSaved(aRule({ amountMin: "5.00", glCode: "60900" }));
    expect(field("Has these words")).toHaveValue("blue bottle");
    expect(field("Amount from")).toHaveValue("5.00");
    expect(screen.getByRole("combobox", { name: "Account" })).toHaveValue("60900 Old Account");
    await choose("Account", "office");
    await userEvent.click(screen.getByRole("switch", { name: "Use this rule" }));
    await press("Save the rule");
    await screen.findByRole("article", { name: "blue bottle" });
    expect(database.rules[0]).toMatchObject({
      id: rule.id,
      version: 2,
      glCode: "60100",
      active: false,
    });
  });

  test("changed elsewhere shows both, and mine is kept when I say so", async () => {
    const rule = await openSaved();
    await userEvent.type(field("Vendor"), "Mine");
    changeElsewhere(rule.id, { glCode: "60100", merchantContains: "blue" });
    await press("Save the rule");
    const conflict = within(await screen.findByRole("alert"));
    expect(conflict.getByText("The rule was changed in another place")).toBeVisible();
    const account = within(conflict.getByRole("row", { name: /Account/ }));
    expect(account.getByText("66300 Meals")).toBeVisible();
    expect(account.getByText("60100 Office Supplies")).toBeVisible();
    expect(
      within(conflict.getByRole("row", { name: /Vendor/ })).getByText("nothing"),
    ).toBeVisible();
    await press("Keep mine");
    await screen.findByRole("article", { name: "blue bottle" });
    expect(database.rules[0]).toMatchObject({ version: 3, glCode: "66300", vendor: "Mine" });
  });

  test("changed elsewhere is taken over when I say so", async () => {
    const rule = await openSaved();
    await userEvent.type(field("Vendor"), "Mine");
    changeElsewhere(rule.id, { glCode: "60100" });
    await press("Save the rule");
    await userEvent.click(await screen.findByRole("button", { name: "Take what is saved" }));
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "Account" })).toHaveValue("60100 Office Supplies");
    expect(field("Vendor")).toHaveValue("");
    await press("Save the rule");
    await waitFor(() => expect(database.rules[0]).toMatchObject({ version: 3, vendor: null }));
  });

  test("deleted elsewhere says so", async () => {
    await openSaved();
    database.rules = [];
    await press("Save the rule");
    expect(await screen.findByRole("alert")).toHaveTextContent("detail of rule-not-found");
  });

  test("that cannot be loaded comes when asked for again", async () => {
    const rule = aRule();
    database.rules = [rule];
    server.use(http.get("/api/rules/:id", () => problem(503, "unavailable")));
    renderApp(`/settings/rules/${rule.id}`);
    await screen.findByRole("alert");
    server.resetHandlers();
    await press("Try again");
    expect(await screen.findByRole("textbox", { name: "Has these words" })).toHaveValue(
      "blue bottle",
    );
  });
});

describe("a test on past lines", () => {
  test("shows what would change, and what is kept and why", async () => {
    const line = aTestedLine();
    const edited = aTestedLine({
      originalDescription: "BLUE BOTTLE TOKYO",
      why: "You edited or accepted this line",
    });
    database.ruleTest = { ...noTestedLines(), wouldChange: [line], keptEdited: [edited] };
    await openSaved();
    await press("Test on past lines");
    expect(await screen.findByText("2 lines fit.")).toBeVisible();
    expect(screen.getByRole("heading", { name: "On past lines" })).toHaveFocus();
    const changed = within(screen.getByRole("list", { name: "Would change" }));
    expect(changed.getByText("$6.50")).toBeVisible();
    expect(changed.getByText("60100 Office Supplies · 07 Operations")).toBeVisible();
    expect(changed.getByText("66300 Meals · 07 Operations")).toBeVisible();
    expect(changed.getByRole("link", { name: /Open the report/ })).toHaveAttribute(
      "href",
      `/app/reports/${line.reportId}`,
    );
    await press("You edited 1");
    const kept = within(screen.getByRole("list", { name: "You edited" }));
    expect(kept.getByText("BLUE BOTTLE TOKYO")).toBeVisible();
    expect(kept.getByText("You edited or accepted this line")).toBeVisible();
    await press("Submitted 0");
    expect(screen.getByText("None.")).toBeVisible();
    expect(database.rules[0]?.version).toBe(1);
  });

  test("is shown page by page, and begins anew with each group", async () => {
    const lines = Array.from({ length: 25 }, (_, index) =>
      aTestedLine({ originalDescription: `CHARGE ${index + 1}` }),
    );
    database.ruleTest = { ...noTestedLines(), wouldChange: lines, alreadySo: lines };
    await openSaved();
    await press("Test on past lines");
    expect(await screen.findByText("CHARGE 1")).toBeVisible();
    await press("Next page");
    expect(await screen.findByText("CHARGE 25")).toBeVisible();
    await press("Already so 25");
    expect(await screen.findByText("CHARGE 1")).toBeVisible();
  });

  test("that finds nothing says how to find more", async () => {
    await openSaved();
    await press("Test on past lines");
    expect(await screen.findByText(/No past line fits\./)).toHaveTextContent(
      "Fewer or other words",
    );
  });

  test("says when the rule has changed since, and is done again", async () => {
    await openSaved();
    await press("Test on past lines");
    await screen.findByText(/No past line fits/);
    await userEvent.type(field("Vendor"), "x");
    expect(screen.getByText("The rule has changed since this test.")).toBeVisible();
    database.ruleTest = { ...noTestedLines(), alreadySo: [aTestedLine()] };
    await press("Test again");
    expect(await screen.findByText("1 line fits.")).toBeVisible();
    expect(screen.queryByText("The rule has changed since this test.")).not.toBeInTheDocument();
  });

  test("waits until the rule is complete, and says when it cannot be done", async () => {
    await openNew();
    await press("Test on past lines");
    expect(screen.getByText("Choose an account.")).toBeVisible();
    expect(database.asked["POST /api/rules/test"]).toBeUndefined();
    await userEvent.type(field("Looks like"), "*bottle*");
    await choose("Account", "meal");
    server.use(http.post("/api/rules/test", () => problem(503, "unavailable")));
    await press("Test on past lines");
    expect(await screen.findByRole("alert")).toHaveTextContent("cannot take this on right now");
  });
});
