import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { beforeEach, describe, expect, test } from "vitest";

import { anOwnedJob, aPerson, someAlerts } from "@/testing/admin-factories";
import { database, problem, server } from "@/testing/backend";
import { anId } from "@/testing/factories";
import { renderApp } from "@/testing/render";

beforeEach(() => {
  database.me = { id: anId(), email: "ann@example.com", isAdmin: true };
});

const tabs = () => screen.findByRole("navigation", { name: "Parts of the settings" });
const ask = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const agree = async (name: string) => {
  const dialog = within(await screen.findByRole("alertdialog"));
  await userEvent.click(dialog.getByRole("button", { name }));
};

describe("what only administrators see", () => {
  test("has its places beside the other settings", async () => {
    renderApp("/settings/provider");
    for (const name of ["All jobs", "People", "Alerts"]) {
      expect(await within(await tabs()).findByRole("link", { name })).toBeVisible();
    }
  });

  test("is not offered to anybody else, and refused in the server's words", async () => {
    database.me = { id: anId(), email: "ann@example.com", isAdmin: false };
    server.use(http.get("/api/admin/users", () => problem(403, "not-an-admin")));
    renderApp("/settings/people");
    expect(await screen.findByText("detail of not-an-admin")).toBeVisible();
    expect(within(await tabs()).queryByRole("link", { name: "People" })).toBeNull();
  });
});

describe("all jobs", () => {
  test("say whose they are, and are cancelled after a question", async () => {
    database.allJobs = [anOwnedJob({ status: "Processing", period: "2026-01" })];
    renderApp("/settings/jobs");
    const list = within(await screen.findByRole("list", { name: "Everybody's jobs" }));
    expect(list.getByText("bob@example.com")).toBeVisible();
    await ask("Cancel: January 2026, bob@example.com");
    await agree("Cancel the report");
    await waitFor(() => expect(list.getByText("Cancelled")).toBeVisible());
    expect(screen.queryByRole("button", { name: /^Cancel/ })).toBeNull();
  });

  test("are looked for as the address says, and by what is chosen", async () => {
    database.allJobs = [
      anOwnedJob({ status: "Completed" }),
      anOwnedJob({ status: "Failed", user: { id: anId(), email: "cleo@example.com" } }),
    ];
    const { router } = renderApp("/settings/jobs?status=Failed");
    expect(await screen.findByText("cleo@example.com")).toBeVisible();
    expect(screen.queryByText("bob@example.com")).toBeNull();
    await userEvent.selectOptions(screen.getByRole("combobox"), "All");
    expect(await screen.findByText("bob@example.com")).toBeVisible();
    await userEvent.type(screen.getByRole("searchbox", { name: "E-mail" }), "cleo");
    await waitFor(() => expect(screen.queryByText("bob@example.com")).toBeNull());
    expect(router.state.location.search).toEqual({ q: "cleo" });
  });
});

describe("the people", () => {
  test("are disabled after a question, and enabled again", async () => {
    database.people = [aPerson()];
    renderApp("/settings/people");
    await screen.findByText("bob@example.com");
    await ask("Disable: bob@example.com");
    await agree("Disable");
    expect(await screen.findByText("bob@example.com is disabled")).toBeVisible();
    await userEvent.click(await screen.findByRole("button", { name: "Enable: bob@example.com" }));
    expect(await screen.findByRole("button", { name: "Disable: bob@example.com" })).toBeVisible();
  });

  test("are deleted only by who types their e-mail", async () => {
    database.people = [aPerson(), aPerson({ email: "cleo@example.com" })];
    renderApp("/settings/people");
    await screen.findByText("bob@example.com");
    await ask("Delete: bob@example.com");
    const dialog = within(await screen.findByRole("alertdialog"));
    expect(dialog.getByRole("button", { name: "Delete for good" })).toBeDisabled();
    await userEvent.type(dialog.getByRole("textbox"), "bob@example.com");
    await agree("Delete for good");
    expect(await screen.findByText("bob@example.com is deleted")).toBeVisible();
    await waitFor(() => expect(screen.getAllByRole("listitem")).not.toHaveLength(0));
    expect(database.people.map(({ email }) => email)).toEqual(["cleo@example.com"]);
  });

  test("do not include oneself among those to disable", async () => {
    database.people = [aPerson({ id: database.me?.id ?? "", email: "ann@example.com" })];
    renderApp("/settings/people");
    expect(await screen.findByText("You")).toBeVisible();
    expect(screen.queryByRole("button", { name: /^Disable/ })).toBeNull();
  });

  test("keep the question open when the server refuses", async () => {
    database.people = [aPerson()];
    server.use(http.patch("/api/admin/users/:id", () => problem(409, "own-account")));
    renderApp("/settings/people");
    await screen.findByText("bob@example.com");
    await ask("Disable: bob@example.com");
    await agree("Disable");
    expect(await screen.findByText("detail of own-account")).toBeVisible();
  });
});

describe("the alerts", () => {
  test("say how many failed, and that nobody is told", async () => {
    renderApp("/settings/alerts");
    expect(await screen.findByText("Nothing to warn of")).toBeVisible();
    expect(screen.getByText("12 reports, 3 failed")).toBeVisible();
    expect(screen.getByText("25%")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Send a test message" })).toBeNull();
  });

  test("say that it is too many, and what became of a test message", async () => {
    database.alerts = someAlerts({
      firing: true,
      since: "2026-02-01T09:00:00Z",
      webhook: { configured: true, toldAt: null, refusals: 2, nextTryAt: "2026-02-01T09:02:00Z" },
    });
    database.delivery = { delivered: false, reason: "HTTP 500" };
    renderApp("/settings/alerts");
    expect(await screen.findByText("Too many reports fail")).toBeVisible();
    expect(screen.getByText(/Not taken 2 times/)).toBeVisible();
    await ask("Send a test message");
    expect(await screen.findByText("HTTP 500")).toBeVisible();
  });
});
