/** Where in the app somebody is, as the part of the address behind `#`: a reload comes back to the same question. */
import { AROUND, type Around } from "../around/places.ts";

export type Route =
  | { screen: "today" | "uploads" | "mine" | "report" | Around }
  | { screen: "task"; assignment: string }
  | { screen: OfVisit; visit: string }
  | { screen: "section"; visit: string; section: string; key: string };

const TABS = ["today", "uploads", "mine", "report", ...AROUND] as const;
const OF_VISIT = ["visit", "sign", "leave", "draw", "review", "more", "alarm", "addenda"] as const;
type OfVisit = (typeof OF_VISIT)[number];

export function parseRoute(hash: string): Route {
  const [screen = "", visit = "", section = "", key = ""] = hash.replace(/^#/, "").split("/").map(decoded);
  const tab = TABS.find((one) => one === screen);
  if (tab) return { screen: tab };
  if (screen === "task" && visit) return { screen, assignment: visit };
  const part = OF_VISIT.find((one) => one === screen);
  if (part && visit) return { screen: part, visit };
  if (screen === "section" && visit && section) return { screen, visit, section, key };
  return { screen: "today" };
}

export function hashOf(route: Route): string {
  const parts: string[] = [route.screen];
  if ("assignment" in route) parts.push(route.assignment);
  if ("visit" in route) parts.push(route.visit);
  if (route.screen === "section") parts.push(route.section, ...(route.key ? [route.key] : []));
  return `#${parts.map(encodeURIComponent).join("/")}`;
}

/** What somebody typed into the address may be no address at all. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
