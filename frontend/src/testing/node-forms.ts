import { Blob, File } from "node:buffer";

import { vi } from "vitest";

const empty = new Response(new URLSearchParams());
const NodeFormData = (await empty.formData()).constructor;

/** The files and forms of jsdom are strangers to Node's `fetch`, which would send them empty. */
export function takeNodeForms(): void {
  vi.stubGlobal("Blob", Blob);
  vi.stubGlobal("File", File);
  vi.stubGlobal("FormData", NodeFormData);
}
