import type { KeyboardEvent } from "react";

/** Whether this key was meant for the page, and not for the input method that is at work. */
export function isPressed(name: string, { key, nativeEvent }: KeyboardEvent): boolean {
  return key === name && !nativeEvent.isComposing;
}
