import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, test } from "vitest";

import { database, problem, server } from "@/testing/backend";
import { changeElsewhere } from "@/testing/backend/rules";
import { anId } from "@/testing/factories";
import { renderApp } from "@/testing/render";
import { aChartEntry, anApplication, aRule } from "@/testing/settings-factories";

const coffee = aRule({ merchantContains: "blue bottle", glCode: "66300", departmentCode: "07" });
const rides = aRule({
  name: "Rides",
  merchantContains: null,
  pattern: "*uber*trip*",
  amountMax: "80.00",
  currency: "USD",
  glCode: "64500",
});
const hosting = aRule({ merchantContains: "cloud", glCode: "61300", active: false });

beforeEach(() => {
  database.accounts = [
    aChartEntry(),
    aChartEntry({ code: "64500", name: "Taxi" }),
    aChartEntry({ code: "61300", name: "Cloud Hosting" }),
  ];
  database.departments = [aChartEntry({ code: "07", name: "Operations" })];
  database.rules = [coffee, rides, hosting].map((rule, index) => ({
    ...rule,
    position: index + 1,
  }));
});

async function opened() {
  renderApp("/settings/rules");
  await screen.findByRole("list", { name: "Rules in their order" });
}

const titles = () => screen.getAllByRole("article").map((row) => row.getAttribute("aria-label"));
const row = (name: string) => within(screen.getByRole("article", { name }));
const savedTitles = () => database.rules.map(({ title }) => title);

async function chooseOf(title: string, action: string) {
  await userEvent.click(screen.getByRole("button", { name: `More: ${title}` }));
  await userEvent.click(await screen.findByRole("menuitem", { name: action }));
}

describe("the rules", () => {
  test("stand in their order with what they look for, where they file and what is wrong", async () => {
    const reason = "The account 61300 is no longer in use, so this rule does not apply";
    database.rules = database.rules.map((rule) =>
      rule.id === hosting.id ? { ...rule, problem: reason } : rule,
    );
    await opened();
    expect(titles()).toEqual(["blue bottle", "Rides", "cloud"]);
    expect(
      row("blue bottle").getByText(/has “blue bottle” → 66300 Meals · 07 Operations/),
    ).toBeVisible();
    expect(
      row("Rides").getByText(/looks like “\*uber\*trip\*”, up to \$80.00 → 64500 Taxi/),
    ).toBeVisible();
    expect(row("cloud").getByText(reason)).toBeVisible();
    expect(row("Rides").getByRole("switch")).toBeChecked();
    expect(row("cloud").getByRole("switch")).not.toBeChecked();
  });

  test("say how to begin when there are none", async () => {
    database.rules = [];
    renderApp("/settings/rules");
    expect(await screen.findByText("No rules yet")).toBeVisible();
    expect(screen.getAllByRole("link", { name: "New rule" })[0]).toHaveAttribute(
      "href",
      "/app/settings/rules/new",
    );
  });

  test("that cannot be loaded come when asked for again", async () => {
    server.use(http.get("/api/rules", () => problem(503, "unavailable")));
    renderApp("/settings/rules");
    await screen.findByRole("alert");
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("article", { name: "Rides" })).toBeVisible();
  });

  test("come too when it was the chart that could not be loaded", async () => {
    server.use(http.get("/api/departments", () => problem(503, "unavailable")));
    renderApp("/settings/rules");
    await screen.findByRole("alert");
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("article", { name: "Rides" })).toBeVisible();
  });
});

describe("switching a rule", () => {
  test("by keyboard keeps everything else it says", async () => {
    await opened();
    row("Rides").getByRole("switch", { name: "In use: Rides" }).focus();
    await userEvent.keyboard(" ");
    await waitFor(() => expect(row("Rides").getByRole("switch")).not.toBeChecked());
    await waitFor(() =>
      expect(database.rules[1]).toMatchObject({
        active: false,
        pattern: "*uber*trip*",
        amountMax: "80.00",
      }),
    );
  });

  test("shows at once, and the last press counts", async () => {
    await opened();
    const answers: (() => void)[] = [];
    server.use(
      http.put(
        "/api/rules/:id",
        () => new Promise<undefined>((go) => answers.push(() => go(undefined))),
      ),
    );
    await userEvent.click(row("Rides").getByRole("switch"));
    await waitFor(() => expect(row("Rides").getByRole("switch")).not.toBeChecked());
    expect(database.rules[1]?.active).toBe(true);
    await userEvent.click(row("Rides").getByRole("switch"));
    await waitFor(() => expect(row("Rides").getByRole("switch")).toBeChecked());
    await waitFor(() => expect(answers).toHaveLength(1));
    answers[0]?.();
    await waitFor(() => expect(answers).toHaveLength(2));
    expect(database.rules[1]?.active).toBe(false);
    expect(row("Rides").getByRole("switch")).toBeChecked();
    answers[1]?.();
    await waitFor(() => expect(database.rules[1]?.active).toBe(true));
    expect(row("Rides").getByRole("switch")).toBeChecked();
    expect(screen.queryByText(/changed in another place/)).not.toBeInTheDocument();
  });

  test("that was changed elsewhere says so and shows how it stands", async () => {
    await opened();
    changeElsewhere(rides.id, { glCode: "66300" });
    await userEvent.click(row("Rides").getByRole("switch"));
    expect(await screen.findByText("Your rules were changed in another place")).toBeVisible();
    expect(await row("Rides").findByText(/66300 Meals/)).toBeVisible();
    expect(row("Rides").getByRole("switch")).toBeChecked();
  });

  test("that is refused says why", async () => {
    await opened();
    server.use(http.put("/api/rules/:id", () => problem(422, "rule-account-not-in-use")));
    await userEvent.click(row("cloud").getByRole("switch"));
    expect(await screen.findByText("The rule could not be switched")).toBeVisible();
    expect(screen.getByText("detail of rule-account-not-in-use")).toBeVisible();
    expect(row("cloud").getByRole("switch")).not.toBeChecked();
  });
});

describe("the order", () => {
  test("is changed by keyboard, told, and the button keeps the focus", async () => {
    await opened();
    screen.getByRole("button", { name: "Move up: cloud" }).focus();
    await userEvent.keyboard("{Enter}");
    expect(titles()).toEqual(["blue bottle", "cloud", "Rides"]);
    expect(screen.getByRole("button", { name: "Move up: cloud" })).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    expect(titles()).toEqual(["cloud", "blue bottle", "Rides"]);
    expect(screen.getByText("cloud: now place 1 of 3")).toBeInTheDocument();
    await waitFor(() => expect(savedTitles()).toEqual(["cloud", "blue bottle", "Rides"]));
    expect(screen.getByRole("button", { name: "Move up: cloud" })).toHaveAttribute(
      "aria-disabled",
      "true",
    );
    expect(screen.getByRole("button", { name: "Move up: cloud" })).toHaveFocus();
  });

  test("of a list that is out of date is not taken; the list is read anew and says so", async () => {
    await opened();
    database.rules = [aRule({ merchantContains: "new one" }), ...database.rules];
    await userEvent.click(screen.getByRole("button", { name: "Move down: Rides" }));
    expect(await screen.findByText("Your rules were changed in another place")).toBeVisible();
    await waitFor(() => expect(titles()).toEqual(["new one", "blue bottle", "Rides", "cloud"]));
  });

  test("goes back when the server does not answer", async () => {
    await opened();
    server.use(http.put("/api/rules/order", () => HttpResponse.error()));
    await userEvent.click(screen.getByRole("button", { name: "Move down: Rides" }));
    expect(await screen.findByText("The order could not be changed")).toBeVisible();
    await waitFor(() => expect(titles()).toEqual(["blue bottle", "Rides", "cloud"]));
  });
});

describe("deleting a rule", () => {
  test("asks, then offers the way back to the same place", async () => {
    await opened();
    await chooseOf("Rides", "Delete");
    const dialog = within(await screen.findByRole("alertdialog", { name: "Delete “Rides”?" }));
    await userEvent.click(dialog.getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(titles()).toEqual(["blue bottle", "cloud"]));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
    expect(screen.getByRole("heading", { name: "Rules in their order" })).toHaveFocus();
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(titles()).toEqual(["blue bottle", "Rides", "cloud"]));
    expect(database.rules[1]).toMatchObject({ pattern: "*uber*trip*", glCode: "64500" });
    expect(await screen.findByText("The rule is back")).toBeVisible();
  });

  test("is not done when the answer is no", async () => {
    await opened();
    await chooseOf("Rides", "Delete");
    await screen.findByRole("alertdialog");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
    expect(savedTitles()).toContain("Rides");
    expect(screen.getByRole("button", { name: "More: Rides" })).toHaveFocus();
  });

  test("that fails says why and can be tried again", async () => {
    await opened();
    server.use(http.delete("/api/rules/:id", () => problem(503, "unavailable")));
    await chooseOf("Rides", "Delete");
    const dialog = within(await screen.findByRole("alertdialog"));
    await userEvent.click(dialog.getByRole("button", { name: "Delete" }));
    expect(await dialog.findByRole("alert")).toHaveTextContent("cannot take this on right now");
    server.resetHandlers();
    await userEvent.click(dialog.getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(titles()).toEqual(["blue bottle", "cloud"]));
  });

  test("that cannot be undone says so", async () => {
    await opened();
    await chooseOf("Rides", "Delete");
    const dialog = within(await screen.findByRole("alertdialog"));
    await userEvent.click(dialog.getByRole("button", { name: "Delete" }));
    server.use(http.post("/api/rules", () => problem(422, "rule-account-not-in-use")));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("The rule could not be brought back")).toBeVisible();
  });
});

describe("applying a rule to drafts", () => {
  test("asks first, then says in words what became of the lines", async () => {
    database.ruleApplied = anApplication({ matched: 12, changed: 5, alreadySo: 4, keptEdited: 3 });
    await opened();
    await chooseOf("Rides", "Apply to drafts");
    const dialog = within(await screen.findByRole("dialog", { name: /Apply “Rides”/ }));
    await userEvent.click(dialog.getByRole("button", { name: "Apply" }));
    expect(await dialog.findByText("5 lines changed.")).toBeVisible();
    expect(dialog.getByText("4 lines said this already.")).toBeVisible();
    expect(dialog.getByText("3 lines kept, because you edited or accepted them.")).toBeVisible();
    expect(dialog.queryByText(/submitted/)).not.toBeInTheDocument();
    await userEvent.click(dialog.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });

  test("that finds nothing says that nothing has changed", async () => {
    await opened();
    await chooseOf("Rides", "Apply to drafts");
    await userEvent.click(await screen.findByRole("button", { name: "Apply" }));
    expect(
      await screen.findByText("No line fits this rule, so nothing has changed."),
    ).toBeVisible();
  });

  test("that is refused says why", async () => {
    await opened();
    server.use(http.post("/api/rules/:id/apply", () => problem(409, "rule-does-not-apply")));
    await chooseOf("Rides", "Apply to drafts");
    await userEvent.click(await screen.findByRole("button", { name: "Apply" }));
    expect(await screen.findByText("detail of rule-does-not-apply")).toBeVisible();
  });

  test("is not offered for one that is off", async () => {
    await opened();
    await userEvent.click(screen.getByRole("button", { name: "More: cloud" }));
    expect(await screen.findByRole("menuitem", { name: "Apply to drafts" })).toHaveAttribute(
      "aria-disabled",
      "true",
    );
  });
});

test("a rule that is not there any more says so", async () => {
  renderApp(`/settings/rules/${anId()}`);
  expect(await screen.findByText("This rule is not there any more")).toBeVisible();
  expect(screen.getByRole("link", { name: "All rules" })).toBeVisible();
});
