import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { beforeEach, describe, expect, test } from "vitest";

import { database, problem, server } from "@/testing/backend";
import { renderApp } from "@/testing/render";
import { aChartEntry, aLimit, aProvider, noProvider } from "@/testing/settings-factories";

beforeEach(() => {
  database.accounts = [
    aChartEntry({ description: "Restaurants and coffee" }),
    aChartEntry({ code: "64500", name: "Taxi" }),
    aChartEntry({ code: "60900", name: "Old Account", active: false }),
  ];
  database.departments = [aChartEntry({ code: "07", name: "Operations" })];
});

const entries = (list: string) => screen.getAllByRole("list", { name: list }).at(-1);

describe("the settings", () => {
  test("begin with the accounts, and each part has its place", async () => {
    renderApp("/settings");
    expect(await screen.findByText("Taxi")).toBeVisible();
    const tabs = within(screen.getByRole("navigation", { name: "Parts of the settings" }));
    expect(tabs.getByRole("link", { name: "Accounts" })).toHaveAttribute("aria-current", "page");
    await userEvent.click(tabs.getByRole("link", { name: "Departments" }));
    expect(await screen.findByText("Operations")).toBeVisible();
    await userEvent.click(tabs.getByRole("link", { name: "AI service" }));
    expect(await screen.findByText("It answers")).toBeVisible();
    expect(tabs.getByRole("link", { name: "AI service" })).toHaveAttribute("aria-current", "page");
  });
});

describe("the accounts", () => {
  test("say what they are for, which are out of use, and how they are changed", async () => {
    renderApp("/settings/accounts");
    expect(await screen.findByText("Restaurants and coffee")).toBeVisible();
    expect(screen.getByText("3 entries")).toBeVisible();
    expect(screen.getAllByText("Not in use")).toHaveLength(1);
    await userEvent.click(screen.getByText("How to change this list"));
    expect(screen.getByText("expenseflow accounts load accounts.csv")).toBeVisible();
  });

  test("are found by any words of code, name and description", async () => {
    renderApp("/settings/accounts");
    await userEvent.type(await screen.findByRole("searchbox"), "coffee 663");
    await waitFor(() => expect(screen.getByText("1 of 3 entries")).toBeVisible());
    expect(entries("Accounts")).toHaveTextContent("Meals");
    await userEvent.type(screen.getByRole("searchbox"), "x");
    expect(await screen.findByText("Nothing found")).toBeVisible();
  });

  test("are looked for as the address says", async () => {
    renderApp("/settings/accounts?q=taxi");
    expect(await screen.findByText("1 of 3 entries")).toBeVisible();
    expect(screen.getByRole("searchbox")).toHaveValue("taxi");
  });

  test("that do not exist say how to load some", async () => {
    database.accounts = [];
    renderApp("/settings/accounts");
    expect(await screen.findByText("There are no accounts")).toBeVisible();
    expect(screen.getByText("expenseflow accounts load accounts.csv")).toBeVisible();
  });

  test("that cannot be loaded come when asked for again", async () => {
    server.use(http.get("/api/accounts", () => problem(503, "unavailable")));
    renderApp("/settings/accounts");
    await screen.findByRole("alert");
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Taxi")).toBeVisible();
  });
});

describe("the AI service", () => {
  async function shown(provider = aProvider()) {
    database.provider = provider;
    renderApp("/settings/provider");
    await screen.findByText(provider.summary);
  }

  test("tells what it is, what it lets through and what it did", async () => {
    await shown();
    expect(screen.getByText("gpt-4o-mini")).toBeVisible();
    expect(screen.getByText("0.5 seconds, and 0.3 seconds for each line")).toBeVisible();
    expect(screen.getByText("0 now, 4 at most")).toBeVisible();
    expect(screen.getByRole("meter", { name: "Questions" })).toHaveAttribute(
      "aria-valuetext",
      "12 of 60 left now",
    );
    expect(screen.getByText("60 requests in 1 minute, as the service says itself")).toBeVisible();
    expect(screen.getByText("43,247")).toBeVisible();
    expect(screen.getByText("Nothing is held back.")).toBeVisible();
  });

  test.each([
    ["configured", "as configured here"],
    ["assumed", "a share of the configured rate, to be careful"],
    ["learned", "learned from calls it turned away"],
  ] as const)("says of a limit that is %s where it is known from", async (source, words) => {
    await shown(
      aProvider({ limits: { requests: null, tokens: aLimit({ source, amount: 90_000 }) } }),
    );
    expect(screen.getByText(`90,000 tokens in 1 minute, ${words}`)).toBeVisible();
    expect(screen.queryByRole("meter", { name: "Questions" })).not.toBeInTheDocument();
  });

  test("that has no known limit says so", async () => {
    await shown(aProvider({ limits: { requests: null, tokens: null } }));
    expect(screen.getByText(/No limit is known/)).toBeVisible();
  });

  test("that does not answer says so, with its last error and what waits", async () => {
    await shown(
      aProvider({
        reachable: false,
        waiting: { reason: "outage", until: null },
        lastError: { words: "The connection was refused", at: "2026-02-01T09:30:00Z" },
      }),
    );
    expect(screen.getByText("It does not answer")).toBeVisible();
    expect(screen.getByRole("alert")).toHaveTextContent("The connection was refused");
    expect(screen.getByText(/The report waits while that may help/)).toBeVisible();
  });

  test("that answered since its last error raises no alarm", async () => {
    const at = "2026-02-01T07:00:00Z";
    await shown(aProvider({ lastError: { words: "It was too slow", at } }));
    expect(screen.getByText("It answers")).toBeVisible();
    expect(screen.getByText("It was too slow")).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  test("that answers with errors says so", async () => {
    const at = "2026-02-01T09:30:00Z";
    await shown(aProvider({ lastError: { words: "The key was refused", at } }));
    expect(screen.getByText("Its last answer was an error")).toBeVisible();
  });

  test("that is simulated is called so", async () => {
    await shown(aProvider({ simulated: true }));
    expect(screen.getByText("Simulated")).toBeVisible();
    expect(screen.getByText(/not a real AI service/)).toBeVisible();
  });

  test("that is not configured says how to configure one", async () => {
    await shown(noProvider());
    expect(screen.getByText("Not configured")).toBeVisible();
    expect(screen.getByText(/EXPENSEFLOW_LLM_API_KEY/)).toBeVisible();
    expect(screen.queryByText("Its limits")).not.toBeInTheDocument();
    expect(screen.queryByText("Since the beginning")).not.toBeInTheDocument();
  });

  test("of which nothing is heard comes when asked for again", async () => {
    server.use(http.get("/api/provider", () => problem(503, "unavailable")));
    renderApp("/settings/provider");
    await screen.findByRole("alert");
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("It answers")).toBeVisible();
  });
});
