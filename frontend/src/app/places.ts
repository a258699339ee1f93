/** The pages one can go to from everywhere. */
export const PLACES = ["periods", "import", "transactions", "history", "settings"] as const;

export const ADDRESSES = {
  periods: "/",
  import: "/import",
  transactions: "/transactions",
  history: "/history",
  settings: "/settings",
} as const;
