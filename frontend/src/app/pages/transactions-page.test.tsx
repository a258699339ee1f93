import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http, HttpResponse } from "msw";
import { describe, expect, test } from "vitest";

import { database, problem, server } from "@/testing/backend";
import { aPeriod } from "@/testing/factories";
import { renderApp } from "@/testing/render";
import { aTransaction } from "@/testing/statement-factories";

const coffee = aTransaction();
const hotel = aTransaction({
  description: "HOTEL ADLON",
  amount: "250.00",
  originalAmount: "231.48",
  originalCurrency: "EUR",
});
const december = aTransaction({ description: "YELLOW CAB", postedOn: "2025-12-30" });
const row = (text: string) => screen.getByText(text).closest("[role=row]");
const box = (of: string) => screen.findByRole("checkbox", { name: `Personal: ${of}` });

describe("transactions", () => {
  test("stand with what was paid, where, and in which money", async () => {
    const payment = aTransaction({ description: "THANK YOU", amount: "-9.00", isPayment: true });
    database.transactions = [hotel, payment];
    renderApp("/transactions");
    expect(await screen.findByText("HOTEL ADLON")).toBeVisible();
    expect(row("HOTEL ADLON")).toHaveTextContent("Jan 14, 2026");
    expect(row("HOTEL ADLON")).toHaveTextContent("$250.00€231.48 originally");
    expect(row("THANK YOU")).toHaveTextContent("Payment");
    expect(screen.getAllByRole("checkbox")).toHaveLength(1);
  });

  test("are found by their words and month, which stand in the address", async () => {
    database.transactions = [coffee, hotel, december];
    database.periods = [aPeriod(), aPeriod({ period: "2025-12" })];
    const user = userEvent.setup();
    const { router } = renderApp("/transactions");
    expect(await screen.findByText("3 transactions")).toBeVisible();
    await user.type(screen.getByRole("searchbox"), "hotel");
    expect(await screen.findByText("1 transaction")).toBeVisible();
    expect(router.state.location.search).toEqual({ q: "hotel" });
    await user.selectOptions(screen.getByLabelText("Month"), "December 2025");
    expect(await screen.findByText("No transaction fits")).toBeVisible();
    expect(router.state.location.search).toEqual({ q: "hotel", period: "2025-12" });
    await user.click(screen.getByRole("button", { name: "Show all of them" }));
    expect(await screen.findByText("3 transactions")).toBeVisible();
    expect(screen.getByRole("searchbox")).toHaveValue("");
  });

  test("are shown as a shared address says", async () => {
    database.transactions = [coffee, hotel, december];
    renderApp("/transactions?q=cab&period=2025-12");
    expect(await screen.findByText("1 transaction")).toBeVisible();
    expect(screen.getByRole("searchbox")).toHaveValue("cab");
    expect(screen.getByLabelText("Month")).toHaveDisplayValue("December 2025");
  });

  test("come in pages", async () => {
    database.transactions = Array.from({ length: 51 }, (_, index) =>
      aTransaction({ description: `SHOP ${index + 1}` }),
    );
    const user = userEvent.setup();
    const { router } = renderApp("/transactions");
    expect(await screen.findByText("1–50 of 51")).toBeVisible();
    expect(screen.getByRole("button", { name: "Previous page" })).toHaveAttribute(
      "aria-disabled",
      "true",
    );
    await user.click(screen.getByRole("button", { name: "Next page" }));
    expect(await screen.findByText("SHOP 51")).toBeVisible();
    expect(screen.queryByText("SHOP 1")).not.toBeInTheDocument();
    expect(router.state.location.search).toEqual({ page: 2 });
    await user.type(screen.getByRole("searchbox"), "SHOP");
    expect(await screen.findByText("1–50 of 51")).toBeVisible(); // a new search begins anew
  });

  test("that are none lead to the import", async () => {
    renderApp("/transactions");
    expect(await screen.findByText("No transactions yet")).toBeVisible();
    expect(screen.getByRole("link", { name: "Import a statement" })).toHaveAttribute(
      "href",
      "/app/import",
    );
  });

  test("that cannot be loaded say so, and come when asked for again", async () => {
    server.use(http.get("/api/transactions", () => HttpResponse.error()));
    database.transactions = [coffee];
    renderApp("/transactions");
    expect(await screen.findByRole("alert")).toHaveTextContent("The server does not answer");
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("BLUE BOTTLE COFFEE")).toBeVisible();
  });
});

describe("a personal charge", () => {
  test("is marked by keyboard, at once, and can be taken back", async () => {
    database.transactions = [coffee, hotel];
    const user = userEvent.setup();
    renderApp("/transactions");
    (await box("HOTEL ADLON")).focus();
    await user.keyboard(" ");
    expect(await screen.findByText("Kept out of reports")).toBeInTheDocument();
    expect(database.transactions[1]?.excluded).toBe(true);
    expect(await box("HOTEL ADLON")).toBeChecked();
    expect(await box("HOTEL ADLON")).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("Counts for reports again")).toBeInTheDocument();
    expect(await box("HOTEL ADLON")).not.toBeChecked();
    expect(database.transactions[1]?.excluded).toBe(false);
  });

  test("takes the last word, when it is said before the first is answered", async () => {
    database.transactions = [coffee];
    let answer: (() => void) | undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const said: unknown[] = [];
    server.use(
      http.patch("/api/transactions/:id", async ({ request }) => {
        said.push(await request.json());
        await answered;
        return HttpResponse.json({ ...coffee, excluded: said.length === 1 });
      }),
    );
    const user = userEvent.setup();
    renderApp("/transactions");
    await user.click(await box("BLUE BOTTLE COFFEE"));
    await waitFor(() => expect(said).toEqual([{ excluded: true }]));
    await user.click(await box("BLUE BOTTLE COFFEE"));
    expect(await box("BLUE BOTTLE COFFEE")).not.toBeChecked();
    answer?.();
    await waitFor(() => expect(said).toEqual([{ excluded: true }, { excluded: false }]));
    expect(await screen.findByText("Counts for reports again")).toBeInTheDocument();
    expect(await box("BLUE BOTTLE COFFEE")).not.toBeChecked();
  });

  test("keeps a mark that waits, when the one before it is stored", async () => {
    database.transactions = [coffee, hotel];
    let isHeld = false;
    server.use(
      http.patch("/api/transactions/:id", async ({ params }) => {
        if (params["id"] === hotel.id) {
          isHeld = true;
          await delay("infinite");
        }
      }),
    );
    const user = userEvent.setup();
    const { queries } = renderApp("/transactions");
    await user.click(await box("BLUE BOTTLE COFFEE"));
    await user.click(await box("HOTEL ADLON"));
    await waitFor(() => expect(isHeld).toBe(true));
    expect(await screen.findByText("Kept out of reports")).toBeInTheDocument();
    await waitFor(() => expect(queries.isFetching()).toBe(0)); // a list asked for again would show
    expect(await box("HOTEL ADLON")).toBeChecked();
  });

  test("shows before the server has answered", async () => {
    database.transactions = [coffee];
    renderApp("/transactions");
    server.use(
      http.patch("/api/transactions/:id", async () => {
        await delay("infinite");
      }),
    );
    await userEvent.click(await box("BLUE BOTTLE COFFEE"));
    await waitFor(async () => expect(await box("BLUE BOTTLE COFFEE")).toBeChecked());
  });

  test.each([
    ["on a submitted report", () => problem(409, "transaction-is-submitted"), "detail of"],
    ["without a network", () => HttpResponse.error(), "The server does not answer"],
  ])("%s stays as it was, and says why", async (_, answer, reason) => {
    database.transactions = [coffee];
    renderApp("/transactions");
    server.use(http.patch("/api/transactions/:id", answer));
    await userEvent.click(await box("BLUE BOTTLE COFFEE"));
    const [told] = await screen.findAllByText(new RegExp(reason));
    expect(told).toBeInTheDocument();
    expect(await box("BLUE BOTTLE COFFEE")).not.toBeChecked();
  });

  test("changes the month it stands in", async () => {
    database.transactions = [coffee];
    renderApp("/transactions");
    await userEvent.click(await box("BLUE BOTTLE COFFEE"));
    await waitFor(() => expect(database.asked["GET /api/periods"]).toBe(2));
  });
});
