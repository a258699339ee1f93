import { FileUp } from "lucide-react";

import { buttonLooks } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { words } from "@/words";

/** What telephones and file dialogs offer first; any other file may still be chosen. */
const ACCEPTED = [
  ".csv,.tsv,.txt,.ofx,.qfx,.qbo,.xml,.sta,.940,.mt940",
  "text/*,application/xml,application/octet-stream",
].join();

interface Props {
  /** A file hovers over the page, which takes it (`useFileDrop`). */
  isOver: boolean;
  onFile: (file: File) => void;
}

/** Where to drop a file, which is a file input for everyone else. */
export function DropZone({ isOver, onFile }: Props) {
  const { drop } = words.statements;
  return (
    <label
      className={cn(
        "relative grid cursor-pointer justify-items-center gap-3 rounded-xl border-2 border-dashed border-input bg-card px-4 py-12 text-center focus-within:outline-3 focus-within:outline-offset-2 focus-within:outline-primary",
        isOver && "border-primary bg-accent",
      )}
    >
      <FileUp aria-hidden className="size-9 text-link" />
      <span className="text-lg font-semibold">{isOver ? drop.release : drop.title}</span>
      <span className={buttonLooks({})}>{drop.choose}</span>
      <span className="text-sm text-muted-foreground">{drop.hint}</span>
      <FileInput onFile={onFile} />
    </label>
  );
}

/** Unseen, inside of a label; whoever can focus or name it can use it. */
export function FileInput({ onFile }: { onFile: (file: File) => void }) {
  return (
    <input
      type="file"
      accept={ACCEPTED}
      className="sr-only"
      onChange={({ target }) => {
        const file = target.files?.[0];
        target.value = ""; // the same file chosen again, mended meanwhile, counts as well
        if (file !== undefined) {
          onFile(file);
        }
      }}
    />
  );
}
