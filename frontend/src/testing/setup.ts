import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";

import { resetDatabase, server } from "@/testing/backend";
import { FakeEventSource } from "@/testing/fake-event-source";
import { FakeIntersectionObserver } from "@/testing/fake-intersection-observer";
import { takeNodeForms } from "@/testing/node-forms";

// A page is loaded when it is first gone to, which takes a busy machine its time.
configure({ asyncUtilTimeout: 4000 });

beforeAll(() => {
  server.listen({ onUnhandledFrame: "error" });
});
beforeEach(() => {
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.stubGlobal("IntersectionObserver", FakeIntersectionObserver);
  takeNodeForms();
  vi.stubGlobal("scrollTo", vi.fn()); // jsdom lays nothing out
  vi.stubGlobal("ResizeObserver", NothingResizes);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  server.resetHandlers();
  resetDatabase();
  FakeEventSource.opened = [];
  FakeIntersectionObserver.all = [];
  localStorage.clear();
  delete document.documentElement.dataset["theme"];
});
afterAll(() => {
  server.close();
});

class NothingResizes implements ResizeObserver {
  observe = vi.fn();
  unobserve = vi.fn();
  disconnect = vi.fn();
}
