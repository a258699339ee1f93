// The fences: app > features > components/ui, api > lib. A feature never imports another one.
// Imports are absolute (`@/…`) or of the same folder (`./…`), so that a pattern sees them all.
import { readdirSync } from "node:fs";

const features = readdirSync(new URL("../src/features", import.meta.url));

const UPWARDS = { group: ["../*"], message: "Import by '@/…'; only './…' may be relative." };
const APP = "The app composes features; nothing below may know it.";

/** @param {string} text */
const literal = (text) => text.replace(/[/.]/g, "\\$&");

/**
 * @param {string[]} files
 * @param {{ group: string[]; message: string }[]} fenced
 * @param {string} forbidden the same as a regular expression, for `import()`
 * @returns {import("eslint").Linter.Config}
 */
function fence(files, fenced, forbidden) {
  return {
    files,
    rules: {
      "no-restricted-imports": ["error", { patterns: [UPWARDS, ...fenced] }],
      "no-restricted-syntax": [
        "error",
        {
          selector: `ImportExpression[source.value=/^(\\.\\.\\/|${forbidden})/]`,
          message: "The same fence as for imports (lint/fences.js).",
        },
      ],
    },
  };
}

/** @param {string} name */
function island(name) {
  const others = { group: ["@/features/*", `!@/features/${name}`, `!@/features/${name}/**`] };
  const message = "A feature never imports another one; let the app compose them.";
  return fence(
    [`src/features/${name}/**`],
    [
      { group: ["@/app", "@/app/**"], message: APP },
      { ...others, message },
    ],
    `@\\/app|@\\/features\\/(?!${literal(name)}\\/)`,
  );
}

/** @type {import("eslint").Linter.Config[]} */
export const fences = [
  fence(["src/**"], [], "$^"),
  fence(
    ["src/components/**", "src/api/**", "src/lib/**"],
    [{ group: ["@/app", "@/app/**", "@/features/**"], message: APP }],
    "@\\/app|@\\/features",
  ),
  fence(
    ["src/components/**"],
    [
      { group: ["@/app", "@/app/**", "@/features/**"], message: APP },
      { group: ["@/api", "@/api/**"], message: "A primitive knows no API." },
    ],
    "@\\/(app|features|api)",
  ),
  fence(
    ["src/lib/**"],
    [{ group: ["@/*", "!@/lib", "!@/words"], message: "lib is pure and knows nothing above." }],
    "@\\/(?!lib\\/)",
  ),
  ...features.map(island),
];
