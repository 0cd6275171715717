import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

import { classicScript } from "./build/classic.ts";
import { letters } from "./build/letters.ts";
import { serviceWorker } from "./build/worker.ts";

/** The build is committed under the backend's static files: setting the product up needs no Node. */
export default defineConfig({
  base: "/static/m/",
  plugins: [vue(), classicScript(), serviceWorker()],
  css: { postcss: { plugins: [letters] } },
  build: {
    outDir: "../backend/desk/static/m",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Twelve hex digits in a name: the server tells browsers that such a file never changes.
    rolldownOptions: {
      output: {
        hashCharacters: "hex",
        entryFileNames: "assets/[name].[hash:12].js",
        chunkFileNames: "assets/[name].[hash:12].js",
        assetFileNames: "assets/[name].[hash:12][extname]",
      },
    },
  },
  worker: {
    format: "es",
    rolldownOptions: { output: { hashCharacters: "hex", entryFileNames: "assets/[name].[hash:12].js" } },
  },
  define: { __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false" },
});
