import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http, HttpResponse } from "msw";
import { beforeEach, describe, expect, test } from "vitest";

import { database, problem, server } from "@/testing/backend";
import { pretendLayout } from "@/testing/fake-layout";
import { renderApp } from "@/testing/render";
import { aPreview, aStatement } from "@/testing/statement-factories";

const aFile = (name = "january.csv") => new File(["Date,Text,Amount\n"], name);
const said = () => database.previewed.at(-1);
const button = (name: string | RegExp) => screen.findByRole("button", { name });
const hasFocus = (name: string) => waitFor(async () => expect(await button(name)).toHaveFocus());
const ready = () =>
  waitFor(async () => expect(await button(/^Import \d/)).toHaveAttribute("aria-disabled", "false"));

beforeEach(pretendLayout);

async function choose(file = aFile()) {
  const user = userEvent.setup();
  const app = renderApp("/import");
  await user.upload(await screen.findByLabelText(/Choose a file/), file);
  return { user, ...app };
}

describe("how a file is read", () => {
  test("the sign is flipped, and flipped back", async () => {
    const { user } = await choose();
    expect(await screen.findByText("A charge stands with a plus in the file")).toBeVisible();
    await user.click(await button("Flip the sign"));
    expect(await screen.findByText("-$6.50", { selector: "[role=cell]" })).toBeVisible();
    expect(said()?.mapping).toEqual({ signConvention: "chargesNegative" });
    await user.click(await button("Flip the sign"));
    expect(await screen.findByText("A charge stands with a plus in the file")).toBeVisible();
  });

  test("the order of the dates is asked where the file does not show it", async () => {
    const mapping = { ...aPreview().mapping, dateOrder: "monthFirst" } as const;
    database.preview = aPreview({ dateOrderSure: false, mapping, notes: ["… (dateOrder)."] });
    const { user } = await choose();
    expect(await screen.findByText(/They are read with the month first/)).toBeVisible();
    expect(screen.queryByText(/\(dateOrder\)/)).not.toBeInTheDocument();
    await user.click(await button("Day first"));
    expect(await screen.findByText(/They are read with the day first/)).toBeVisible();
    expect(said()?.mapping).toEqual({ dateOrder: "dayFirst" });
    await hasFocus("Day first");
    expect(await button("Day first")).toHaveAttribute("aria-pressed", "true");
  });

  test("a column is given another role", async () => {
    const { user } = await choose();
    await user.click(await screen.findByText("Change dates, marks or columns"));
    await user.selectOptions(screen.getByLabelText("Extra"), "Description");
    await waitFor(() => expect(said()?.mapping).toEqual({ columns: { description: [3, 1] } }));
    await ready();
    await user.selectOptions(screen.getByLabelText("Text"), "Not used");
    await waitFor(() => expect(said()?.mapping).toEqual({ columns: { description: [3] } }));
    await user.click(await button("Read it as the file shows itself"));
    expect(await screen.findByText("as the file shows itself")).toBeVisible();
    await waitFor(() => expect(screen.getByLabelText("Extra")).toHaveDisplayValue("Not used"));
  });

  test("decimal sign, date order and delimiter are said; the latter voids the columns", async () => {
    const { user } = await choose();
    await user.click(await screen.findByText("Change dates, marks or columns"));
    await user.selectOptions(screen.getByLabelText("Extra"), "Balance");
    await user.selectOptions(screen.getByLabelText("Decimal sign"), "Comma (1,50)");
    await user.selectOptions(screen.getByLabelText("Order of dates"), "Year first");
    await waitFor(() =>
      expect(said()?.mapping).toEqual({
        columns: { balance: [3] },
        decimalSign: ",",
        dateOrder: "yearFirst",
      }),
    );
    await user.selectOptions(screen.getByLabelText("Columns are separated by"), "Semicolon");
    await waitFor(() =>
      expect(said()?.mapping).toEqual({
        decimalSign: ",",
        dateOrder: "yearFirst",
        delimiter: ";",
      }),
    );
  });

  test("card and currency are said where the file leaves them open", async () => {
    database.preview = aPreview({ account: null, currencySource: "default" });
    const { user } = await choose();
    expect(await screen.findByText("The file names no currency; USD was taken.")).toBeVisible();
    await user.type(screen.getByLabelText("Card or account"), "1234");
    await waitFor(() => expect(said()?.account).toBe("1234"));
    const currency = screen.getByLabelText("Currency");
    await user.type(currency, "eu");
    await user.tab();
    expect(screen.getByText(/A currency is three letters/)).toBeVisible();
    await user.type(currency, "r");
    await waitFor(() => expect(said()?.currency).toBe("EUR"));
    expect(screen.queryByText(/A currency is three letters/)).not.toBeInTheDocument();
    await ready();
    await user.click(await button(/^Import \d/));
    await screen.findByRole("heading", { name: "1 charge imported" });
    expect(database.imported[0]).toMatchObject({ account: "1234", currency: "EUR" });
  });

  test("the newest answer counts, whichever comes last", async () => {
    const { user } = await choose();
    await ready();
    server.use(
      http.post(
        "/api/statements/preview",
        async () => {
          await delay("infinite");
        },
        { once: true },
      ),
    );
    await user.click(await button("Flip the sign"));
    await waitFor(() => expect(database.asked["POST /api/statements/preview"]).toBe(2));
    expect(await button(/^Import \d/)).toHaveAttribute("aria-disabled", "true");
    expect(screen.getByText("BLUE BOTTLE COFFEE")).toBeVisible(); // the old table, meanwhile
    await user.click(screen.getByRole("checkbox", { name: /BLUE BOTTLE/ }));
    expect(await screen.findByText("You chose to leave it out.")).toBeVisible();
    expect(said()).toMatchObject({
      mapping: { signConvention: "chargesNegative" },
      decisions: { 2: "skip" },
    });
  });
});

describe("what goes wrong", () => {
  test.each([
    [413, "statement-too-large"],
    [422, "unreadable-statement"],
  ])("a file that is refused (%i) says why, and another can be chosen", async (status, slug) => {
    server.use(http.post("/api/statements/preview", () => problem(status, slug)));
    const { user } = await choose();
    expect(await screen.findByRole("alert")).toHaveTextContent(`detail of ${slug}`);
    server.resetHandlers();
    await user.upload(screen.getByLabelText("Choose another file"), aFile("right.csv"));
    await ready();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  test("a server that is busy is asked again", async () => {
    server.use(
      http.post("/api/statements/preview", () =>
        problem(429, "too-many-uploads", { headers: { "Retry-After": "10" } }),
      ),
    );
    const { user } = await choose();
    expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 10 seconds");
    server.resetHandlers();
    await user.click(await button("Try again"));
    await ready();
  });

  test("a lost network loses nothing of what was said", async () => {
    const { user } = await choose();
    await ready();
    server.use(http.post("/api/statements/preview", () => HttpResponse.error()));
    await user.click(screen.getByRole("checkbox", { name: /BLUE BOTTLE/ }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The server does not answer");
    expect(screen.getByText("BLUE BOTTLE COFFEE")).toBeVisible();
    expect(await button(/^Import \d/)).toHaveAttribute("aria-disabled", "true");
    server.resetHandlers();
    await user.click(await button("Try again"));
    expect(await screen.findByText("You chose to leave it out.")).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(document.activeElement).toHaveAttribute("data-sticky");
  });

  test("an import without an answer is tried again from where it was", async () => {
    const { user } = await choose();
    await ready();
    server.use(http.post("/api/statements", () => HttpResponse.error()));
    await user.click(await button(/^Import \d/));
    expect(await screen.findByRole("alert")).toHaveTextContent("The server does not answer");
    server.resetHandlers();
    await user.click(await button("Try again"));
    expect(await screen.findByRole("heading", { name: "1 charge imported" })).toBeVisible();
  });

  test("a file that was changed or moved is asked for again", async () => {
    server.use(http.post("/api/statements/preview", () => HttpResponse.error()));
    const file = aFile();
    file.slice = () => {
      const gone = new Blob();
      gone.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotFoundError"));
      return gone;
    };
    await choose(file);
    expect(await screen.findByRole("alert")).toHaveTextContent("cannot be read any more");
  });

  test("choices that fit no longer can be forgotten", async () => {
    const { user } = await choose();
    await ready();
    server.use(
      http.post("/api/statements/preview", () => problem(422, "decision-does-not-fit"), {
        once: true,
      }),
    );
    await user.click(screen.getByRole("checkbox", { name: /BLUE BOTTLE/ }));
    await user.click(await button("Forget what was chosen for single rows"));
    await waitFor(() => expect(screen.getByRole("checkbox")).toBeChecked());
    await ready();
  });

  test("a reading that does not fit can be taken back", async () => {
    const { user } = await choose();
    await ready();
    server.use(
      http.post("/api/statements/preview", () => problem(409, "read-otherwise-before"), {
        once: true,
      }),
    );
    await user.click(await button("Flip the sign"));
    await user.click(await button("Take back what was changed"));
    await ready();
    expect(await screen.findByText("A charge stands with a plus in the file")).toBeVisible();
  });

  test("a sign-in that ends in the middle keeps the file; signing out forgets it", async () => {
    const { user } = await choose();
    await ready();
    const me = database.me;
    database.me = null;
    await user.click(screen.getByRole("checkbox", { name: /BLUE BOTTLE/ }));
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    database.me = me;
    globalThis.dispatchEvent(new Event("visibilitychange"));
    expect(await screen.findByText("You chose to leave it out.")).toBeVisible();

    await user.click(screen.getByRole("button", { name: "Sign out" }));
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    database.me = me;
    globalThis.dispatchEvent(new Event("visibilitychange"));
    expect(await screen.findByLabelText(/Choose a file/)).toBeInTheDocument();
  });
});

describe("the imported files", () => {
  test("are listed, and undone after a question", async () => {
    database.statements = [aStatement({ duplicates: 2 }), aStatement({ fileName: "may.csv" })];
    const user = userEvent.setup();
    renderApp("/import");
    expect(await screen.findByText("140 charges · 2 already there")).toBeVisible();
    await user.click(await button("Undo the import of january.csv"));
    await hasFocus("Leave it as it is");
    await user.click(await button("Undo the import"));
    await waitFor(() =>
      expect(screen.queryByRole("heading", { name: "january.csv" })).not.toBeInTheDocument(),
    );
    expect(screen.getByRole("heading", { name: "may.csv" })).toBeVisible();
    expect(await screen.findByText("The import of january.csv was undone")).toBeInTheDocument();
  });

  test("on a submitted report stay, in the server's words", async () => {
    database.statements = [aStatement()];
    const user = userEvent.setup();
    renderApp("/import");
    server.use(http.delete("/api/statements/:id", () => problem(409, "statement-is-submitted")));
    await user.click(await button("Undo the import of january.csv"));
    await user.click(await button("Undo the import"));
    expect(await screen.findByRole("alert")).toHaveTextContent("detail of statement-is-submitted");
    await user.click(await button("Leave it as it is"));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
    await hasFocus("Undo the import of january.csv");
  });

  test("come in pages", async () => {
    database.statements = Array.from({ length: 21 }, (_, index) =>
      aStatement({ fileName: `file ${index + 1}.csv` }),
    );
    const user = userEvent.setup();
    renderApp("/import");
    expect(await screen.findByText("1–20 of 21")).toBeVisible();
    await user.click(await button("Next page"));
    expect(await screen.findByRole("heading", { name: "file 21.csv" })).toBeVisible();
    expect(screen.queryByRole("heading", { name: "file 1.csv" })).not.toBeInTheDocument();
  });

  test("that cannot be loaded say so, and come when asked for again", async () => {
    server.use(http.get("/api/statements", () => problem(500, "internal")));
    database.statements = [aStatement()];
    renderApp("/import");
    const again = await button("Try again");
    server.resetHandlers();
    await userEvent.click(again);
    expect(await screen.findByRole("heading", { name: "january.csv" })).toBeVisible();
  });
});
