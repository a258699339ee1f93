import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, test, vi } from "vitest";

import type { components } from "@/api/schema.gen";
import { changeBehind, database, lineOf, problem, server } from "@/testing/backend";
import { hold } from "@/testing/hold";
import { aFlaggedLine, aLine } from "@/testing/line-factories";
import { reviewing } from "@/testing/review";
import { settled } from "@/testing/settled";

const LINE = "/api/reports/:report/lines/:line";
const BULK = "/api/reports/:report/lines/bulk";
const unavailable = () => problem(503, "unavailable");
const idOf = (index: number) => database.lines[index]?.id ?? "";
const question = async () =>
  within(await screen.findByRole("dialog", { name: "This line was changed meanwhile" }));

const threeFlagged = () => [
  aLine({ description: "Lunch" }),
  aFlaggedLine({ description: "Taxi", vendor: "Cab", confidence: 0.5 }),
  aFlaggedLine({ description: "Hotel", vendor: "Inn", confidence: 0.2 }),
];
const HOTEL = 2;

describe("of two quick changes of a line that somebody else has changed", () => {
  test("both join one question, and nothing is written before its answer", async () => {
    const { user, queries } = await reviewing(threeFlagged());
    changeBehind(idOf(HOTEL), { glCode: "69999" });
    const letGo = hold("patch", LINE);
    await user.keyboard("2g3");
    letGo();
    const dialog = await question();
    await settled(queries);
    expect(lineOf(idOf(HOTEL))).toMatchObject({ glCode: "69999", version: 2 });
    expect(dialog.getByRole("row", { name: /^Account 60100 Office Supplies/ })).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Write mine" }));
    await waitFor(() => expect(lineOf(idOf(HOTEL)).glCode).toBe("60100"));
    expect(screen.queryByRole("dialog", { name: /changed meanwhile/ })).not.toBeInTheDocument();
  });

  test("none needs an answer where both were taken back before it came", async () => {
    const { user, queries } = await reviewing(threeFlagged());
    changeBehind(idOf(HOTEL), { glCode: "69999" });
    const letGo = hold("patch", LINE);
    await user.keyboard("2{Control>}z{/Control}");
    letGo();
    await settled(queries);
    expect(screen.queryByRole("dialog", { name: /changed meanwhile/ })).not.toBeInTheDocument();
    expect(lineOf(idOf(HOTEL)).version).toBe(2);
  });
});

test("a change that meets another one after its page was left says that it was not saved", async () => {
  const { user } = await reviewing(threeFlagged());
  changeBehind(idOf(HOTEL), { glCode: "69999" });
  const letGo = hold("patch", LINE);
  await user.keyboard("2");
  await user.click(screen.getByRole("link", { name: "Months" }));
  await screen.findByText("No transactions yet");
  letGo();
  expect(await screen.findByText("Not saved: Account, Department of Hotel")).toBeVisible();
  expect(screen.getByText("This line was changed meanwhile")).toBeVisible();
});

const twoOfOneVendor = () => [
  aFlaggedLine({ description: "Hotel 1", vendor: "Inn", confidence: 0.2 }),
  aFlaggedLine({ description: "Hotel 2", vendor: "Inn", confidence: 0.5 }),
];

describe("what follows from a change that is refused", () => {
  test("is no rule, and that is said", async () => {
    const { user } = await reviewing(twoOfOneVendor());
    const letGo = hold("patch", LINE, unavailable);
    await user.keyboard("2");
    await screen.findByText(/of Inn stand/);
    await user.keyboard("r");
    letGo();
    expect(
      await screen.findByText(
        "The rule for Inn was not made: the line itself does not stand there.",
      ),
    ).toBeVisible();
    expect(database.rules).toHaveLength(0);
  });

  test("is not offered any more once that is known, and its keys say so", async () => {
    const { user } = await reviewing([
      aFlaggedLine({ description: "Hotel 1", vendor: "Inn", confidence: 0.2 }),
      aFlaggedLine({ description: "Hotel 2", vendor: "Inn", glCode: "60100" }),
    ]);
    server.use(http.patch(LINE, unavailable, { once: true }));
    await user.keyboard("2");
    await screen.findByText(/^Not saved/);
    expect(screen.queryByText(/of Inn stand/)).not.toBeInTheDocument();
    await user.keyboard("r");
    expect(screen.getByText(/^No other line of this vendor waits/)).toBeInTheDocument();
    expect(database.rules).toHaveLength(0);
  });

  test("changes no other line of the vendor while the line itself is asked about", async () => {
    const { user, queries } = await reviewing(twoOfOneVendor());
    changeBehind(idOf(0), { glCode: "60100", editedByUser: true });
    const letGo = hold("patch", LINE);
    await user.keyboard("2");
    await screen.findByText(/of Inn stand/);
    await user.keyboard("v");
    letGo();
    await question();
    await settled(queries);
    expect(database.lines.map(({ glCode }) => glCode)).toEqual(["60100", "66300"]);
    expect(screen.getByText(/^The other lines of Inn were not changed/)).toBeInTheDocument();
  });
});

describe("what could not be sent", () => {
  test("is told in one toast that names the lines, and all is sent again", async () => {
    const { user } = await reviewing(threeFlagged());
    server.use(http.patch(LINE, unavailable));
    await user.keyboard("aa");
    expect(await screen.findByText("Not saved: Review of Hotel and 1 more line")).toBeVisible();
    server.resetHandlers();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() =>
      expect(database.lines.filter(({ needsReview }) => needsReview)).toHaveLength(0),
    );
    expect(screen.queryByText(/^Not saved/)).not.toBeInTheDocument();
  });

  test("is not sent again over what was decided later", async () => {
    const { user } = await reviewing(threeFlagged());
    server.use(http.patch(LINE, unavailable, { once: true }));
    await user.keyboard("2");
    await screen.findByText("Not saved: Account, Department of Hotel");
    await user.keyboard("g3");
    await waitFor(() => expect(lineOf(idOf(HOTEL)).glCode).toBe("60100"));
    expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
  });

  test("is sent again also when its lines have long left the page", async () => {
    const { user } = await reviewing(threeFlagged());
    server.use(http.patch(LINE, unavailable, { once: true }));
    await user.keyboard("a");
    await screen.findByText("Not saved: Review of Hotel");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], shouldAdvanceTime: true });
    await user.click(screen.getByRole("link", { name: "Months" }));
    await screen.findByText("No transactions yet");
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    vi.useRealTimers();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("1 line changed.")).toBeVisible();
    await waitFor(() => expect(lineOf(idOf(HOTEL)).needsReview).toBe(false));
  });
});

async function noteAll(user: Awaited<ReturnType<typeof reviewing>>["user"], note: string) {
  await user.click(screen.getByRole("textbox", { name: "Write a note…" }));
  await user.keyboard(`${note}{Enter}`);
}

describe("changes of many lines", () => {
  test("that leave lines alone tell all of them, one after the other", async () => {
    const { user } = await reviewing([...threeFlagged(), aFlaggedLine({ description: "Paper" })]);
    const left = [idOf(1), idOf(HOTEL)];
    const answer = () => {
      const conflicts = [{ id: left.shift() ?? "", version: 9, reason: "changed" as const }];
      return HttpResponse.json<components["schemas"]["BulkOut"]>({ updated: [], conflicts });
    };
    server.use(http.post(BULK, answer));
    const letGo = hold("post", BULK, answer);
    await user.keyboard("*");
    await noteAll(user, "one");
    await noteAll(user, "two");
    letGo();
    const dialog = () => screen.findByRole("dialog", { name: "1 line was left as it is" });
    expect(within(await dialog()).getByText("Taxi")).toBeVisible();
    await user.click(within(await dialog()).getByRole("button", { name: "Leave them" }));
    expect(await within(await dialog()).findByText("Hotel")).toBeVisible();
  });

  test("that were stored although nobody heard of it are no conflict when they are sent again", async () => {
    const { user, queries } = await reviewing(threeFlagged());
    const storeUnheard = () => {
      [1, HOTEL].forEach((index) => changeBehind(idOf(index), { note: "Fair" }));
      return HttpResponse.error();
    };
    server.use(http.post(BULK, storeUnheard, { once: true }));
    await user.keyboard("*");
    await noteAll(user, "Fair");
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    await settled(queries);
    expect(screen.queryByRole("dialog", { name: /left as/ })).not.toBeInTheDocument();
    expect(screen.queryByText(/^Not saved/)).not.toBeInTheDocument();
  });
});
