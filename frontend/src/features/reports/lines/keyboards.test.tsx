import { fireEvent, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { database } from "@/testing/backend";
import { aFlaggedLine } from "@/testing/line-factories";
import { reviewing, rowOf } from "@/testing/review";

const threeFlagged = () => [
  aFlaggedLine({ description: "Hotel", confidence: 0.2 }),
  aFlaggedLine({ description: "Paper", confidence: 0.4 }),
  aFlaggedLine({ description: "Taxi", confidence: 0.5 }),
];
const flags = () => database.lines.map(({ needsReview }) => needsReview);

test("a key that is held down decides one line only", async () => {
  const { user } = await reviewing(threeFlagged());
  await user.keyboard("{a>4/}");
  await waitFor(async () => expect(await rowOf("Paper")).toHaveFocus());
  await user.keyboard("ja");
  await waitFor(() => expect(flags()).toEqual([false, true, false]));
});

test("a key that is held down goes on from line to line", async () => {
  const { user } = await reviewing(threeFlagged());
  await user.keyboard("{j>3/}");
  await waitFor(async () => expect(await rowOf("Taxi")).toHaveFocus());
});

test("keys mean their places where letters are not Latin, and digits need Shift", async () => {
  await reviewing(threeFlagged());
  fireEvent.keyDown(document.body, { key: "о", code: "KeyJ" });
  fireEvent.keyDown(document.body, { key: "о", code: "KeyJ" });
  fireEvent.keyDown(document.body, { key: "ф", code: "KeyA" });
  await waitFor(() => expect(flags()).toEqual([true, false, true]));
  fireEvent.keyDown(document.body, { key: "я", code: "KeyZ", ctrlKey: true });
  await waitFor(() => expect(flags()).toEqual([true, true, true]));
  fireEvent.keyDown(document.body, { key: "é", code: "Digit2" });
  await waitFor(() => expect(database.lines[1]?.glCode).toBe("65400"));
});

test("a Latin letter means itself, wherever its key is", async () => {
  await reviewing(threeFlagged());
  fireEvent.keyDown(document.body, { key: "q", code: "KeyA" });
  fireEvent.keyDown(document.body, { key: "a", code: "KeyQ" });
  await waitFor(() => expect(flags()).toEqual([false, true, true]));
});
