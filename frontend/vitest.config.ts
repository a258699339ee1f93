import { defineConfig, mergeConfig } from "vitest/config";

import application from "./vite.config.ts";

export default mergeConfig(
  application,
  defineConfig({
    test: {
      projects: [
        {
          extends: true,
          test: {
            name: "page",
            environment: "jsdom",
            include: ["src/**/*.test.{ts,tsx}"],
            setupFiles: ["src/testing/setup.ts"],
            restoreMocks: true,
          },
        },
        { extends: true, test: { name: "lint", include: ["lint/**/*.test.ts"] } },
      ],
    },
  }),
);
