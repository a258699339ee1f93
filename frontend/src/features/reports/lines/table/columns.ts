import {
  createColumnHelper,
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  type Row,
  type SortFn,
} from "@tanstack/react-table";

import type { Line } from "@/features/reports/lines/api";
import { compareAmounts } from "@/lib/compare-amounts";
import { words } from "@/words";

export const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  sortedRowModel: createSortedRowModel(),
});
export type Features = typeof features;
export type LineRowModel = Row<Features, Line>;

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Compares what two lines have there, then their dates, so that every order is the same each time. */
function by(compare: (one: Line, other: Line) => number): SortFn<Features, Line> {
  return ({ original: one }, { original: other }) => compare(one, other) || compareDays(one, other);
}

const compareDays = (one: Line, other: Line) => (one.postedOn < other.postedOn ? -1 : 1);
const texts = (of: (line: Line) => string | null) =>
  by((one, other) => collator.compare(of(one) ?? "", of(other) ?? ""));

const helper = createColumnHelper<Features, Line>();
const { columns: names } = words.review;

/** What can be sorted by; the least sure come first, and first of all those nothing is known of. */
export const columns = helper.columns([
  helper.accessor("postedOn", {
    header: names.postedOn,
    sortFn: by((one, other) => (one.postedOn === other.postedOn ? 0 : compareDays(one, other))),
  }),
  helper.accessor("description", {
    header: names.description,
    sortFn: texts((line) => line.description),
  }),
  helper.accessor("glCode", { header: names.glCode, sortFn: texts((line) => line.glCode) }),
  helper.accessor("departmentCode", {
    header: names.departmentCode,
    sortFn: texts((line) => line.departmentCode),
  }),
  helper.accessor("amount", {
    header: names.amount,
    sortFn: by((one, other) => compareAmounts(one.amount, other.amount)),
  }),
  helper.accessor("confidence", {
    header: names.confidence,
    sortFn: by((one, other) => (one.confidence ?? -1) - (other.confidence ?? -1)),
  }),
  helper.accessor("needsReview", { id: "review", header: names.review, enableSorting: false }),
]);
