import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { describe, expect, test, vi } from "vitest";

import { database, problem, server } from "@/testing/backend";
import { anId, aPeriod, aRunningJob } from "@/testing/factories";
import { FakeEventSource } from "@/testing/fake-event-source";
import { pretendLayout } from "@/testing/fake-layout";
import { aFlaggedLine } from "@/testing/line-factories";
import { renderApp } from "@/testing/render";
import { reviewing } from "@/testing/review";
import { aRule } from "@/testing/settings-factories";
import { aPreview, aRow } from "@/testing/statement-factories";

const comeBackToTheTab = () => window.dispatchEvent(new Event("visibilitychange"));
const AT_A_PROVIDER = {
  mode: "oidc",
  signInUrl: "/api/sign-in/oidc",
  signOutUrl: null,
} as const;
const month = (name: string) => screen.findByRole("article", { name });

describe("the session", () => {
  test("that never began says how to sign in, and goes on by itself", async () => {
    const me = database.me;
    database.me = null;
    database.periods = [aPeriod()];
    renderApp();
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    database.me = me;
    comeBackToTheTab();
    expect(await month("January 2026")).toBeVisible();
  });

  test("that ended in the middle is noticed by any call, and the place is kept", async () => {
    const running = aRunningJob();
    database.jobs = [running];
    database.periods = [aPeriod({ activeJobId: running.id })];
    renderApp();
    expect(await screen.findByText("150 / 300 lines")).toBeVisible();
    database.me = null;
    FakeEventSource.latest().says("snapshot", []);
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    expect(localStorage.getItem("expenseflow:return")).toBe(location.pathname);
  });

  test("that ended keeps what was typed until the same person is back", async () => {
    const me = database.me;
    renderApp("/settings/rules/new");
    const name = await screen.findByLabelText("Name");
    await userEvent.type(name, "A long name");
    database.me = null;
    comeBackToTheTab();
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    expect(name).not.toBeVisible();
    expect(screen.queryByRole("button", { name: "Sign out" })).not.toBeInTheDocument();
    const asked = database.asked["GET /api/accounts"];
    database.me = me;
    comeBackToTheTab();
    await waitFor(() => expect(name).toBeVisible());
    expect(name).toHaveValue("A long name");
    expect(name).toHaveFocus();
    expect(screen.queryByText("Sign in to go on")).not.toBeInTheDocument();
    await waitFor(() => expect(database.asked["GET /api/accounts"]).toBeGreaterThan(asked ?? 0));
  });

  test("that ended shows no question either, until it is back", async () => {
    const me = database.me;
    database.rules = [aRule({ title: "Cabs" })];
    renderApp("/settings/rules");
    await userEvent.click(await screen.findByRole("button", { name: "More: Cabs" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Delete" }));
    const question = await screen.findByRole("alertdialog", { name: /Delete/ });
    database.me = null;
    comeBackToTheTab();
    expect(await screen.findByRole("heading", { name: "Sign in to go on" })).toBeVisible();
    expect(question).not.toBeVisible();
    database.me = me;
    comeBackToTheTab();
    expect(await screen.findByRole("alertdialog", { name: /Delete/ })).toBeVisible();
  });

  test("that ended while a line was decided lets it be decided again", async () => {
    const me = database.me;
    const { user } = await reviewing([aFlaggedLine({ description: "Taxi" })]);
    database.me = null;
    await user.keyboard("a");
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    await user.keyboard("a"); // nobody is there to hear it
    database.me = me;
    comeBackToTheTab();
    expect(await screen.findByRole("search")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(database.lines[0]?.needsReview).toBe(false));
  });

  test("of somebody else has nothing to try again of the one before", async () => {
    const { user } = await reviewing([aFlaggedLine({ description: "Taxi" })]);
    database.me = null;
    await user.keyboard("a");
    expect(await screen.findByRole("button", { name: "Try again" })).toBeInTheDocument();
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    database.me = { id: anId(), email: "bob@example.com", isAdmin: false };
    comeBackToTheTab();
    expect(await screen.findByText("bob@example.com")).toBeVisible();
    await waitFor(() =>
      expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument(),
    );
  });

  test("is looked for again also when the server was silent once", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const me = database.me;
    database.periods = [aPeriod()];
    renderApp();
    await month("January 2026");
    database.me = null;
    comeBackToTheTab();
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    server.use(http.get("/api/me", () => HttpResponse.error(), { once: true }));
    await vi.advanceTimersByTimeAsync(4500);
    expect(screen.getByText("Sign in to go on")).toBeVisible();
    database.me = me;
    await vi.advanceTimersByTimeAsync(4500);
    expect(await month("January 2026")).toBeVisible();
  });

  test("is ended by the person, and nothing of it stays", async () => {
    database.periods = [aPeriod()];
    const { queries } = renderApp();
    await month("January 2026");
    await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    expect(queries.getQueriesData({ queryKey: ["periods"] }).every(([, data]) => !data)).toBe(true);
  });

  test("that could not be ended says so, and a file on its way in stays", async () => {
    pretendLayout();
    database.preview = aPreview({ rows: [aRow()] });
    renderApp("/import");
    const choose = await screen.findByLabelText(/Choose a file/);
    await userEvent.upload(choose, new File(["a"], "january.csv"));
    await screen.findByRole("button", { name: /^Import \d/ });
    server.use(http.post("/api/sign-out", () => problem(503, "unavailable")));
    await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
    expect(await screen.findAllByText("You may still be signed in")).not.toHaveLength(0);
    expect(screen.getByRole("heading", { name: "january.csv" })).toBeVisible();
  });

  test("that has ended already is ended by the person all the same", async () => {
    database.periods = [aPeriod()];
    const { queries } = renderApp();
    await month("January 2026");
    database.me = null;
    await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    expect(queries.getQueriesData({ queryKey: ["periods"] }).every(([, data]) => !data)).toBe(true);
    expect(screen.queryByText("You may still be signed in")).not.toBeInTheDocument();
  });

  test("of somebody else shows nothing of the one before", async () => {
    database.periods = [aPeriod({ period: "2026-01" })];
    renderApp();
    await month("January 2026");
    database.me = { id: anId(), email: "bob@example.com", isAdmin: false };
    database.periods = [aPeriod({ period: "2026-03" })];
    comeBackToTheTab();
    expect(await month("March 2026")).toBeVisible();
    expect(screen.getByText("bob@example.com")).toBeVisible();
    expect(screen.queryByText("January 2026")).not.toBeInTheDocument();
  });

  test("begins at the provider, where there is one, and comes back to this place", async () => {
    database.me = null;
    database.signInOptions = AT_A_PROVIDER;
    renderApp("/history?page=2");
    const link = await screen.findByRole("link", { name: "Sign in" });
    const { pathname, search } = location;
    expect(link).toHaveAttribute(
      "href",
      `/api/sign-in/oidc?next=${encodeURIComponent(pathname + search)}`,
    );
    expect(link).not.toHaveAttribute("target");
    expect(screen.queryByText(/expenseflow sign-in-link/)).not.toBeInTheDocument();
  });

  test("that ended in the middle begins again beside what was typed", async () => {
    database.signInOptions = AT_A_PROVIDER;
    const me = database.me;
    renderApp("/settings/rules/new");
    await userEvent.type(await screen.findByLabelText("Name"), "Cabs");
    database.me = null;
    comeBackToTheTab();
    const link = await screen.findByRole("link", { name: "Sign in, in another tab" });
    expect(link).toHaveAttribute("target", "_blank");
    database.me = me;
    comeBackToTheTab();
    await waitFor(() => expect(screen.getByLabelText("Name")).toBeVisible());
    expect(screen.getByLabelText("Name")).toHaveValue("Cabs");
  });

  test("is not taken for ended when the server is only silent", async () => {
    server.use(http.get("/api/me", () => HttpResponse.error()));
    renderApp();
    expect(await screen.findByRole("alert")).toHaveTextContent("The server does not answer");
  });
});
