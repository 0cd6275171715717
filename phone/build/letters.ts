/** Letters grow with the person's setting: sizes of text become rem at the build, in Vant's sheets as in ours. */
import type { CSSOptions } from "vite";

const TEXT = /^(font(-size)?|line-height|--van-[a-z-]*(font-size|line-height))$/;
/** Heights that must hold a line of text. */
const HOLDS = /^--van-tabbar-height$/;
const ORDINARY = 16;

type Plugin = NonNullable<Exclude<CSSOptions["postcss"], string | undefined>["plugins"]>[number];

export const letters: Plugin = {
  postcssPlugin: "letters",
  Declaration(declaration: { prop: string; value: string }) {
    if (!TEXT.test(declaration.prop) && !HOLDS.test(declaration.prop)) return;
    declaration.value = declaration.value.replace(/(?<![\w.-])(\d+(?:\.\d+)?)px/g, (_, px: string) => `${Number(px) / ORDINARY}rem`);
  },
};
