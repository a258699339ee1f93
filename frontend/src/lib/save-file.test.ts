import { expect, test, vi } from "vitest";

import { saveFile } from "@/lib/save-file";

test("a file is saved under its name, and forgotten afterwards", () => {
  vi.useFakeTimers();
  const revoke = vi.fn();
  const content = new Blob(["a"]);
  const create = vi.fn(() => "blob:1");
  vi.stubGlobal(
    "URL",
    Object.assign(class extends URL {}, { createObjectURL: create, revokeObjectURL: revoke }),
  );
  const saved: [string, string][] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    saved.push([this.href, this.download]);
  });

  saveFile(content, "report.pdf");
  expect(create).toHaveBeenCalledWith(content);
  expect(saved).toEqual([["blob:1", "report.pdf"]]);
  expect(revoke).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(revoke).toHaveBeenCalledWith("blob:1");
});
