/** What kind of phone this is: its name for the office, and how the app gets onto its home screen. */
export type Doorway = "installed" | "wechat" | "ios" | "ios_other" | "android" | "other";

export function isWeChat(agent: string): boolean {
  return /MicroMessenger/i.test(agent);
}

/** `standalone`: opened from the home screen. */
export function doorwayOf(agent: string, standalone: boolean): Doorway {
  if (isWeChat(agent)) return "wechat";
  if (standalone) return "installed";
  if (/iPhone|iPad|iPod/.test(agent)) return /CriOS|FxiOS|EdgiOS/.test(agent) ? "ios_other" : "ios";
  return /Android/.test(agent) ? "android" : "other";
}

/** Steps to the home screen, in the words of that system's own menus. */
export const STEPS: Record<Doorway, readonly string[]> = {
  installed: ["已从主屏幕打开，无需再安装。"],
  wechat: ["点右上角“···”。", "选“在浏览器打开”。", "在浏览器中登录后，再添加到主屏幕。"],
  ios: ["点屏幕下方的“分享”按钮（方框加向上箭头）。", "向下滑，点“添加到主屏幕”。", "以后从主屏幕的“督导”图标打开。"],
  ios_other: ["请改用系统自带的 Safari 打开本页。", "在 Safari 中点“分享”按钮。", "点“添加到主屏幕”。"],
  android: ["点浏览器菜单“⋮”或“≡”。", "选“安装应用”或“添加到主屏幕”。", "以后从主屏幕的“督导”图标打开。"],
  other: ["本应用为手机设计；电脑上可在地址栏右侧点“安装”。"],
};

/** Why it matters there. */
export const WHY: Record<Doorway, string> = {
  installed: "",
  wechat: "微信里不能离线使用，照片也可能丢失。请在手机浏览器中打开。",
  ios: "Safari 网页 7 天不用就可能被系统清空。添加到主屏幕后数据才会一直保留。",
  ios_other: "在 iPhone 上，只有 Safari 能把应用放到主屏幕并长期保留数据。",
  android: "放到主屏幕后打开更快，系统也更愿意保留数据。",
  other: "",
};

/** A name by which the office tells phones apart: the model where the system tells it. */
export function deviceName(agent: string, model = ""): string {
  const told = model || (/Android [\d.]+; ([^;)]+)/.exec(agent)?.[1] ?? "").replace(/ Build\/.*$/, "").trim();
  if (told && told !== "K") return told.slice(0, 60);
  const kinds: [RegExp, string][] = [[/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Android/, "Android 手机"], [/Windows/, "Windows 电脑"]];
  return kinds.find(([one]) => one.test(agent))?.[1] ?? "其他设备";
}
