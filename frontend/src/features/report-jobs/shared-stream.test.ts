import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Listen, StreamMessage } from "@/features/report-jobs/job-events";
import { shareJobEvents } from "@/features/report-jobs/shared-stream";
import { aRunningJob } from "@/testing/factories";
import { FakeEventSource } from "@/testing/fake-event-source";
import { FakeLocks } from "@/testing/fake-locks";

const open: (() => void)[] = [];
afterEach(() => {
  open.splice(0).forEach((close) => close());
});

function tab(locks: FakeLocks | null, person = "ann") {
  const heard: StreamMessage[] = [];
  const listen: Listen = (message) => heard.push(message);
  const close = shareJobEvents(person, listen, locks);
  open.push(close);
  const states = () => heard.flatMap((each) => (each.kind === "state" ? [each.state] : []));
  return { heard, states, close };
}

const opened = (count: number) =>
  vi.waitFor(() => expect(FakeEventSource.opened).toHaveLength(count));

describe("the stream of jobs", () => {
  test("is opened once for all tabs, and each of them hears it", async () => {
    const locks = new FakeLocks();
    const [first, second] = [tab(locks), tab(locks)];
    await opened(1);
    const job = aRunningJob();
    FakeEventSource.latest().says("snapshot", []);
    FakeEventSource.latest().says("job", job);
    expect(first.heard.at(-1)).toEqual({ kind: "job", job });
    await vi.waitFor(() => expect(second.heard.at(-1)).toEqual({ kind: "job", job }));
    expect(FakeEventSource.opened).toHaveLength(1);
  });

  test("is taken over by the next tab when the one that had it closes", async () => {
    const locks = new FakeLocks();
    const [first, second] = [tab(locks), tab(locks)];
    await opened(1);
    const theFirsts = FakeEventSource.latest();
    first.close();
    await opened(2);
    expect(theFirsts.readyState).toBe(FakeEventSource.CLOSED);
    FakeEventSource.latest().says("snapshot", []);
    expect(second.states().at(-1)).toBe("live");
  });

  test("is known to be live by a tab that comes later", async () => {
    const locks = new FakeLocks();
    tab(locks);
    await opened(1);
    FakeEventSource.latest().says("snapshot", []);
    const late = tab(locks);
    await vi.waitFor(() => expect(late.states()).toEqual(["live"]));
  });

  test("is not opened for a tab that left while the lock was on its way to it", async () => {
    let grant: (() => unknown) | undefined;
    const request = (async (_: string, __: LockOptions, granted: (lock: null) => unknown) => {
      await new Promise<void>((resolve) => {
        grant = resolve;
      });
      return granted(null); // an abort comes too late for a lock that is granted
    }) as LockManager["request"];
    shareJobEvents("ann", () => undefined, { request })();
    grant?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(FakeEventSource.opened).toHaveLength(0);
  });

  test("is not shared with another person of the same browser", async () => {
    const locks = new FakeLocks();
    const ann = tab(locks, "ann");
    await opened(1);
    const bob = tab(locks, "bob");
    await opened(2);
    FakeEventSource.opened[0]?.says("job", aRunningJob());
    await vi.waitFor(() => expect(ann.heard).toHaveLength(1));
    expect(bob.heard).toEqual([]);
  });

  test("is every tab's own where there are no locks", () => {
    tab(null);
    tab(null);
    expect(FakeEventSource.opened).toHaveLength(2);
  });
});

describe("a lost connection", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  test("is left to the browser, told, and told again when it is back", () => {
    const { states } = tab(null);
    FakeEventSource.latest().says("snapshot", []);
    FakeEventSource.latest().breaks();
    vi.advanceTimersByTime(60_000);
    expect(FakeEventSource.opened).toHaveLength(1);
    FakeEventSource.latest().says("snapshot", []);
    expect(states()).toEqual(["live", "lost", "live"]);
  });

  test("that was refused is opened again, each time after a longer wait", () => {
    tab(null);
    FakeEventSource.latest().isRefused();
    vi.advanceTimersByTime(2000);
    expect(FakeEventSource.opened).toHaveLength(2);
    FakeEventSource.latest().isRefused();
    vi.advanceTimersByTime(3999);
    expect(FakeEventSource.opened).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeEventSource.opened).toHaveLength(3);
  });

  test("is not opened again by a tab that has gone", () => {
    const { close } = tab(null);
    FakeEventSource.latest().isRefused();
    close();
    vi.advanceTimersByTime(60_000);
    expect(FakeEventSource.opened).toHaveLength(1);
  });
});
