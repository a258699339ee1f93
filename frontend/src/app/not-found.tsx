import { Link } from "@tanstack/react-router";

import { buttonLooks } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { words } from "@/words";

export function NotFound() {
  return (
    <Card className="mx-auto grid max-w-lg justify-items-start gap-3">
      <h1 className="text-xl font-semibold">{words.notFound.title}</h1>
      <p>{words.notFound.hint}</p>
      <Link to="/" className={buttonLooks({})}>
        {words.notFound.home}
      </Link>
    </Card>
  );
}
