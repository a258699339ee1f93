import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { database, problem, server } from "@/testing/backend";
import { pretendLayout } from "@/testing/fake-layout";
import { renderApp } from "@/testing/render";
import { aPreview, aRefusedRow, aRow } from "@/testing/statement-factories";

const aFile = (name = "january.csv") => new File(["Date,Text,Amount\n"], name);
const coffee = aRow();
const taxi = aRow({ row: 3, description: "YELLOW CAB", amount: "21.00" });
const twice = aRow({
  row: 4,
  decision: "duplicate",
  description: "HOTEL ADLON",
  reason: "Already there: the same account, day, amount and description.",
});
const payment = aRow({ row: 5, decision: "payment", description: "THANK YOU", amount: "-900.00" });
const refused = aRefusedRow({ row: 6 });
const row = (text: string) => screen.getByText(text).closest("[role=row]");
const importButton = (name: RegExp | string = /^Import \d/) =>
  screen.findByRole("button", { name });
const ready = async (name: RegExp | string) =>
  waitFor(async () => {
    const button = await importButton(name);
    expect(button).toHaveAttribute("aria-disabled", "false");
    return button;
  });

beforeEach(() => {
  pretendLayout();
  database.preview = aPreview({ rows: [coffee, taxi, twice, payment, refused] });
});

/** The page with a file that has been looked into. */
async function chosen(file = aFile()) {
  const user = userEvent.setup();
  const app = renderApp("/import");
  await user.upload(await screen.findByLabelText(/Choose a file/), file);
  await ready(/^Import \d/);
  return { user, ...app };
}

describe("a file that was chosen", () => {
  test("nothing comes in while what is typed as its currency is none", async () => {
    database.preview = aPreview({ rows: [coffee], currencySource: "default" });
    const { user } = await chosen();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
    await user.type(screen.getByLabelText("Currency"), "EURO");
    await user.tab();
    expect(await screen.findByText(/A currency is three letters/)).toBeVisible();
    await act(() => vi.advanceTimersByTimeAsync(500)); // what is typed counts once it has rested
    const confirm = await importButton();
    await user.click(confirm);
    expect(confirm).toHaveAttribute("aria-disabled", "true");
    expect(database.imported).toHaveLength(0);
    await user.type(screen.getByLabelText("Currency"), "{Backspace}");
    await ready(/^Import \d/);
    expect(database.previewed.at(-1)?.currency).toBe("EUR");
  });

  test("shows what would become of each row, and is imported as it was shown", async () => {
    const { user } = await chosen();
    expect(document.activeElement).toHaveTextContent("january.csv");
    expect(row("BLUE BOTTLE COFFEE")).toHaveTextContent(/\$6.50Import$/);
    expect(row("HOTEL ADLON")).toHaveTextContent(/the same account.*Already there$/);
    expect(row("Row 6")).toHaveTextContent(/The row has no date.Refused$/);
    expect(screen.getByText("January 2026")).toBeVisible();

    await user.click(await ready("Import 2 charges"));
    const title = await screen.findByRole("heading", { name: "2 charges imported" });
    expect(document.activeElement).toBe(title);
    expect(database.imported).toHaveLength(1);
    expect(database.imported[0]).toMatchObject({
      fileName: "january.csv",
      mapping: database.preview.mapping,
      decisions: {},
    });
    expect(row("BLUE BOTTLE COFFEE")).toHaveTextContent(/\$6.50Imported$/);
    expect(
      screen.getByText(/^january.csv · 1 already there · 1 payment to the card/),
    ).toBeVisible();
    expect(screen.getByText("Refused rows")).toBeVisible();
    const next = screen.getByRole("link", { name: "Make the report of January 2026" });
    expect(next).toHaveAttribute("href", "/app/#2026-01");
  });

  test("is back as it was left once the import is undone", async () => {
    const { user } = await chosen();
    await user.click(screen.getByRole("checkbox", { name: "Import row 3: YELLOW CAB" }));
    await user.click(await ready("Import 1 charge"));
    await user.click(await screen.findByRole("button", { name: "Undo the import" }));
    expect(await ready("Import 1 charge")).toBeVisible();
    expect(screen.getByRole("checkbox", { name: /YELLOW CAB/ })).not.toBeChecked();
    expect(database.statements).toEqual([]);
    expect(screen.getByText("The import was undone")).toBeInTheDocument();
  });

  test("makes room for the next one", async () => {
    const { user } = await chosen();
    await user.click(await ready("Import 2 charges"));
    await user.click(await screen.findByRole("button", { name: "Import another file" }));
    await user.upload(screen.getByLabelText(/Choose a file/), aFile("february.csv"));
    expect(await screen.findByRole("heading", { name: "february.csv" })).toBeVisible();
    await waitFor(() => expect(database.previewed.at(-1)?.fileName).toBe("february.csv"));
  });

  test("is put away, and nothing of it stays", async () => {
    const { user } = await chosen();
    await user.click(screen.getByRole("button", { name: "Put it away" }));
    expect(await screen.findByLabelText(/Choose a file/)).toBeInTheDocument();
    expect(document.activeElement).toHaveAttribute("id", "main");
    expect(database.imported).toEqual([]);
  });

  test("waits while something is looked up on another page", async () => {
    const { user } = await chosen();
    await user.click(screen.getByRole("checkbox", { name: /YELLOW CAB/ }));
    await ready("Import 1 charge");
    await user.click(screen.getByRole("link", { name: "Transactions" }));
    await screen.findByText("No transactions yet");
    await user.click(screen.getByRole("link", { name: "Import" }));
    expect(await ready("Import 1 charge")).toBeVisible();
    expect(screen.getByRole("checkbox", { name: /YELLOW CAB/ })).not.toBeChecked();
  });

  test("with nothing but a payment says that", async () => {
    database.preview = aPreview({ rows: [payment] });
    const { user } = await chosen();
    await user.click(await ready("Import 1 payment"));
    expect(await screen.findByRole("heading", { name: "1 payment imported" })).toBeVisible();
  });

  test("is undone only where the server agrees", async () => {
    const { user } = await chosen();
    await user.click(await ready("Import 2 charges"));
    server.use(http.delete("/api/statements/:id", () => problem(409, "statement-is-submitted")));
    await user.click(await screen.findByRole("button", { name: "Undo the import" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("detail of statement-is-submitted");
    expect(screen.getByRole("heading", { name: "2 charges imported" })).toBeVisible();
  });

  test("may also be dropped, anywhere on the page; of several the first is taken", async () => {
    renderApp("/import");
    await screen.findByLabelText(/Choose a file/);
    const dataTransfer = { types: ["Files"], files: [aFile("dropped.csv"), aFile()] };
    fireEvent.dragOver(document.body, { dataTransfer });
    expect(screen.getByText("Let go to look into it")).toBeVisible();
    fireEvent.drop(document.body, { dataTransfer });
    expect(await screen.findByRole("heading", { name: "dropped.csv" })).toBeVisible();
    expect(await screen.findByText(/One file at a time/)).toBeInTheDocument();
  });

  test("may be long: only the rows in view stand in the page", async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => aRow({ row: index + 2 }));
    database.preview = aPreview({ rows });
    await chosen();
    expect(await ready("Import 20,000 charges")).toBeVisible();
    expect(screen.getByRole("table", { name: /Rows/ })).toHaveAttribute("aria-rowcount", "20001");
    expect(screen.getAllByRole("checkbox").length).toBeLessThan(60);
  });

  test("with nothing new says so, and that it was imported before", async () => {
    database.preview = aPreview({ rows: [twice], importedBefore: true, totals: [] });
    const user = userEvent.setup();
    renderApp("/import");
    await user.upload(await screen.findByLabelText(/Choose a file/), aFile());
    expect(await screen.findByText("This file was imported before")).toBeVisible();
    expect(screen.getByText(/nothing new to import/)).toBeVisible();
  });
});

describe("single rows", () => {
  test("are left out, taken in and put back, by keyboard too", async () => {
    const { user } = await chosen();
    const box = screen.getByRole("checkbox", { name: /BLUE BOTTLE/ });
    box.focus();
    await user.keyboard(" ");
    expect(box).not.toBeChecked(); // at once, before the server has said anything
    await ready("Import 1 charge");
    expect(document.activeElement).toBe(box);
    expect(database.previewed.at(-1)?.decisions).toEqual({ 2: "skip" });
    expect(screen.getByText("You chose to leave it out.")).toBeVisible();

    await user.click(screen.getByRole("checkbox", { name: /HOTEL ADLON/ }));
    await ready("Import 2 charges");
    expect(database.previewed.at(-1)?.decisions).toEqual({ 2: "skip", 4: "import" });

    await user.keyboard(" ");
    await user.click(box);
    await ready("Import 2 charges");
    await user.click(await importButton());
    await screen.findByRole("heading", { name: "2 charges imported" });
    expect(database.imported[0]?.decisions).toEqual({});
  });

  test("that are payments come in as such, as credits, or not at all", async () => {
    const { user } = await chosen();
    const select = screen.getByRole("combobox", { name: /row 5: THANK YOU/ });
    expect(select).toHaveDisplayValue("Keep as payment");
    await user.selectOptions(select, "Import as a credit");
    await ready("Import 3 charges");
    await user.selectOptions(select, "Leave out");
    await ready("Import 2 charges");
    expect(database.previewed.at(-1)?.decisions).toEqual({ 5: "skip" });
    await user.selectOptions(select, "Keep as payment");
    await waitFor(() => expect(screen.queryByText("Left out by you")).not.toBeInTheDocument());
  });

  test("are shown by what becomes of them", async () => {
    const { user } = await chosen();
    const filter = within(screen.getByRole("group", { name: "Show" }));
    await user.click(filter.getByRole("button", { name: "Refused 1" }));
    expect(screen.getAllByRole("row")).toHaveLength(2); // with the headings
    expect(screen.queryByText("YELLOW CAB")).not.toBeInTheDocument();
    await user.click(filter.getByRole("button", { name: "All 5" }));
    expect(screen.getByText("YELLOW CAB")).toBeVisible();
  });
});
