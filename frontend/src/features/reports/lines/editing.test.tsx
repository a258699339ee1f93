import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { describe, expect, test } from "vitest";

import { changeBehind, database, lineOf, problem, server } from "@/testing/backend";
import { aFlaggedLine } from "@/testing/line-factories";
import { reviewing } from "@/testing/review";

function timesSent(): number {
  const counts = Object.entries(database.asked);
  return counts.reduce((sum, [route, times]) => sum + (route.startsWith("PATCH") ? times : 0), 0);
}

/** The only line in its editor, with the focus in one of the fields. */
async function editing(name: string) {
  const { user, queries } = await reviewing([aFlaggedLine({ description: "Hotel" })]);
  const id = database.lines[0]?.id ?? "";
  await user.keyboard("e");
  const field = await screen.findByLabelText(name);
  await user.click(field);
  /** Another window changes the line, and this one hears of it. */
  async function changedElsewhere(changes: Parameters<typeof changeBehind>[1]) {
    changeBehind(id, changes);
    await act(() => queries.refetchQueries({ queryKey: ["report-lines"] }));
  }
  return { user, id, field, changedElsewhere };
}

describe("a field that is left", () => {
  test("untouched shows what another window wrote there, and sends nothing", async () => {
    const { user, id, field, changedElsewhere } = await editing("Note");
    await changedElsewhere({ note: "Client dinner" });
    await waitFor(() => expect(field).toHaveValue("Client dinner"));
    await user.click(screen.getByLabelText("Vendor"));
    await user.keyboard("Inn{Enter}");
    await waitFor(() => expect(lineOf(id).vendor).toContain("Inn"));
    expect(timesSent()).toBe(1);
    expect(lineOf(id).note).toBe("Client dinner");
  });

  test("typed in while another window wrote there asks which should stand", async () => {
    const { user, id, changedElsewhere } = await editing("Note");
    await user.keyboard("Lunch");
    await changedElsewhere({ note: "Client dinner" });
    await user.tab();
    const dialog = within(
      await screen.findByRole("dialog", { name: "This line was changed meanwhile" }),
    );
    expect(dialog.getByRole("row", { name: "Note Lunch Client dinner" })).toBeVisible();
    expect(lineOf(id).note).toBe("Client dinner");
    await user.click(dialog.getByRole("button", { name: "Write mine" }));
    await waitFor(() => expect(lineOf(id).note).toBe("Lunch"));
  });

  test("typed in while another window changed another field is simply stored", async () => {
    const { user, id, changedElsewhere } = await editing("Note");
    await user.keyboard("Lunch");
    await changedElsewhere({ vendor: "Inn" });
    await waitFor(() => expect(screen.getByLabelText("Vendor")).toHaveValue("Inn"));
    await user.tab();
    await waitFor(() => expect(lineOf(id)).toMatchObject({ note: "Lunch", vendor: "Inn" }));
  });

  test("empty shows the bank's words again, and is sent once", async () => {
    const { user, id, field, changedElsewhere } = await editing("Description");
    await changedElsewhere({ description: "My hotel" });
    await waitFor(() => expect(field).toHaveValue("My hotel"));
    await user.clear(field);
    await user.tab();
    await waitFor(() => expect(field).toHaveValue(lineOf(id).originalDescription));
    await user.click(field);
    await user.click(screen.getByLabelText("Note"));
    await user.keyboard("Lunch{Enter}");
    await waitFor(() => expect(lineOf(id).note).toBe("Lunch"));
    expect(timesSent()).toBe(2);
  });
});

describe("what was typed", () => {
  test("still stands somewhere when the server refuses it", async () => {
    const { user } = await editing("Note");
    server.use(
      http.patch("/api/reports/:report/lines/:line", () => problem(409, "report-is-submitted")),
    );
    await user.keyboard("Lunch with a client{Enter}");
    const text = "detail of report-is-submitted You had written: “Lunch with a client”";
    expect(await screen.findByText(text)).toBeVisible();
  });

  test.each([
    ["Description", 500],
    ["Vendor", 200],
    ["Note", 2000],
  ])("as the %s is no longer than the server takes", async (name, longest) => {
    const { field } = await editing(name);
    expect(field).toHaveAttribute("maxlength", String(longest));
  });

  test.each(["Enter", "Escape"])("goes on after the %s of an input method", async (key) => {
    const { user, field } = await editing("Note");
    await user.keyboard("に");
    fireEvent.keyDown(field, { key, isComposing: true });
    expect(field).toBeVisible();
    expect(field).toHaveValue("に");
  });
});

describe("an account that is looked up", () => {
  test("is taken by Tab, which goes on to the department", async () => {
    const { user } = await reviewing([aFlaggedLine({ description: "Hotel", glCode: "66300" })]);
    const id = database.lines[0]?.id ?? "";
    await user.keyboard("e");
    const account = await screen.findByRole("combobox", { name: "Account" });
    await waitFor(() => expect(account).toHaveFocus());
    await user.keyboard("trav");
    await screen.findByRole("option", { name: /65400 Travel/ });
    await user.tab();
    await waitFor(() => expect(lineOf(id).glCode).toBe("65400"));
    expect(screen.getByRole("group", { name: "Edit Hotel" })).toContainElement(
      document.activeElement as HTMLElement,
    );
  });

  test("stays as it is when Tab goes on without a look", async () => {
    const { user } = await reviewing([aFlaggedLine({ description: "Hotel" })]);
    await user.keyboard("e");
    await waitFor(() => expect(screen.getByRole("combobox", { name: "Account" })).toHaveFocus());
    await user.tab();
    expect(timesSent()).toBe(0);
  });

  test("is asked for when a line without one is accepted", async () => {
    const { user } = await reviewing([aFlaggedLine({ description: "Hotel", glCode: null })]);
    await user.keyboard("a");
    await waitFor(() => expect(screen.getByRole("combobox", { name: "Account" })).toHaveFocus());
    expect(timesSent()).toBe(0);
  });
});
