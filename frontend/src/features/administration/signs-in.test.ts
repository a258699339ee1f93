import { expect, test } from "vitest";

import { signsIn } from "@/features/administration/signs-in";

test("people of the same e-mail are told apart by how they sign in", () => {
  expect(signsIn({ issuer: null, subject: null })).toBe("Signs in locally");
  expect(signsIn({ issuer: "https://login.example.com/realms/a", subject: "f3-9" })).toBe(
    "Signs in at login.example.com as f3-9",
  );
  expect(signsIn({ issuer: "no address", subject: "x" })).toBe("Signs in at no address as x");
});
