/** Every string a person reads that is not the server's own, in one place: a file for each part. */
import { job } from "./job";
import { palette } from "./palette";
import { periods } from "./periods";
import { problem } from "./problem";
import { report } from "./report";
import { shell } from "./shell";
import { statements } from "./statements";
import { transactions } from "./transactions";

export { counted } from "./counted";

export const words = {
  ...shell,
  problem,
  job,
  palette,
  periods,
  report,
  statements,
  transactions,
} as const;
