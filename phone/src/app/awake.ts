/** The screen stays on while files go up: a phone that sleeps ends its requests (phone.md, rule 9). */
export async function awakeWhile<T>(needed: boolean, work: () => Promise<T>): Promise<T> {
  const lock = needed && navigator.wakeLock && !document.hidden ? await navigator.wakeLock.request("screen").catch(() => null) : null;
  try {
    return await work();
  } finally {
    await lock?.release().catch(() => undefined);
  }
}
