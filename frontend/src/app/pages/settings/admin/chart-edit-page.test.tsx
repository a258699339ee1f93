import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";

import { database } from "@/testing/backend";
import { anId } from "@/testing/factories";
import { renderApp } from "@/testing/render";
import { aChartEntry } from "@/testing/settings-factories";

beforeEach(() => {
  database.me = { id: anId(), email: "ann@example.com", isAdmin: true };
  database.accounts = [aChartEntry(), aChartEntry({ code: "64500", name: "Taxi" })];
});

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const part = (name: string) => screen.findByRole("region", { name });
const name = (code: string) => screen.findByRole("textbox", { name: `Name: ${code}` });

async function retype(code: string, text: string) {
  const field = await name(code);
  await userEvent.clear(field);
  await userEvent.type(field, text);
}

async function pick(content: string | Uint8Array<ArrayBuffer>) {
  const file = new File([content], "chart.csv", { type: "text/csv" });
  await userEvent.upload(await screen.findByLabelText("Take the list from a CSV file"), file);
}

describe("changing the accounts", () => {
  test("is offered to administrators only", async () => {
    renderApp("/settings/accounts");
    await userEvent.click(await screen.findByRole("link", { name: "Change this list" }));
    expect(await name("66300")).toHaveValue("Meals");
  });

  test("by hand is shown before it is saved", async () => {
    const { router } = renderApp("/settings/accounts/edit");
    await retype("66300", "Lunch");
    await userEvent.click(screen.getByRole("switch", { name: "In use: 64500" }));
    await press("Add an entry");
    await userEvent.type(screen.getByRole("textbox", { name: "Code: a new entry" }), "7");
    await userEvent.type(screen.getByRole("textbox", { name: "Name: a new entry" }), "Rail");
    await press("See what would change");
    expect(within(await part("Changed")).getByText("66300 Meals → 66300 Lunch")).toBeVisible();
    expect(within(await part("Added")).getByText("7 Rail")).toBeVisible();
    expect(within(await part("Out of use")).getByText("64500 Taxi")).toBeVisible();
    expect(database.accounts[0]?.name).toBe("Meals");
    await press("Save the list");
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/accounts"));
    expect(database.accounts.map(({ code, name }) => `${code} ${name}`)).toEqual([
      "7 Rail",
      "66300 Lunch",
      "64500 Taxi",
    ]);
  });

  test("that changes nothing cannot be saved", async () => {
    renderApp("/settings/accounts/edit");
    await name("66300");
    await press("See what would change");
    expect(await screen.findByText("Nothing would change.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Save the list" })).toHaveAttribute("aria-disabled");
  });

  test("with a row that cannot be taken says which, and goes on", async () => {
    renderApp("/settings/accounts/edit");
    await userEvent.clear(await name("66300"));
    await press("See what would change");
    const rejected = within(await part("Cannot be taken"));
    expect(rejected.getByText("Row 1 (66300): the name is empty")).toBeVisible();
    expect(screen.getByRole("button", { name: "Save the list" })).toHaveAttribute("aria-disabled");
    await press("Go on changing");
    expect(await name("66300")).toHaveValue("");
  });

  test("from a file is shown before it is saved", async () => {
    renderApp("/settings/accounts/edit");
    await pick("code,name\n66300,Lunch\n");
    expect(await screen.findByText("From the file chart.csv")).toBeVisible();
    expect(within(await part("Out of use")).getByText("64500 Taxi")).toBeVisible();
    await press("Save the list");
    await waitFor(() => expect(database.accounts[0]?.name).toBe("Lunch"));
    expect(database.accounts[1]).toMatchObject({ code: "64500", active: false });
  });

  test("from a file that is no UTF-8 says how to mend it", async () => {
    renderApp("/settings/accounts/edit");
    await pick(new Uint8Array([0x63, 0xff, 0xfe]));
    expect(await screen.findByText("This file is not UTF-8 text")).toBeVisible();
  });

  test("that somebody else changed meanwhile keeps what was typed, on their list", async () => {
    renderApp("/settings/accounts/edit");
    await retype("66300", "Lunch");
    database.chartTag = '"2"';
    database.accounts = [aChartEntry(), aChartEntry({ code: "64500", name: "Cab" })];
    await press("See what would change");
    expect(await screen.findByText("Somebody changed the list meanwhile")).toBeVisible();
    expect(await name("66300")).toHaveValue("Lunch");
    expect(await name("64500")).toHaveValue("Cab");
    await press("See what would change");
    await press("Save the list");
    await waitFor(() => expect(database.accounts[0]?.name).toBe("Lunch"));
    expect(database.accounts[1]?.name).toBe("Cab");
  });
});
