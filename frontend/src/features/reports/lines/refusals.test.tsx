import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { describe, expect, test } from "vitest";

import { changeBehind, database, problem, server } from "@/testing/backend";
import { aFlaggedLine, aLine } from "@/testing/line-factories";
import { reviewing, rowOf, shownLines } from "@/testing/review";

const threeFlagged = () => [
  aLine({ description: "Lunch" }),
  aFlaggedLine({ description: "Taxi", confidence: 0.5 }),
  aFlaggedLine({ description: "Hotel", confidence: 0.2 }),
  aFlaggedLine({ description: "Paper", confidence: 0.4 }),
];
const toast = (text: string) => screen.findByText(text);

describe("a change", () => {
  test("that the server refuses is taken back, with the reason", async () => {
    const { user } = await reviewing(threeFlagged());
    server.use(
      http.patch("/api/reports/:report/lines/:line", () => problem(422, "unknown-account")),
    );
    await user.keyboard("2");
    expect(await toast("detail of unknown-account")).toBeInTheDocument();
    expect(within(await rowOf("Hotel")).getByText("66300 Meals")).toBeVisible();
    expect(screen.getByRole("button", { name: "Needs review (3)" })).toBeVisible();
    expect(screen.queryByText(/2 left to review/)).not.toBeInTheDocument();
  });

  test("of a line that has left the report takes it from the screen", async () => {
    const { user } = await reviewing(threeFlagged());
    database.lines = database.lines.filter(({ description }) => description !== "Hotel");
    await user.keyboard("a");
    expect(await toast("detail of line-not-found")).toBeInTheDocument();
    await waitFor(() => expect(shownLines()).toEqual(["Paper", "Taxi"]));
  });

  test("that could not be sent can be sent again", async () => {
    const { user } = await reviewing(threeFlagged());
    server.use(
      http.patch("/api/reports/:report/lines/:line", () => problem(503, "unavailable"), {
        once: true,
      }),
    );
    await user.keyboard("a");
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    await waitFor(() => expect(database.lines[2]?.needsReview).toBe(false));
  });

  test("of a line that was changed meanwhile asks which should stand", async () => {
    const { user } = await reviewing(threeFlagged());
    changeBehind(database.lines[2]?.id ?? "", { glCode: "65400" });
    await user.keyboard("3");
    const dialog = within(
      await screen.findByRole("dialog", { name: "This line was changed meanwhile" }),
    );
    expect(
      dialog.getByRole("row", { name: "Account 60100 Office Supplies 65400 Travel" }),
    ).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Write mine" }));
    await waitFor(() => expect(database.lines[2]).toMatchObject({ glCode: "60100", version: 3 }));
  });

  test.each(["{Enter}", " "])(
    "is not thrown away by a %s that was meant for a line",
    async (key) => {
      const { user } = await reviewing(threeFlagged());
      changeBehind(database.lines[2]?.id ?? "", { glCode: "65400" });
      await user.keyboard("3");
      const dialog = await screen.findByRole("dialog", { name: "This line was changed meanwhile" });
      await waitFor(() => expect(dialog).toContainElement(document.activeElement as HTMLElement));
      await user.keyboard(key);
      expect(dialog).toBeVisible();
      await user.tab();
      expect(screen.getByRole("button", { name: "Keep what is stored" })).toHaveFocus();
    },
  );

  test("that another window made just the same asks nothing", async () => {
    const { user } = await reviewing(threeFlagged());
    changeBehind(database.lines[2]?.id ?? "", { needsReview: false, note: "seen" });
    await user.keyboard("a");
    expect(await screen.findByText("Note: seen")).toBeVisible();
    expect(screen.queryByRole("dialog", { name: /changed meanwhile/ })).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Needs review (2)" })).toBeVisible();
  });

  test("of a line that was changed meanwhile can leave it so", async () => {
    const { user } = await reviewing(threeFlagged());
    changeBehind(database.lines[2]?.id ?? "", { description: "Hotel in Reno" });
    await user.keyboard("a");
    await user.click(await screen.findByRole("button", { name: "Keep what is stored" }));
    expect(await rowOf("Hotel in Reno")).toBeVisible();
    expect(database.lines[2]).toMatchObject({ needsReview: true, version: 2 });
  });
});
