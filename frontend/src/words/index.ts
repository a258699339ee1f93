/** Every string a person reads that is not the server's own, in one place: a file for each part. */
import { administration } from "./administration";
import { history } from "./history";
import { job } from "./job";
import { palette } from "./palette";
import { periods } from "./periods";
import { problem } from "./problem";
import { provider } from "./provider";
import { report } from "./report";
import { review } from "./review";
import { rules } from "./rules";
import { settings } from "./settings";
import { shell } from "./shell";
import { statements } from "./statements";
import { transactions } from "./transactions";

export { counted } from "./counted";

export const words = {
  ...shell,
  administration,
  problem,
  history,
  job,
  palette,
  periods,
  provider,
  report,
  review,
  rules,
  settings,
  statements,
  transactions,
} as const;
