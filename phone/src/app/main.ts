/** The inspector's phone: `/m/`. */
// Without the style of Vant's icons: it names a font on somebody else's server, and no screen here shows an icon.
import "vant/es/style/base.css";
import "vant/es/button/index.css";
import "vant/es/loading/index.css";
import "vant/es/cell/index.css";
import "vant/es/cell-group/index.css";
import "vant/es/field/index.css";
import "vant/es/tabbar/index.css";
import "vant/es/tabbar-item/index.css";
import "./style.css";
import "./visit.css";
import "./field.css";
import { createApp } from "vue";

import App from "./App.vue";
import { begin, seen } from "./phone.ts";
import { watchForUpdates } from "./update.ts";

createApp(App).mount("#app");
begin().catch((fault: unknown) => (seen.fault = String(fault)));
void watchForUpdates();
