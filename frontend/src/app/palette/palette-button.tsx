import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useEffectEvent, useState } from "react";

import { buttonLooks } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { words } from "@/words";

// Most visits need it never, and it knows all months: it comes when it is asked for.
const load = () => import("@/app/palette/palette");
const Palette = lazy(async () => ({ default: (await load()).Palette }));

const IS_APPLE = /mac|iphone|ipad/i.test(navigator.userAgent);
const KEY = IS_APPLE ? "⌘ K" : "Ctrl K";

/** Opens the palette; Ctrl-K (on a Mac: Command-K) does so everywhere. */
export function PaletteButton() {
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setOpened] = useState(false);

  function open(): void {
    setOpened(true);
    setOpen(true);
  }
  usePaletteKey(() => (isOpen ? setOpen(false) : open()));

  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-keyshortcuts={IS_APPLE ? "Meta+K" : "Control+K"}
        onPointerEnter={() => void load()}
        onClick={open}
        className={buttonLooks({
          variant: "outline",
          size: "sm",
          className: "font-normal sm:mr-2",
        })}
      >
        <Search aria-hidden />
        <span className="text-muted-foreground max-lg:sr-only">{words.palette.open}</span>
        <span className="max-sm:hidden">
          <Kbd>{KEY}</Kbd>
        </span>
      </button>
      {wasOpened && (
        <Suspense>
          <Palette open={isOpen} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
  );
}

function usePaletteKey(toggle: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const isKey = event.key.toLowerCase() === "k" && (IS_APPLE ? event.metaKey : event.ctrlKey);
    if (!isKey || event.altKey || event.shiftKey || isQuestionOpen()) {
      return;
    }
    event.preventDefault(); // some browsers search the web with it
    toggle();
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent) => press(event);
    globalThis.addEventListener("keydown", hear);
    return () => globalThis.removeEventListener("keydown", hear);
  }, []);
}

/** A question in front of the page is answered first. */
function isQuestionOpen(): boolean {
  return document.querySelector("[data-modal]") !== null;
}
