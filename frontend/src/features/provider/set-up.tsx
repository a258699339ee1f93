import { Card } from "@/components/ui/card";
import { words } from "@/words";

/** How to configure an AI service where there is none. */
export function SetUp() {
  const { title, hint, variables, more } = words.provider.setUp;
  return (
    <Card className="grid gap-3">
      <h2 className="text-lg font-semibold">{title}</h2>
      <p className="text-sm">{hint}</p>
      <pre className="rounded-md bg-muted p-3 text-sm wrap-anywhere whitespace-pre-wrap">
        <code>{variables}</code>
      </pre>
      <p className="text-sm text-muted-foreground">{more}</p>
    </Card>
  );
}
