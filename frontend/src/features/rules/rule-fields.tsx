import type { ReactNode } from "react";

import { Combobox } from "@/components/ui/combobox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { choices, type Chart } from "@/features/rules/chart";
import type { FieldProblems, RuleDraft, RuleField } from "@/features/rules/rule-draft";
import { words } from "@/words";

export interface FieldsProps {
  draft: RuleDraft;
  problems: FieldProblems;
  onChange: (changes: Partial<RuleDraft>) => void;
}

const { label, hint, when, whenHint, then, active } = words.rules.form;

/** Too long for half of a telephone. */
const HALF = "col-span-2 sm:col-span-1";

/** What a charge must be like. */
export function ConditionFields(props: FieldsProps) {
  return (
    <Group title={when} hint={whenHint}>
      <Text {...props} field="merchantContains" className="col-span-2" />
      <Text {...props} field="pattern" className="col-span-2" />
      <Text {...props} field="amountMin" inputMode="decimal" />
      <Text {...props} field="amountMax" inputMode="decimal" />
      <Text {...props} field="currency" />
      <Text {...props} field="account" />
      <Text {...props} field="sourceCategory" className="col-span-2" />
    </Group>
  );
}

/** Where it goes then. */
export function OutcomeFields({ chart, ...props }: FieldsProps & { chart: Chart }) {
  return (
    <Group title={then}>
      <Code {...props} field="glCode" codes={chart.accounts} />
      <Code {...props} field="departmentCode" codes={chart.departments} />
      <Text {...props} field="vendor" className={HALF} />
      <Text {...props} field="description" className={HALF} />
    </Group>
  );
}

export function NameFields(props: FieldsProps) {
  return (
    <div className="grid gap-4">
      <Text {...props} field="name" />
      {/* The switch stands in its label, which a look at the tree cannot tell. */}
      <span className="flex items-center gap-3 text-sm font-medium">
        <Switch
          aria-label={active}
          checked={props.draft.active}
          onCheckedChange={(checked) => props.onChange({ active: checked })}
        />
        <span aria-hidden>{active}</span>
      </span>
    </div>
  );
}

interface GroupProps {
  title: string;
  hint?: string;
  children: ReactNode;
}

function Group({ title, hint: more, children }: GroupProps) {
  return (
    <fieldset className="grid grid-cols-2 gap-4">
      <legend className="mb-3 text-lg font-semibold">{title}</legend>
      {more !== undefined && (
        <p className="-mt-2 text-sm text-muted-foreground col-span-2">{more}</p>
      )}
      {children}
    </fieldset>
  );
}

interface TextProps extends FieldsProps {
  field: RuleField;
  className?: string;
  inputMode?: "decimal";
}

function Text({ field, draft, problems, onChange, className, inputMode }: TextProps) {
  return (
    <Field {...naming(field)} error={problems[field]} {...(className && { className })}>
      <Input
        value={draft[field]}
        autoComplete="off"
        {...(inputMode && { inputMode })}
        onValueChange={(value) =>
          onChange({ [field]: field === "currency" ? value.toUpperCase() : value })
        }
      />
    </Field>
  );
}

interface CodeProps extends FieldsProps {
  field: "glCode" | "departmentCode";
  codes: Chart["accounts"];
}

function Code({ field, codes, draft, problems, onChange }: CodeProps) {
  return (
    <Field {...naming(field)} error={problems[field]} className={HALF}>
      <Combobox
        label={label[field]}
        groups={choices(codes, draft[field])}
        value={draft[field] === "" ? null : draft[field]}
        onChange={(code) => onChange({ [field]: code ?? "" })}
      />
    </Field>
  );
}

function naming(field: RuleField) {
  const hints: Partial<Record<RuleField, string>> = hint;
  const found = hints[field];
  return { label: label[field], ...(found === undefined ? {} : { hint: found }) };
}
