import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { HELP } from "@/features/reports/lines/keys/keys";
import { words } from "@/words";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Every key of the review. */
export function KeysDialog(props: Props) {
  const { keys } = words.review;
  return (
    <Dialog {...props} title={keys.title} description={keys.hint} className="max-w-2xl">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {HELP.map((group) => (
          <section key={group.title} className="grid content-start gap-2 text-sm">
            <h3 className="font-medium">{keys.groups[group.title]}</h3>
            <dl className="grid grid-cols-[6.5rem_1fr] gap-x-3 gap-y-2">
              {group.entries.map(({ does, pressed }) => (
                <div key={does} className="contents">
                  <dt className="flex flex-wrap content-start gap-1">
                    {pressed.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dt>
                  <dd>{keys[does]}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
