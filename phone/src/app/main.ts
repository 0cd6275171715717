/** The inspector's phone: `/m/`. */
// Without the style of Vant's icons: it names a font on somebody else's server, and no screen here shows an icon.
import "vant/es/style/base.css";
import "vant/es/tabbar/index.css";
import "vant/es/tabbar-item/index.css";
import "./style.css";
import "./visit.css";
import "./field.css";
import "./around.css";
import { createApp } from "vue";

import { Problem, reason } from "../engine/reasons.ts";
import App from "./App.vue";
import { beginAround, beginSettings } from "./around.ts";
import { lettersAsBefore } from "./letters.ts";
import { begin, seen } from "./phone.ts";
import { watchForUpdates } from "./update.ts";

/** Long enough for a frame, also where none is drawn because nobody looks. */
const FRAME_MS = 200;
let mounted = false;

/** The first screen is drawn when it is known what is on it: nobody who is signed in sees the gate for a moment. */
async function show(): Promise<void> {
  if (mounted) return;
  mounted = true;
  createApp(App).mount("#app");
  await painted();
  void beginSettings().catch(() => undefined); // letters of the ordinary size are no fault
  void watchForUpdates().catch(() => undefined); // the self-check says what is missing then
}

function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, FRAME_MS);
  });
}

lettersAsBefore();
begin(show)
  .then(beginAround)
  .catch((fault: unknown) => {
    seen.damaged = fault instanceof Problem ? fault.message : `${reason("damaged")}（${String(fault)}）`;
    return show();
  });
