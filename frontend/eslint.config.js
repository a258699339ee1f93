import js from "@eslint/js";
import query from "@tanstack/eslint-plugin-query";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";

import { fences } from "./lint/fences.js";

export default defineConfig(
  { ignores: ["src/api/schema.gen.ts"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  hooks.configs.flat["recommended-latest"],
  a11y.flatConfigs.strict,
  query.configs["flat/recommended-strict"],
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      complexity: ["error", 10],
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 3],
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unnecessary-condition": "error",
      // A number in a template is what it looks like.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // An arrow that calls something void is the usual form of a handler.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["public/**"],
    languageOptions: { globals: { document: "readonly", localStorage: "readonly" } },
  },
  // A `describe` holds many tests.
  { files: ["**/*.test.{ts,tsx}"], rules: { "max-lines-per-function": "off" } },
  fences,
);
