import { defineConfig, mergeConfig } from "vitest/config";

import application from "./vite.config";

export default mergeConfig(
  application,
  defineConfig({
    test: {
      environment: "jsdom",
      include: ["src/**/*.test.{ts,tsx}", "lint/**/*.test.ts"],
      setupFiles: ["src/testing/setup.ts"],
      restoreMocks: true,
    },
  }),
);
