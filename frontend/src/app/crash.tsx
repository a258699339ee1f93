import { Component, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { words } from "@/words";

/** In place of a page that threw: never a white one. */
export function Crash() {
  return (
    <Card role="alert" className="mx-auto my-12 grid max-w-lg justify-items-start gap-3">
      <h1 className="text-xl font-semibold">{words.crash.title}</h1>
      <p>{words.crash.hint}</p>
      <Button onClick={() => globalThis.location.reload()}>{words.crash.reload}</Button>
    </Card>
  );
}

/** Catches what no route caught. React tells the console of it. */
export class LastResort extends Component<{ children: ReactNode }, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError() {
    return { hasCrashed: true };
  }

  override render(): ReactNode {
    return this.state.hasCrashed ? <Crash /> : this.props.children;
  }
}
