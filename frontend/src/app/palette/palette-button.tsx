import { Search } from "lucide-react";
import { useEffect, useEffectEvent, useState, type ComponentType } from "react";

import { buttonLooks } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { useToasts } from "@/components/ui/toast";
import { words } from "@/words";

// Most visits need it never, and it knows all months: it comes when it is asked for.
const load = () => import("@/app/palette/palette");

interface PaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const FAILED = "palette-failed";

const IS_APPLE = /mac|iphone|ipad/i.test(navigator.userAgent);
const KEY = IS_APPLE ? "⌘ K" : "Ctrl K";

/** Opens the palette; Ctrl-K (on a Mac: Command-K) does so everywhere. */
export function PaletteButton() {
  const [isOpen, setOpen] = useState(false);
  const [Palette, setPalette] = useState<ComponentType<PaletteProps> | null>(null);
  const toasts = useToasts();

  function open(): void {
    setOpen(true);
    load()
      .then(({ Palette: loaded }) => setPalette(() => loaded))
      .catch(notLoaded);
  }
  /** The page must not fall with it: something may be half typed there. */
  function notLoaded(): void {
    setOpen(false);
    toasts.add({
      id: FAILED,
      title: words.part.failed,
      description: words.part.hint,
      actionProps: {
        children: words.tryAgain,
        onClick: () => {
          toasts.close(FAILED);
          open();
        },
      },
    });
  }
  usePaletteKey(() => (isOpen ? setOpen(false) : open()));

  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-keyshortcuts={IS_APPLE ? "Meta+K" : "Control+K"}
        onPointerEnter={() => void load().catch(() => null)}
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
      {Palette !== null && <Palette open={isOpen} onOpenChange={setOpen} />}
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
