import { createContext, useContext } from "react";

import type { Line, LineChange } from "@/features/reports/lines/api";

/** What can be edited in place. */
export type Field = "glCode" | "departmentCode" | "description" | "vendor" | "note";

/** What a press on a line asks for. */
export type LineAction =
  | { kind: "visit"; line: Line }
  | { kind: "select"; line: Line; isRange: boolean }
  | { kind: "edit"; line: Line; field: Field }
  | { kind: "set"; line: Line; set: LineChange; isLast: boolean }
  | { kind: "leave" }
  | { kind: "take"; line: Line; place: number }
  | { kind: "accept"; line: Line }
  | { kind: "explain"; line: Line };

/** One function for all rows that never changes, so that no row is drawn again for it. */
export const ActionContext = createContext<(action: LineAction) => void>(() => undefined);

export const useAct = () => useContext(ActionContext);
