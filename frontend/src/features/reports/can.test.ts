import { expect, test } from "vitest";

import {
  canDelete,
  canEdit,
  canExportJournal,
  canReopen,
  canSubmit,
  withoutAccount,
} from "@/features/reports/can";
import { aCodeTotal, aCurrencyTotal, aReport } from "@/testing/factories";

const draft = aReport({ needsReviewCount: 3 });
const submitted = aReport({ status: "Submitted" });
const YES = { isAllowed: true };

test("a draft is edited, submitted with or without flagged lines, and deleted", () => {
  expect(canEdit(draft)).toEqual(YES);
  expect(canSubmit(draft)).toEqual(YES);
  expect(canDelete(draft)).toEqual(YES);
  expect(canReopen(draft)).toMatchObject({
    isAllowed: false,
    reason: expect.stringMatching(/draft already/) as string,
  });
});

test("a submitted report is only reopened", () => {
  expect(canReopen(submitted)).toEqual(YES);
  expect(canEdit(submitted)).toMatchObject({
    isAllowed: false,
    reason: expect.stringMatching(/only be read/) as string,
  });
  expect(canSubmit(submitted)).toMatchObject({
    isAllowed: false,
    reason: expect.stringMatching(/submitted already/) as string,
  });
  expect(canDelete(submitted)).toMatchObject({
    isAllowed: false,
    reason: expect.stringMatching(/Reopen it first/) as string,
  });
});

test("a report without lines is not submitted", () => {
  expect(canSubmit(aReport({ lineCount: 0 }))).toMatchObject({
    isAllowed: false,
    reason: expect.stringMatching(/no lines/) as string,
  });
});

test("a journal needs an account for every line, in every currency", () => {
  const missing = (lineCount: number) => aCodeTotal({ code: null, name: null, lineCount });
  const whole = { currencies: [aCurrencyTotal()] };
  const holed = {
    currencies: [
      aCurrencyTotal({ byAccount: [aCodeTotal(), missing(2)] }),
      aCurrencyTotal({ currency: "EUR", byAccount: [missing(1)] }),
    ],
  };
  expect(withoutAccount(holed)).toBe(3);
  expect(canExportJournal(whole)).toEqual(YES);
  expect(canExportJournal(holed)).toMatchObject({
    isAllowed: false,
    reason: expect.stringMatching(/^3 lines have/) as string,
  });
  // Until the totals are there, the server knows.
  expect(canExportJournal(undefined)).toEqual(YES);
});
