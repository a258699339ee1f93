import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { words } from "@/words";

interface Props {
  count: number;
  vendor: string;
  onApply: () => void;
  onAlways: () => void;
  onLeave: () => void;
}

/** Offered after a line was filed elsewhere: the others of its vendor, now or from now on. */
export function VendorOffer({ count, vendor, onApply, onAlways, onLeave }: Props) {
  const { label, offer, apply, always, leave } = words.review.vendor;
  return (
    <div
      role="group"
      data-foot-bar
      aria-label={label}
      className="sticky bottom-3 z-20 flex flex-wrap items-center gap-2 rounded-xl border border-primary/40 bg-card p-3 text-sm shadow-lg"
    >
      <p role="status" className="min-w-48 flex-1 px-1 wrap-anywhere">
        {offer(count, vendor)}
      </p>
      <Button size="sm" onClick={onApply}>
        {apply} <OnWide keyName="v" />
      </Button>
      <Button size="sm" variant="outline" onClick={onAlways}>
        {always} <OnWide keyName="r" />
      </Button>
      <Button size="sm" variant="ghost" onClick={onLeave}>
        {leave}
      </Button>
    </div>
  );
}

/** The key that does the same, where there are keys. */
function OnWide({ keyName }: { keyName: string }) {
  return (
    <span aria-hidden className="text-foreground max-lg:hidden">
      <Kbd>{keyName}</Kbd>
    </span>
  );
}
