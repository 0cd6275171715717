/** What is wrong with the phone's time, in a sentence for the person; nothing of it ever stops the work. */
/** From here on a reviewer is shown the difference (protocol, Push: Time). */
export const SKEW_MS = 2 * 60_000;
/** China has one zone: minutes east of UTC. */
const BEIJING = 8 * 60;

/** `skew`: device minus server, ms. "" where they agree, or where the server was not heard yet. */
export function skewWords(skew: number | null): string {
  if (skew === null || Math.abs(skew) < SKEW_MS) return "";
  return `手机时间比服务器${skew > 0 ? "快" : "慢"}${span(Math.abs(skew))}，请在系统设置中打开“自动设置时间”。已填内容不受影响。`;
}

/** `minutes` east of UTC. */
export function zoneWords(minutes: number): string {
  if (minutes === BEIJING) return "";
  return "手机时区不是北京时间，请在系统设置中改为“中国标准时间”。已填内容不受影响。";
}

/** Rounded down to what a person says: 40秒, 5分钟, 3小时, 2天. */
export function span(ms: number): string {
  const steps: [number, string][] = [[86_400_000, "天"], [3_600_000, "小时"], [60_000, "分钟"], [1000, "秒"]];
  const [length, unit] = steps.find(([size]) => ms >= size) ?? [1000, "秒"];
  return `${Math.floor(ms / length)}${unit}`;
}
