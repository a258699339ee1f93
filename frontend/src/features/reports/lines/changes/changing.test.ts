import { describe, expect, test } from "vitest";

import {
  besides,
  isAlreadySo,
  merged,
  othersOfVendor,
  suggested,
  together,
  wayBack,
  withChange,
} from "@/features/reports/lines/changes/changing";
import { aFlaggedLine, aLine } from "@/testing/line-factories";

describe("a change, until the server has taken it,", () => {
  test("answers the flag when it sets a code", () => {
    const after = withChange(aFlaggedLine(), { departmentCode: "05" });
    expect(after).toMatchObject({ departmentCode: "05", needsReview: false, reviewReason: null });
  });

  test("flags a line that loses its account", () => {
    expect(withChange(aLine(), { glCode: null }).needsReview).toBe(true);
    expect(withChange(aLine({ glCode: null }), { departmentCode: "05" }).needsReview).toBe(true);
  });

  test("leaves the flag when it is only about words", () => {
    expect(withChange(aFlaggedLine(), { note: "to the fair" }).needsReview).toBe(true);
    expect(withChange(aLine(), { vendor: null }).needsReview).toBe(false);
  });

  test("accepts, and asks again", () => {
    expect(withChange(aFlaggedLine(), { needsReview: false }).needsReview).toBe(false);
    expect(withChange(aLine(), { needsReview: true }).needsReview).toBe(true);
  });

  test("makes the line the person's own, until they ask for another look", () => {
    expect(withChange(aLine(), { vendor: "Inn" }).editedByUser).toBe(true);
    expect(withChange(aLine({ editedByUser: true }), { needsReview: true }).editedByUser).toBe(
      false,
    );
  });

  test("puts the bank's words back where the person's are taken away", () => {
    expect(withChange(aLine(), { description: null }).description).toBe("SQ *BLUE BOTTLE 0423");
  });

  test("makes no difference when it stands there already", () => {
    expect(isAlreadySo(aLine(), { glCode: "66300" })).toBe(true);
    expect(isAlreadySo(aLine(), { glCode: "66300", departmentCode: "05" })).toBe(false);
  });
});

describe("the way back", () => {
  test("names only what was changed, and the verdict with the codes", () => {
    expect(wayBack(aFlaggedLine(), { glCode: "65400" })).toEqual({
      glCode: "66300",
      needsReview: true,
    });
    expect(wayBack(aLine(), { vendor: "Inn", note: "x" })).toEqual({
      vendor: "Blue Bottle",
      note: null,
    });
    expect(wayBack(aFlaggedLine(), { needsReview: false })).toEqual({ needsReview: true });
  });

  test("takes a description of one's own away where the bank's words stood", () => {
    const line = aLine({ description: "SQ *BLUE BOTTLE 0423" });
    expect(wayBack(line, { description: "Coffee" })).toEqual({ description: null });
    expect(wayBack(aLine(), { description: "Tea" })).toEqual({ description: "Coffee" });
  });
});

test("lines of which the same is changed go together", () => {
  const [one, other, third] = [aLine(), aLine(), aLine()] as const;
  const [set, another] = [{ glCode: "66300" }, { glCode: null }];
  expect(
    together([
      { line: one, set },
      { line: third, set: another },
      { line: other, set: { ...set } },
    ]),
  ).toEqual([
    { lines: [one, other], set },
    { lines: [third], set: another },
  ]);
});

describe("a later decision of the same line", () => {
  test("joins an earlier one, and its codes answer the flag", () => {
    const both = merged({ note: "x", needsReview: true }, { glCode: "65400" });
    expect(both).toEqual({ note: "x", glCode: "65400" });
    expect(merged({ glCode: "65400" }, { needsReview: false })).toEqual({
      glCode: "65400",
      needsReview: false,
    });
  });

  test("leaves of an earlier one only what it does not speak of", () => {
    expect(besides({ glCode: "65400", note: "x" }, { glCode: "60100" })).toEqual({ note: "x" });
    expect(besides({ glCode: "65400" }, { needsReview: false })).toEqual({});
    expect(besides({ needsReview: false }, { departmentCode: "05" })).toEqual({});
    expect(besides({ glCode: "65400" }, { departmentCode: "05" })).toEqual({ glCode: "65400" });
  });
});

test("others of a vendor are those that stand elsewhere and are nobody's own", () => {
  const line = aLine({ glCode: "65400" });
  const found = aLine({ vendor: " blue BOTTLE" });
  const lines = [line, found, aLine({ editedByUser: true }), aLine({ vendor: "Inn" })];
  expect(othersOfVendor([...lines, aLine({ glCode: "65400" })], line)).toEqual([found]);
});

test("lines without a vendor are told apart by what the bank wrote", () => {
  const line = aLine({ vendor: null, glCode: "65400" });
  const same = aLine({ vendor: null });
  const other = aLine({ vendor: null, originalDescription: "SHELL OIL" });
  expect(othersOfVendor([line, same, other], line)).toEqual([same]);
});

test("a suggestion without a department keeps the line's own", () => {
  const line = aFlaggedLine();
  expect(suggested(line, 1)).toEqual({ glCode: "65400", departmentCode: "05" });
  expect(suggested(line, 2)).toEqual({ glCode: "60100", departmentCode: "07" });
  expect(suggested(line, 3)).toBeUndefined();
});
