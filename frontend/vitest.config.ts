import { defineConfig, mergeConfig } from "vitest/config";

import application from "./vite.config.ts";

export default mergeConfig(
  application,
  defineConfig({
    test: {
      // Typing into a whole page takes a busy machine its time.
      testTimeout: 20_000,
      maxWorkers: "100%", // a core that is left free shortens nothing
      projects: [
        {
          extends: true,
          test: {
            name: "page",
            environment: "jsdom",
            include: ["src/**/*.test.{ts,tsx}"],
            setupFiles: ["src/testing/setup.ts"],
            restoreMocks: true,
            testTimeout: 20_000,
          },
        },
        { extends: true, test: { name: "lint", include: ["lint/**/*.test.ts"] } },
      ],
    },
  }),
);
