import { Select } from "@/components/ui/select";
import type { Preview, Reading } from "@/features/statements/api";
import { columnsOf, ROLES, withRole, type Role } from "@/features/statements/reading";
import { words } from "@/words";

interface Props {
  reading: Reading;
  preview: Preview;
  onChange: (reading: Reading) => void;
}

/** Which column holds what, by its heading. */
export function ColumnRoles({ reading, preview, onChange }: Props) {
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-3">
      <legend className="text-sm font-medium">{words.statements.reading.columns}</legend>
      <ul className="mt-2 grid grid-cols-1 gap-x-6 gap-y-2 sm:grid-cols-2 lg:grid-cols-3">
        {columnsOf(preview).map(({ title: heading, role }, column) => (
          // A column has no other name than its place: two may have the same heading.
          <li key={column}>
            <label className="grid gap-1 text-sm">
              <span className="truncate text-muted-foreground" title={heading}>
                {heading}
              </span>
              <RoleSelect
                role={role}
                onChange={(chosen) =>
                  onChange(withRole(reading, preview, { column, role: chosen }))
                }
              />
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

function RoleSelect({ role, onChange }: { role: Role | ""; onChange: (role: Role | "") => void }) {
  return (
    <Select
      value={role}
      onChange={({ target }) => onChange(ROLES.find((known) => known === target.value) ?? "")}
    >
      <option value="">{words.statements.reading.noRole}</option>
      {ROLES.map((known) => (
        <option key={known} value={known}>
          {words.statements.roles[known]}
        </option>
      ))}
    </Select>
  );
}
