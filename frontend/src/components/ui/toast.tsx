import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";
import type { ReactNode } from "react";

import { buttonLooks } from "@/components/ui/button";
import { words } from "@/words";

/** `add({ title, description, actionProps: { children: "Undo", onClick } })`. */
export const useToasts = Base.useToastManager;

/** What was done, with a way back, in a corner; F6 leads there, Esc closes it. */
export function Toasts({ children }: { children: ReactNode }) {
  return (
    <Base.Provider timeout={8000} limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-50 grid w-[calc(100vw-2rem)] max-w-sm gap-2 outline-none [body:has([data-foot-bar])_&]:max-sm:top-4 [body:has([data-foot-bar])_&]:max-sm:bottom-auto [body:has([data-foot-bar])_&]:sm:bottom-44">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function List() {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className="rounded-lg border bg-card p-3 text-sm shadow-lg data-limited:hidden"
    >
      <Base.Content className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <div className="min-w-0 flex-1 wrap-anywhere">
          <Base.Title className="font-medium" render={<p />} />
          <Base.Description className="text-muted-foreground" />
        </div>
        <Base.Action className={buttonLooks({ variant: "outline", size: "sm" })} />
        <Base.Close
          aria-label={words.dismiss}
          className={buttonLooks({ variant: "ghost", size: "icon", className: "size-8" })}
        >
          <X aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
