/** The browser's own offer to install the app (Chromium): kept until the person asks for it. */
import { reactive } from "vue";

interface Offer extends Event {
  prompt(): Promise<unknown>;
}

export const installer = reactive({
  prompt: null as Offer | null,
  async ask(): Promise<void> {
    await this.prompt?.prompt();
    this.prompt = null;
  },
});

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installer.prompt = event as Offer;
});
addEventListener("appinstalled", () => (installer.prompt = null));
