// Before the first paint, so that nobody who chose a theme sees the other one flash.
// `src/app/theme.ts` writes the choice.
"use strict";

try {
  const chosen = localStorage.getItem("expenseflow:theme");
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset["theme"] = chosen;
  }
} catch {
  // A browser that keeps nothing shows the system's theme.
}
