/**
 * The app's one script as a classic one. A browser keeps the compiled form of what a service worker stores while it is
 * installed, but only of classic scripts: a module would be compiled anew at every cold start.
 */
import type { Plugin } from "vite";

const MODULE = /<script type="module" crossorigin src="([^"]+)"><\/script>/;

export function classicScript(): Plugin {
  return {
    name: "classic-script",
    enforce: "post",
    renderChunk: {
      order: "post",
      handler(code, chunk) {
        if (!chunk.isEntry || chunk.imports.length + chunk.dynamicImports.length > 0) this.error("the app is one script");
        return { code: `(()=>{"use strict";${code.replaceAll("import.meta.url", "location.href")}})();\n`, map: null };
      },
    },
    transformIndexHtml: {
      order: "post",
      handler(html) {
        if (!MODULE.test(html)) throw new Error("the page names no script");
        return html.replace(MODULE, '<script defer src="$1"></script>');
      },
    },
  };
}
