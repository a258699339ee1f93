import { FileUp } from "lucide-react";
import { useState, type DragEvent } from "react";

import { buttonLooks } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { words } from "@/words";

/** What telephones and file dialogs offer first; any other file may still be chosen. */
const ACCEPTED = ".csv,.tsv,.txt,.ofx,.qfx,.qbo,.xml,.sta,.940,.mt940,text/*,application/xml";

interface Props {
  onFile: (file: File) => void;
}

/** A place to drop a file on, which is a file input for everyone else. */
export function DropZone({ onFile }: Props) {
  const [isOver, setOver] = useState(false);
  const [left, setLeft] = useState<string>();

  function take(files: FileList | null): void {
    const [file, ...others] = files ?? [];
    if (file !== undefined) {
      setLeft(others.length > 0 ? file.name : undefined);
      onFile(file);
    }
  }
  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  }

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the input inside does the same without a pointer
    <label
      onDragOver={(event) => {
        event.preventDefault(); // without it the browser opens the file
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        "grid cursor-pointer justify-items-center gap-3 rounded-xl border-2 border-dashed border-input bg-card px-4 py-12 text-center focus-within:outline-3 focus-within:outline-offset-2 focus-within:outline-primary",
        isOver && "border-primary bg-accent",
      )}
    >
      <FileUp aria-hidden className="size-9 text-link" />
      <span className="text-lg font-semibold">
        {isOver ? words.statements.drop.release : words.statements.drop.title}
      </span>
      <span className={buttonLooks({})}>{words.statements.drop.choose}</span>
      <span className="text-sm text-muted-foreground">{words.statements.drop.hint}</span>
      {left !== undefined && <span role="status">{words.statements.drop.onlyOne(left)}</span>}
      <FileInput onFiles={take} />
    </label>
  );
}

/** Unseen; whoever can focus or name it can use it. */
export function FileInput({ onFiles }: { onFiles: (files: FileList | null) => void }) {
  return (
    <input
      type="file"
      accept={ACCEPTED}
      className="sr-only"
      onChange={(event) => {
        onFiles(event.target.files);
        event.target.value = ""; // the same file chosen again, mended meanwhile, counts as well
      }}
    />
  );
}
