import { http, HttpResponse } from "msw";
import { describe, expect, test, vi } from "vitest";

import { client, unwrap } from "@/api/client";
import { troubleOf } from "@/api/problems";
import { problem, server } from "@/testing/backend";

async function troubleWith(answer: () => Response) {
  server.use(http.get("/api/periods", answer));
  const error: unknown = await unwrap(client.GET("/api/periods")).catch(
    (caught: unknown) => caught,
  );
  return troubleOf(error);
}

describe("a call that fails is told", () => {
  test("in the server's words when it refuses", async () => {
    const trouble = await troubleWith(() => problem(422, "no-transactions"));
    expect(trouble).toMatchObject({
      kind: "refused",
      title: "no-transactions",
      detail: "detail of no-transactions",
      canRetry: false,
    });
  });

  test("with the job that is under way when there is one", async () => {
    const members = { existingJobId: "j1" };
    const trouble = await troubleWith(() => problem(409, "active-job", { members }));
    expect(trouble.existingJobId).toBe("j1");
  });

  test("with how long to wait when there were too many", async () => {
    const headers = { "Retry-After": "3" };
    const trouble = await troubleWith(() => problem(429, "too-many-jobs", { headers }));
    expect(trouble).toMatchObject({ kind: "busy", detail: "Try again in 3 seconds." });
  });

  test("as passing when the service is not available", async () => {
    const headers = { "Retry-After": "1" };
    const trouble = await troubleWith(() => problem(503, "unavailable", { headers }));
    expect(trouble).toMatchObject({
      kind: "unavailable",
      detail: "Nothing was lost. Try again in 1 second.",
      canRetry: true,
    });
  });

  test("without a time when a proxy answers with a date or a page", async () => {
    const headers = { "Retry-After": "Fri, 27 Nov 2026 13:00:00 GMT" };
    const trouble = await troubleWith(
      () => new HttpResponse("<h1>Bad gateway</h1>", { status: 502, headers }),
    );
    expect(trouble).toMatchObject({
      kind: "unavailable",
      detail: "Nothing was lost. Try again in a moment.",
    });
  });

  test("as a sign-in that has ended", async () => {
    const trouble = await troubleWith(() => problem(401, "not-authenticated"));
    expect(trouble).toMatchObject({ kind: "signedOut", canRetry: true });
  });

  test("in the server's words when it knows another way", async () => {
    const trouble = await troubleWith(() => problem(503, "pdf-took-too-long"));
    expect(trouble).toMatchObject({ detail: "detail of pdf-took-too-long", canRetry: true });
  });

  test("with the id that finds a mistake of ours in the log", async () => {
    const headers = { "X-Request-ID": "abc12345" };
    const trouble = await troubleWith(() => problem(500, "internal", { headers }));
    expect(trouble).toMatchObject({ kind: "broken", reference: "abc12345" });
  });

  test("as a silent server when nobody answers", async () => {
    expect((await troubleWith(() => HttpResponse.error())).kind).toBe("unreachable");
  });

  test("as being offline when the browser knows that", async () => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    expect((await troubleWith(() => HttpResponse.error())).kind).toBe("offline");
  });
});

test("an error that is no answer is ours", () => {
  expect(troubleOf(new Error("a bug")).kind).toBe("broken");
});
