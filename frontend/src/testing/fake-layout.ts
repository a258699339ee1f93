import { vi } from "vitest";

const VIEW = 600;
const ROW = 50;

/** jsdom lays nothing out: what scrolls is given a height, and each row in it another. */
export function pretendLayout(): void {
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(VIEW);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(VIEW);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(ROW);
}
