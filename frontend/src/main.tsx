import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { LastResort } from "@/app/crash";
import { createQueryClient, Providers } from "@/app/providers";
import { createAppRouter } from "@/app/router";
import "@/styles.css";

const place = document.getElementById("root");
if (place === null) {
  throw new Error("index.html has no #root");
}
createRoot(place).render(
  <StrictMode>
    <LastResort>
      <Providers queries={createQueryClient()}>
        <RouterProvider router={createAppRouter()} />
      </Providers>
    </LastResort>
  </StrictMode>,
);
