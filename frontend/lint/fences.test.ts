import { fileURLToPath } from "node:url";

import { ESLint } from "eslint";
import { beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const FENCES = ["no-restricted-imports", "no-restricted-syntax"];
const eslint = new ESLint({ cwd: root, ruleFilter: ({ ruleId }) => FENCES.includes(ruleId) });

/** Which fences stop this line when it stands in that file. */
async function stoppedBy(file: string, line: string) {
  const [result] = await eslint.lintText(line, { filePath: `${root}src/${file}` });
  return result?.messages.map(({ ruleId }) => ruleId);
}

// The first look at a file reads the whole project, which takes its time on a busy machine.
beforeAll(() => eslint.lintText("", { filePath: `${root}src/main.tsx` }), 60_000);

const A_FEATURE = "features/periods/next-step.ts";

describe("a fence bites", () => {
  test.each([
    ["a feature imports another", A_FEATURE, `import "@/features/report-jobs/states";`],
    ["a feature imports the app", A_FEATURE, `import "@/app/theme";`],
    ["a feature reaches another by the folder", A_FEATURE, `import "../report-jobs/states";`],
    ["a feature exports from another", A_FEATURE, `export * from "@/features/report-jobs/states";`],
    ["a feature loads another later", A_FEATURE, `await import("@/features/report-jobs/states");`],
    ["a primitive knows the API", "components/ui/badge.tsx", `import "@/api/client";`],
    ["a primitive knows a feature", "components/ui/badge.tsx", `import "@/features/periods/api";`],
    ["a primitive loads the API later", "components/ui/badge.tsx", `await import("@/api/client");`],
    ["the API knows a feature", "api/client.ts", `import "@/features/periods/api";`],
    ["lib knows the API", "lib/money.ts", `import "@/api/client";`],
    ["the app climbs folders", "app/pages/month.tsx", `import "../theme";`],
  ])("when %s", async (_, file, line) => {
    const [rule] = (await stoppedBy(file, line)) ?? [];
    expect(FENCES).toContain(rule);
  });
});

describe("a fence lets through", () => {
  test.each([
    ["a feature's own files", A_FEATURE, `import "@/features/periods/api";`],
    ["a feature's own file, later", A_FEATURE, `await import("@/features/periods/api");`],
    ["what a feature is made of", A_FEATURE, `import "@/api/client"; import "@/lib/money";`],
    ["features into the app", "app/pages/month.tsx", `import "@/features/periods/api";`],
    ["lib into a primitive", "components/ui/badge.tsx", `import "@/lib/cn";`],
  ])("%s", async (_, file, line) => {
    expect(await stoppedBy(file, line)).toEqual([]);
  });
});
