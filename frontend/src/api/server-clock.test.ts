import { afterEach, expect, test } from "vitest";

import { hearClock, onServerClock } from "@/api/server-clock";

const HOUR_MS = 3_600_000;

function hear(aheadMs: number): void {
  const headers = { Date: new Date(Date.now() + aheadMs).toUTCString() };
  hearClock(new Response(null, { headers }));
}
afterEach(() => hear(0));

test("a clock that is right is left alone", () => {
  hear(1500);
  expect(onServerClock(1000)).toBe(1000);
});

test("a clock that is wrong is set right, and does not jump with each answer", () => {
  hear(HOUR_MS);
  const before = onServerClock(0);
  expect(Math.abs(before - HOUR_MS)).toBeLessThan(2000);
  hear(HOUR_MS + 1200);
  expect(onServerClock(0)).toBe(before);
});

test("a clock that is set right meanwhile is believed again", () => {
  hear(-HOUR_MS);
  hear(0);
  expect(onServerClock(0)).toBe(0);
});

test("an answer that names no time says nothing of it", () => {
  hear(HOUR_MS);
  const before = onServerClock(0);
  hearClock(new Response(null));
  expect(onServerClock(0)).toBe(before);
});
