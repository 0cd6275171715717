import { exported, seen } from "./phone.ts";

/** Everything unsent, as a file that can be given to the office. */
export async function takeOut(): Promise<void> {
  save(`未发送的工作-${seen.identity?.username}-${today()}.zip`, await exported());
}

/** A file onto the phone itself. */
export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** 20261122 of today, in China. */
export function today(): string {
  return new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10).replaceAll("-", "");
}
