import { useState } from "react";

/** What is said politely to who does not see it; the same words twice are said twice. */
export function useAnnouncer() {
  const [said, setSaid] = useState({ text: "", times: 0 });
  const announce = (text: string) => setSaid(({ times }) => ({ text, times: times + 1 }));
  return { said, announce };
}
