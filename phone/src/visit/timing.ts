/** Times as an inspector reads them: of the clock in China, and how long something has lasted. */

const CHINA_MS = 8 * 3600_000;

/** "09:05" of a moment in RFC 3339; "" where it is none. Not by the phone's own zone, which may be wrong. */
export function clockWords(at: string): string {
  const moment = Date.parse(at);
  return Number.isNaN(moment) ? "" : new Date(moment + CHINA_MS).toISOString().slice(11, 16);
}

/** "11月22日" of a date or a moment. */
export function dayWords(at: string): string {
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) return "";
  const shown = at.length > 10 ? new Date(moment + CHINA_MS) : new Date(moment);
  return `${shown.getUTCMonth() + 1}月${shown.getUTCDate()}日`;
}

/** "1小时12分", "3分"; nothing is shorter than 0. */
export function lasted(from: number, to: number): string {
  const minutes = Math.max(0, Math.floor((to - from) / 60_000));
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours}小时${minutes % 60}分` : `${minutes}分`;
}

/** "03:07" of a running stopwatch. */
export function ticking(from: number, to: number): string {
  const seconds = Math.max(0, Math.floor((to - from) / 1000));
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** What a stopwatch puts into a field of minutes: whole ones where only those may be stored, else one decimal. */
export function minutesOf(from: number, to: number, whole: boolean): number {
  const minutes = Math.max(0, to - from) / 60_000;
  return whole ? Math.round(minutes) : Math.round(minutes * 10) / 10;
}
