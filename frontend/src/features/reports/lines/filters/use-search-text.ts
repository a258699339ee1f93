import { useState } from "react";

interface Typing {
  text: string;
  /** What the address said last. */
  said: string;
  /** What was typed since, and is on its way to the address. */
  asked: readonly string[];
}

/**
 * What is typed stands there at once, and the address follows when it can; what the address says
 * otherwise, for the filters were cleared or one went back, stands there too.
 */
export function useSearchText(said: string, onSearch: (q: string) => void) {
  const [typing, setTyping] = useState<Typing>({ text: said, said, asked: [] });
  if (typing.said !== said) {
    setTyping(heard(typing, said));
  }
  return {
    text: typing.text,
    type: (text: string) => {
      const q = text.trim();
      const isNews = q !== (typing.asked.at(-1) ?? typing.said);
      setTyping({ ...typing, text, asked: isNews ? [...typing.asked, q] : typing.asked });
      if (isNews) {
        onSearch(q);
      }
    },
  };
}

function heard({ text, asked }: Typing, said: string): Typing {
  const place = asked.indexOf(said);
  const isOurs = place >= 0;
  return { said, text: isOurs ? text : said, asked: isOurs ? asked.slice(place + 1) : [] };
}
