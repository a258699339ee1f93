import { useState } from "react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToasts } from "@/components/ui/toast";
import type { Person } from "@/features/administration/api";
import { useChangePerson, useDeletePerson } from "@/features/administration/use-administration";
import { words } from "@/words";

const say = words.administration.people;

interface Props {
  person: Person;
  onClose: () => void;
}

/** Asks, signs them out everywhere, and says so. */
export function DisableDialog({ person, onClose }: Props) {
  const [open, setOpen] = useState(true);
  const toasts = useToasts();
  const change = useChangePerson();

  function confirm(): void {
    change.mutate(
      { id: person.id, disabled: true },
      {
        onSuccess: () => {
          toasts.add({ title: say.disabledNow(person.email) });
          setOpen(false);
        },
      },
    );
  }

  return (
    <ConfirmDialog
      title={say.disabling.title(person.email)}
      description={say.disabling.description}
      action={say.disabling.action}
      open={open}
      onOpenChange={setOpen}
      onClosed={onClose}
      onConfirm={confirm}
      isBusy={change.isPending}
    >
      <Trouble error={change.error} />
    </ConfirmDialog>
  );
}

/** Asks for the e-mail, so that nobody is deleted by a slip, and deletes them for good. */
export function DeleteDialog({ person, onClose }: Props) {
  const [open, setOpen] = useState(true);
  const [typed, type] = useState("");
  const toasts = useToasts();
  const remove = useDeletePerson();

  function confirm(): void {
    remove.mutate(person.id, {
      onSuccess: () => {
        toasts.add({ title: say.removedNow(person.email) });
        setOpen(false);
      },
    });
  }

  return (
    <ConfirmDialog
      title={say.removing.title(person.email)}
      description={say.removing.description}
      action={say.removing.action}
      open={open}
      onOpenChange={setOpen}
      onClosed={onClose}
      onConfirm={confirm}
      isBusy={remove.isPending || typed.trim().toLowerCase() !== person.email}
    >
      <Field label={say.removing.confirm} hint={person.email}>
        <Input value={typed} onValueChange={type} autoComplete="off" />
      </Field>
      <Trouble error={remove.error} />
    </ConfirmDialog>
  );
}

function Trouble({ error }: { error: Error | null }) {
  return error && <Alert title={troubleOf(error).title}>{troubleOf(error).detail}</Alert>;
}
