import { http, HttpResponse } from "msw";

import type { Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";

export const provider = [
  http.get("/api/provider", () => HttpResponse.json<Answer<"getProvider">>(database.provider)),
];
