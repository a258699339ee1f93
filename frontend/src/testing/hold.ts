import { http } from "msw";

import { server } from "@/testing/backend";

/** The next call of this kind waits until it is let go; then it is answered so, or as ever. */
export function hold(
  method: "patch" | "post",
  path: string,
  answer: () => Response | undefined = () => undefined,
): () => void {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const wait = async () => {
    await held;
    return answer(); // none: the next handler's
  };
  server.use(http[method](path, wait, { once: true }));
  return () => release();
}
