import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { describe, expect, test } from "vitest";

import { database, lineOf, problem, server } from "@/testing/backend";
import { aReport } from "@/testing/factories";
import { aFlaggedLine, aLine } from "@/testing/line-factories";
import { renderApp } from "@/testing/render";
import { reviewing, rowOf, shownLines } from "@/testing/review";

const threeFlagged = () => [
  aLine({ description: "Lunch" }),
  aFlaggedLine({ description: "Taxi", confidence: 0.5 }),
  aFlaggedLine({ description: "Hotel", confidence: 0.2 }),
  aFlaggedLine({ description: "Paper", confidence: 0.4 }),
];
const theLines = () => within(screen.getByRole("region", { name: "Lines of January 2026" }));
const toast = (text: string | RegExp) => screen.findByText(text);

describe("a review", () => {
  test("begins with the lines that need a look, the least sure first", async () => {
    await reviewing(threeFlagged());
    expect(shownLines()).toEqual(["Hotel", "Paper", "Taxi"]);
    expect(screen.getByText("3 of 4 lines")).toBeVisible();
    const hotel = within(await rowOf("Hotel"));
    expect(hotel.getByText("The AI service was not sure")).toBeVisible();
    expect(hotel.getByText("66300 Meals")).toBeVisible();
    expect(hotel.getByText("$6.50")).toBeVisible();
    expect(hotel.getByText("20%")).toBeVisible();
    expect(hotel.getByText("Bank: SQ *BLUE BOTTLE 0423")).toBeVisible();
  });

  test("shows every line where none needs a look", async () => {
    await reviewing([
      aLine({ description: "Late", postedOn: "2026-01-20" }),
      aLine({ description: "Early" }),
    ]);
    expect(shownLines()).toEqual(["Early", "Late"]);
    expect(screen.getByText("All reviewed")).toBeVisible();
  });

  test("goes from line to line by keys, and the focus with it", async () => {
    const { user } = await reviewing(threeFlagged());
    await user.keyboard("j");
    expect(await rowOf("Hotel")).toHaveFocus();
    await user.keyboard("j{ArrowDown}");
    expect(await rowOf("Taxi")).toHaveFocus();
    await user.keyboard("k");
    expect(await rowOf("Paper")).toHaveFocus();
    await user.keyboard("G");
    expect(await rowOf("Taxi")).toHaveFocus();
    await user.keyboard("g");
    expect(await rowOf("Hotel")).toHaveFocus();
    await user.keyboard("{ArrowRight}{ArrowRight}");
    expect(
      within(await rowOf("Hotel")).getByRole("button", { name: /^Description: Hotel/ }),
    ).toHaveFocus();
    await user.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(await rowOf("Hotel")).toHaveFocus();
  });

  test("accepts a line, says what is left, and goes on to the next one", async () => {
    const { user } = await reviewing(threeFlagged());
    const hotel = database.lines[2]?.id ?? "";
    await user.keyboard("ja");
    expect(await toast("Accepted. 2 left to review.")).toBeVisible();
    expect(await rowOf("Paper")).toHaveFocus();
    await waitFor(() => expect(lineOf(hotel)).toMatchObject({ needsReview: false, version: 2 }));
    expect(within(await rowOf("Hotel")).getByText("Checked by you")).toBeVisible();
    expect(screen.getByRole("button", { name: "Needs review (2)" })).toBeVisible();
  });

  test("takes back what was accepted", async () => {
    const { user } = await reviewing(threeFlagged());
    await user.keyboard("aa");
    expect(await toast("Accepted. 1 left to review.")).toBeVisible();
    await user.keyboard("{Control>}z{/Control}");
    expect(await rowOf("Paper")).toHaveFocus();
    await user.click(await screen.findByRole("button", { name: "Needs review (2)" }));
    await user.keyboard("{Control>}z{/Control}{Control>}z{/Control}");
    expect(await toast("There is nothing to undo.")).toBeVisible();
    await waitFor(() => expect(database.lines.filter((line) => line.needsReview)).toHaveLength(3));
  });

  test("takes the suggestion whose number is pressed", async () => {
    const { user } = await reviewing(threeFlagged());
    await user.keyboard("2");
    expect(await toast("Filed under 65400 Travel. 2 left to review.")).toBeVisible();
    await waitFor(() =>
      expect(database.lines[2]).toMatchObject({
        glCode: "65400",
        departmentCode: "05",
        needsReview: false,
      }),
    );
    await user.keyboard("3");
    await waitFor(() =>
      expect(database.lines[3]).toMatchObject({ glCode: "60100", departmentCode: "07" }),
    );
  });

  test("of 50 lines with 8 flagged takes no more than 30 keys", async () => {
    const lines = Array.from({ length: 50 }, (_, place) =>
      place % 6 === 1 && place < 48
        ? aFlaggedLine({ description: `Line ${place}`, vendor: `Vendor ${place}` })
        : aLine({ description: `Line ${place}`, vendor: `Vendor ${place}` }),
    );
    const { user } = await reviewing(lines);
    let keys = 0;
    const press = async (...pressed: string[]) => {
      for (const key of pressed) {
        await user.keyboard(key);
        keys += 1;
      }
    };
    // Five are right, two are one of the suggestions, one is looked up by its name.
    await press("a", "a", "2", "a", "a", "3", "a");
    await press("e", "t", "r", "a", "v", "{Enter}");
    expect(await screen.findByText("All reviewed")).toBeVisible();
    await waitFor(() => expect(database.lines.filter((line) => line.needsReview)).toHaveLength(0));
    expect(database.lines.filter((line) => line.glCode === "65400")).toHaveLength(2);
    expect(keys).toBeLessThanOrEqual(30);
  });
});

describe("an edit", () => {
  test("finds an account by its name and saves it", async () => {
    const { user } = await reviewing(threeFlagged());
    await user.keyboard("e");
    const picker = screen.getByRole("combobox", { name: "Account" });
    await waitFor(() => expect(picker).toHaveFocus());
    const options = await screen.findAllByRole("option");
    expect(options.map((option) => option.textContent)).toEqual([
      "66300 Meals42%",
      "65400 Travel30%",
      "60100 Office Supplies10%",
      "None",
    ]);
    await user.keyboard("offi{Enter}");
    expect(await toast("Account saved.")).toBeVisible();
    expect(await rowOf("Hotel")).toHaveFocus();
    await waitFor(() =>
      expect(database.lines[2]).toMatchObject({ glCode: "60100", needsReview: false }),
    );
  });

  test("is left by Esc, and nothing has changed", async () => {
    const { user } = await reviewing(threeFlagged());
    await user.keyboard("j{Enter}trav{Escape}");
    expect(await rowOf("Hotel")).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Description: Hotel. Change it" }));
    await user.keyboard("Something else{Escape}");
    expect(await rowOf("Hotel")).toHaveFocus();
    expect(database.lines[2]).toMatchObject({ description: "Hotel", version: 1 });
  });

  test("saves words by Enter, and by Tab, which goes on", async () => {
    const { user } = await reviewing(threeFlagged());
    await user.click(screen.getByRole("button", { name: "Description: Hotel. Change it" }));
    const description = await screen.findByRole("textbox", { name: "Description" });
    await waitFor(() => expect(description).toHaveFocus());
    await user.keyboard("Two nights{Tab}");
    expect(screen.getByRole("textbox", { name: "Vendor" })).toHaveFocus();
    await user.keyboard("{Tab}for the fair{Enter}");
    expect(await rowOf("Two nights")).toHaveFocus();
    await waitFor(() =>
      expect(database.lines[2]).toMatchObject({
        description: "Two nights",
        note: "for the fair",
        needsReview: true,
      }),
    );
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(database.lines[2]?.note).toBeNull());
  });

  test("ends when the person has tabbed out of it and goes on with the review", async () => {
    const { user } = await reviewing(threeFlagged());
    await user.keyboard("e{Tab}{Tab}{Tab}{Tab}{Tab}");
    expect(screen.getByRole("button", { name: "Done" })).toHaveFocus();
    await user.keyboard("a");
    expect(await rowOf("Paper")).toHaveFocus();
    expect(screen.queryByRole("button", { name: "Done" })).not.toBeInTheDocument();
  });

  test("does not hear the keys of the review while the person types", async () => {
    const { user } = await reviewing(threeFlagged());
    await user.keyboard("/ja1");
    expect(screen.getByRole("searchbox")).toHaveValue("ja1");
    expect(await screen.findByText("No line fits these filters")).toBeVisible();
    expect(database.lines.every(({ version }) => version === 1)).toBe(true);
  });
});

describe("a submitted report", () => {
  test("can only be read, and says why", async () => {
    const { user } = await reviewing(threeFlagged(), { status: "Submitted" });
    expect(screen.getByText(/so its lines can only be read/)).toBeVisible();
    await user.keyboard("gae");
    expect(await screen.findByText(/reopen it to change its lines/)).toBeInTheDocument();
    expect(screen.queryByRole("combobox", { name: "Account" })).toHaveProperty("tagName", "SELECT");
    expect(database.lines.every(({ version }) => version === 1)).toBe(true);
  });
});

describe("lines", () => {
  test("that cannot be loaded say so, and come when asked for again", async () => {
    const report = aReport();
    database.reports = [report];
    database.lines = [aLine({ description: "Lunch" })];
    server.use(http.get("/api/reports/:report/lines", () => problem(500, "internal")));
    renderApp(`/reports/${report.id}`);
    expect(await screen.findByText(/The lines could not be loaded/)).toBeVisible();
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await rowOf("Lunch")).toBeVisible();
  });

  test("there are none of say so", async () => {
    const report = aReport({ lineCount: 0 });
    database.reports = [report];
    renderApp(`/reports/${report.id}`);
    expect(await screen.findByText("This report has no lines")).toBeVisible();
  });

  test("come page after page, only those in view are drawn, and the last can be reached", async () => {
    const lines = Array.from({ length: 1100 }, (_, place) =>
      aLine({ description: `Line ${place}`, postedOn: place < 999 ? "2026-01-14" : "2026-01-15" }),
    );
    const { user } = await reviewing(lines);
    expect(await theLines().findByText("1,100 lines")).toBeVisible();
    expect(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", "1101");
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
    await user.keyboard("G");
    expect(await rowOf("Line 1099")).toHaveFocus();
    expect(await rowOf("Line 1099")).toHaveAttribute("aria-rowindex", "1101");
  });

  test("of which a page fails leave what is there, and the rest can be asked for", async () => {
    const lines = Array.from({ length: 600 }, (_, place) =>
      aLine({ description: `Line ${place}` }),
    );
    const fails = http.get("/api/reports/:report/lines", ({ request }) =>
      request.url.includes("page=2") ? HttpResponse.error() : undefined,
    );
    server.use(fails);
    const { user } = await reviewing(lines);
    expect(await screen.findByText("Loading: 500 of 600 lines")).toBeVisible();
    await screen.findByText(/The rest of the lines could not be loaded/);
    server.resetHandlers();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await theLines().findByText("600 lines")).toBeVisible();
  });
});
