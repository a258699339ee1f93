import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "expenseflow:theme"; // public/theme.js reads it before the first paint
export const THEMES: readonly Theme[] = ["system", "light", "dark"];
const followers = new Set<() => void>();

/** The chosen theme. */
export function useTheme(): Theme {
  return useSyncExternalStore(follow, chosen);
}

/** The one that comes after it, as the button goes through them. */
export function following(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
}

export function chooseTheme(theme: Theme): void {
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
  followers.forEach((changed) => changed());
}

function follow(changed: () => void): () => void {
  followers.add(changed);
  return () => followers.delete(changed);
}

function chosen(): Theme {
  const set = document.documentElement.dataset["theme"];
  return set === "light" || set === "dark" ? set : "system";
}
