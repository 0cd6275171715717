/** Screens around the visit: tabs and what lies behind 我的. Each is one word in the address. */
export const AROUND = ["problems", "inbox", "selfcheck", "storage", "handover", "install"] as const;

export type Around = (typeof AROUND)[number];
