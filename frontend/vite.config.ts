import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = "http://127.0.0.1:5000";

export default defineConfig({
  base: "/static/ui/",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": here("src") } },
  build: {
    outDir: here("../src/expenseflow/app/static/ui"),
    emptyOutDir: true,
    // The policy of our pages lets nothing come from a data: address.
    assetsInlineLimit: 0,
  },
  // `npm run dev`: the API of a running `expenseflow serve`, the page with quick reload.
  server: {
    host: "127.0.0.1",
    proxy: { "/api": server, "/sign-in": server, "/static/icon.svg": server },
  },
});
