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
import { begin, seen } from "./phone.ts";
import { watchForUpdates } from "./update.ts";

createApp(App).mount("#app");
void beginSettings().catch(() => undefined); // letters of the ordinary size are no fault
begin()
  .then(beginAround)
  .catch((fault: unknown) => (seen.damaged = fault instanceof Problem ? fault.message : `${reason("damaged")}（${String(fault)}）`));
void watchForUpdates().catch(() => undefined); // the self-check says what is missing then
