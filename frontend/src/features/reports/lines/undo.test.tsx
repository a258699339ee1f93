import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { describe, expect, test } from "vitest";

import { changeBehind, database, lineOf, problem, server } from "@/testing/backend";
import { hold } from "@/testing/hold";
import { aFlaggedLine, aLine } from "@/testing/line-factories";
import { reviewing } from "@/testing/review";
import { settled } from "@/testing/settled";

type Person = Pick<Awaited<ReturnType<typeof reviewing>>, "user" | "queries">;

const LINE = "/api/reports/:report/lines/:line";
const BULK = "/api/reports/:report/lines/bulk";
const codes = () => database.lines.map(({ glCode }) => glCode);
const idOf = (index: number) => database.lines[index]?.id ?? "";
const undo = "{Control>}z{/Control}";

const threeCodes = () => [
  aLine({ description: "Taxi", vendor: "Cab", glCode: "60100" }),
  aLine({ description: "Hotel", vendor: "Inn", glCode: "65400" }),
  aLine({ description: "Paper", vendor: "Staples", glCode: null }),
];

async function allMeals({ user, queries }: Person): Promise<void> {
  await user.keyboard("*b");
  await user.keyboard("meal{Enter}");
  await waitFor(() => expect(new Set(codes())).toEqual(new Set(["66300"])));
  await settled(queries);
}

describe("taking back many lines", () => {
  test("asks of a line that was changed meanwhile with its own former code, and brings back the others", async () => {
    const { user, queries } = await reviewing(threeCodes());
    await allMeals({ user, queries });
    changeBehind(idOf(1), { note: "theirs" });
    await user.keyboard(undo);
    const dialog = within(
      await screen.findByRole("dialog", { name: "This line was changed meanwhile" }),
    );
    expect(dialog.getByRole("row", { name: "Account 65400 Travel 66300 Meals" })).toBeVisible();
    expect(codes()).toEqual(["60100", "66300", null]);
    await user.click(dialog.getByRole("button", { name: "Write mine" }));
    await waitFor(() => expect(codes()).toEqual(["60100", "65400", null]));
  });

  test("changes those that were left alone each to its own former code", async () => {
    const pairs = ["60100", "60100", "65400", "65400"];
    const lines = pairs.map((glCode, index) => aLine({ description: `Line ${index}`, glCode }));
    const { user, queries } = await reviewing(lines);
    await allMeals({ user, queries });
    changeBehind(idOf(1), { note: "theirs" });
    changeBehind(idOf(2), { note: "theirs" });
    await user.keyboard(undo);
    const dialog = within(
      await screen.findByRole("dialog", { name: "2 lines were left as they are" }),
    );
    await user.click(dialog.getByRole("button", { name: "Change these 2 as well" }));
    await waitFor(() => expect(codes()).toEqual(pairs));
  });
});

const threeOfTwoVendors = () => [
  aFlaggedLine({ description: "Hotel 1", vendor: "Inn", confidence: 0.2 }),
  aFlaggedLine({ description: "Hotel 2", vendor: "Inn", confidence: 0.5 }),
  aFlaggedLine({ description: "Paper", vendor: "Staples", confidence: 0.6 }),
];

async function fileTheFirst({ user, queries }: Person): Promise<void> {
  await user.keyboard("2");
  await screen.findByText(/of Inn stand/);
  await waitFor(() => expect(database.lines[0]?.glCode).toBe("65400"));
  await settled(queries);
}

describe("taking back", () => {
  test("brings back what was stored, and not what was only shown", async () => {
    const { user, queries } = await reviewing(threeOfTwoVendors());
    const letGo = hold("patch", LINE, () => problem(422, "unknown-account"));
    await user.keyboard("2g3");
    letGo();
    await waitFor(() => expect(codes()[0]).toBe("60100"));
    await settled(queries);
    await user.keyboard(undo);
    await waitFor(() =>
      expect(lineOf(idOf(0))).toMatchObject({ glCode: "66300", needsReview: true }),
    );
  });

  test("a rule leaves alone what another window has changed", async () => {
    const { user, queries } = await reviewing(threeOfTwoVendors());
    await fileTheFirst({ user, queries });
    changeBehind(idOf(2), { glCode: "60100", vendor: "Staples Inc", editedByUser: true });
    await user.keyboard("r");
    await screen.findByText("Rule saved; 1 more line changed.");
    await user.keyboard(undo);
    await waitFor(() => expect(codes()).toEqual(["65400", "66300", "60100"]));
    await settled(queries);
    expect(lineOf(idOf(2))).toMatchObject({ glCode: "60100", vendor: "Staples Inc", version: 2 });
  });

  test("a rule that somebody has deleted brings its lines back all the same", async () => {
    const { user, queries } = await reviewing(threeOfTwoVendors());
    await fileTheFirst({ user, queries });
    await user.keyboard("r");
    await screen.findByText("Rule saved; 1 more line changed.");
    server.use(http.delete("/api/rules/:id", () => problem(404, "rule-not-found")));
    await user.keyboard(undo);
    await waitFor(() => expect(codes()).toEqual(["65400", "66300", "66300"]));
  });

  test("a rule whose lines could not be seen at once looks again", async () => {
    const { user, queries } = await reviewing(threeOfTwoVendors());
    await fileTheFirst({ user, queries });
    let isAway = true;
    const away = () => (isAway ? problem(503, "unavailable") : undefined);
    server.use(http.get("/api/reports/:report/lines", away));
    await user.keyboard("r");
    expect(await screen.findByText(/^Rule saved/, {}, { timeout: 15_000 })).toHaveTextContent(
      "Rule saved; 1 more line changed.",
    );
    isAway = false;
    await user.keyboard(undo);
    await waitFor(() => expect(codes()).toEqual(["65400", "66300", "66300"]));
    expect(database.rules).toHaveLength(0);
  });

  test("at once what the vendor's lines get takes back that, and not what was before it", async () => {
    const { user, queries } = await reviewing(threeOfTwoVendors());
    await fileTheFirst({ user, queries });
    const letGo = hold("post", BULK);
    await user.keyboard(`v${undo}`);
    expect(await screen.findByText("It is taken back as soon as it is saved.")).toBeVisible();
    letGo();
    expect(await screen.findByText("Undone: Hotel 2.")).toBeVisible();
    expect(codes()).toEqual(["65400", "66300", "66300"]);
  });
});
