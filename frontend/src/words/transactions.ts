import { counted, number } from "./counted";

export const transactions = {
  title: "Transactions",
  intro: "Everything you imported. What is personal never enters a report.",
  search: "Search in the descriptions",
  month: "Month",
  allMonths: "All months",
  label: "Transactions",
  found: (count: number) => counted(count, "transaction", "transactions"),
  none: "No transactions yet",
  noneHint: "Import a statement of your card, and its transactions stand here.",
  import: "Import a statement",
  noMatch: "No transaction fits",
  noMatchHint: "Try fewer letters, or another month.",
  clear: "Show all of them",
  date: "Date",
  description: "Description",
  amount: "Amount",
  account: (label: string) => (/^\d{4}$/.test(label) ? `Card ${label}` : label),
  payment: "Payment",
  paymentHint: "A payment to the card; it never enters a report.",
  original: (amount: string) => `${amount} originally`,
  personal: "Personal",
  markPersonal: (what: string) => `Personal: ${what}`,
  nowPersonal: "Kept out of reports",
  nowBusiness: "Counts for reports again",
  notChanged: "This stays as it was",
} as const;

export const pager = {
  label: "Pages",
  range: (first: number, last: number, all: number) =>
    `${number(first)}–${number(last)} of ${number(all)}`,
  before: "Previous page",
  after: "Next page",
} as const;
