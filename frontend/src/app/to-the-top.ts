/** After a step that replaced the page: who uses the keyboard or a reader goes on at its beginning. */
export function toTheTop(): void {
  document.getElementById("main")?.focus();
}
