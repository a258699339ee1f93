import { useIsMutating } from "@tanstack/react-query";
import { useEffect } from "react";

/** Who closes or reloads the page before everything is stored is asked first: it would be lost. */
export function AskBeforeLeaving() {
  const isUnderWay = useIsMutating() > 0;
  useEffect(() => {
    if (!isUnderWay) {
      return undefined; // a page that listens always is kept out of the browser's quick way back
    }
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isUnderWay]);
  return null;
}
