import { useState } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "expenseflow:theme"; // public/theme.js reads it before the first paint
const ORDER: readonly Theme[] = ["system", "light", "dark"];

/** The chosen theme, and what chooses the next one. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(chosen);
  function next(): void {
    const following = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? "system";
    apply(following);
    setTheme(following);
  }
  return [theme, next];
}

function chosen(): Theme {
  const set = document.documentElement.dataset["theme"];
  return set === "light" || set === "dark" ? set : "system";
}

function apply(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === "system") {
    delete dataset["theme"];
  } else {
    dataset["theme"] = theme;
  }
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing shows it until the page is loaded again.
  }
}
