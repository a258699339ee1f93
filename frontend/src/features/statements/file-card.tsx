import { FileText, X } from "lucide-react";
import { useCallback, useEffect, useRef } from "react";

import { Button, buttonLooks } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DelayedInput } from "@/components/ui/delayed-input";
import { Field } from "@/components/ui/field";
import type { Preview } from "@/features/statements/api";
import { isCurrency, type Draft, type SetDraft } from "@/features/statements/draft";
import { FileInput } from "@/features/statements/drop-zone";
import { words } from "@/words";

interface Props {
  draft: Draft;
  preview: Preview | undefined;
  set: SetDraft;
  onFile: (file: File) => void;
  onPutAway: () => void;
}

/** The chosen file, and what it may leave unsaid: whose card, which currency. */
export function FileCard({ draft, preview, set, onFile, onPutAway }: Props) {
  const { file: said } = words.statements;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // What the file was chosen with has gone: the keyboard goes on from what replaced it.
    if (document.activeElement === document.body) {
      heading.current?.focus();
    }
  }, []);
  return (
    <Card className="grid gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <FileText aria-hidden className="size-8 text-link" />
        <div className="min-w-0 flex-1 basis-48">
          <h2 ref={heading} tabIndex={-1} className="font-semibold wrap-anywhere">
            {draft.file.name}
          </h2>
          <p className="text-sm text-muted-foreground">
            {[preview?.format.toUpperCase(), said.size(draft.file.size)]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        <label
          className={buttonLooks({
            variant: "outline",
            size: "sm",
            className:
              "relative cursor-pointer focus-within:outline-3 focus-within:outline-offset-2 focus-within:outline-primary",
          })}
        >
          {said.another}
          <FileInput onFile={onFile} />
        </label>
        <Button variant="ghost" size="sm" onClick={onPutAway}>
          <X aria-hidden />
          {said.putAway}
        </Button>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <AccountField account={draft.account} preview={preview} set={set} />
        <CurrencyField currency={draft.currency} preview={preview} set={set} />
      </div>
    </Card>
  );
}

interface FieldProps {
  preview: Preview | undefined;
  set: SetDraft;
}

function AccountField({ account, preview, set }: FieldProps & { account: string }) {
  const { account: label, accountHint } = words.statements.file;
  const commit = useCallback(
    (typed: string) => set((draft) => ({ ...draft, account: typed })),
    [set],
  );
  return (
    <Field label={label} hint={accountHint}>
      <DelayedInput
        value={account}
        onCommit={commit}
        maxLength={100}
        autoComplete="off"
        placeholder={preview?.account ?? ""}
      />
    </Field>
  );
}

function CurrencyField({ currency, preview, set }: FieldProps & { currency: string }) {
  const { file: said } = words.statements;
  const commit = useCallback(
    (typed: string) => set((draft) => ({ ...draft, currency: typed.trim().toUpperCase() })),
    [set],
  );
  const guessed = preview?.currencySource === "default" ? preview.currency : null;
  return (
    <Field
      label={said.currency}
      hint={guessed === null ? said.currencyHint : said.currencyGuessed(guessed)}
      error={isCurrency(currency) ? undefined : said.currencyShape}
    >
      <DelayedInput
        value={currency}
        onCommit={commit}
        autoComplete="off"
        spellCheck={false}
        placeholder={preview?.currency ?? ""}
      />
    </Field>
  );
}
