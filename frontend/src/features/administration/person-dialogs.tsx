import { useState, type ReactNode } from "react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToasts } from "@/components/ui/toast";
import type { Person } from "@/features/administration/api";
import { signsIn } from "@/features/administration/signs-in";
import { useChangePerson, useDeletePerson } from "@/features/administration/use-administration";
import { words } from "@/words";

const say = words.administration.people;

interface Props {
  person: Person;
  onClose: () => void;
}

/** Asks, signs them out everywhere, and says so. */
export function DisableDialog({ person, onClose }: Props) {
  const change = useChangePerson();
  return (
    <PersonDialog
      person={person}
      onClose={onClose}
      texts={say.disabling}
      done={say.disabledNow(person.email)}
      act={(onSuccess) => change.mutate({ id: person.id, disabled: true }, { onSuccess })}
      isBusy={change.isPending}
      error={change.error}
    />
  );
}

/** Asks for the e-mail, so that nobody is deleted by a slip, and deletes them for good. */
export function DeleteDialog({ person, onClose }: Props) {
  const [typed, type] = useState("");
  const remove = useDeletePerson();
  return (
    <PersonDialog
      person={person}
      onClose={onClose}
      texts={say.removing}
      done={say.removedNow(person.email)}
      act={(onSuccess) => remove.mutate(person.id, { onSuccess })}
      isBusy={remove.isPending || typed.trim().toLowerCase() !== person.email}
      error={remove.error}
    >
      <Field label={say.removing.confirm} hint={person.email}>
        <Input value={typed} onValueChange={type} autoComplete="off" />
      </Field>
    </PersonDialog>
  );
}

interface Asking extends Props {
  texts: { title: (email: string) => string; description: string; action: string };
  done: string;
  act: (onSuccess: () => void) => void;
  isBusy: boolean;
  error: Error | null;
  children?: ReactNode;
}

function PersonDialog({ person, onClose, texts, done, act, isBusy, error, children }: Asking) {
  const [open, setOpen] = useState(true);
  const toasts = useToasts();

  function confirm(): void {
    act(() => {
      toasts.add({ title: done });
      setOpen(false);
    });
  }

  return (
    <ConfirmDialog
      title={texts.title(person.email)}
      description={texts.description}
      action={texts.action}
      open={open}
      onOpenChange={setOpen}
      onClosed={onClose}
      onConfirm={confirm}
      isBusy={isBusy}
    >
      <p className="text-sm wrap-anywhere text-muted-foreground">{signsIn(person)}</p>
      {children}
      {error && <Alert title={troubleOf(error).title}>{troubleOf(error).detail}</Alert>}
    </ConfirmDialog>
  );
}
