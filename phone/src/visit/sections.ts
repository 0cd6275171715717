/** The checklist as it is walked through: sections with how far each is, and the questions of one. */
import { gaps, isMandatory } from "../checklist/completeness.ts";
import { codeOf, keyOf, parseKey } from "../checklist/keys.ts";
import type { Answers, Item, Repeat, Template } from "../checklist/model.ts";
import { applies, gradesOf, hiddenBy, isShown } from "../checklist/visibility.ts";
import { classWords, gradeWords } from "./classes.ts";
import { type Dossier, factsOf, isAsked, isDue } from "./dossier.ts";

export interface Section {
  /** Template code and place of the section in it: `TY.0`. */
  id: string;
  title: string;
  template: Template;
  items: Item[];
  /** Mandatory questions, and how many of them lack nothing. */
  due: number;
  done: number;
}

export function sectionsOf(dossier: Dossier, answers: Answers): Section[] {
  const facts = factsOf(dossier, answers);
  const answered = new Set(Object.keys(answers).map(codeOf));
  return dossier.templates.flatMap((template) => {
    const asked = template.items.filter((item) => isAsked(dossier, template.code, item.code) || answered.has(item.code));
    const shown = asked.filter((item) => hiddenBy(template, item, facts.type, facts.grades, answers) === null);
    const titles = [...new Set(template.items.map((item) => item.section))];
    const sections = titles.map((title, place) => {
      const items = shown.filter((item) => item.section === title);
      const due = items.filter((item) => isMandatory(item) && isDue(dossier, template.code));
      const done = due.filter((item) => gaps(template, item, facts).length === 0).length;
      return { id: `${template.code}.${place}`, title, template, items, due: due.length, done };
    });
    return sections.filter((section) => section.items.length > 0);
  });
}

/** What the `n` behind `#` counts here: the target's grades, the classes that were drawn, or those and the respondents met so far (at least one). */
export function numbersOf(dossier: Dossier, template: Template, repeat: Repeat, answers: Answers): number[] {
  const { type, grades } = factsOf(dossier, answers);
  const present = gradesOf(type, grades);
  if (repeat === "grade") return present.length > 0 ? [...present] : [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const codes = new Set(template.items.filter((item) => item.repeat === repeat).map((item) => item.code));
  const known = Object.keys(answers).map(parseKey).filter((key) => key !== null && codes.has(key.code));
  const most = Math.max(1, repeat === "class" ? drawnClasses(dossier).length : 0, ...known.map((key) => key?.number ?? 1));
  return Array.from({ length: most }, (_, i) => i + 1);
}

/** What a number counts, in words: the drawn class, where one was drawn. */
export function numberWords(dossier: Dossier, repeat: Repeat, number: number): string {
  if (repeat === "grade") return gradeWords(number);
  if (repeat === "respondent") return `第${number}位受访者`;
  const drawn = drawnClasses(dossier)[number - 1];
  return drawn ? classWords(drawn) : `第${number}个班级`;
}

interface Drawn {
  grade: number;
  number: number;
}

/** Of all draws in their order, each class once: another draw goes on counting, so that no number ever means another class. */
function drawnClasses({ doc }: Dossier): Drawn[] {
  const draws = (doc["draws"] ?? []) as unknown as { classes: Drawn[] }[];
  const all = draws.length > 0 ? draws.flatMap(({ classes }) => classes) : ((doc["sample"] ?? []) as unknown as Drawn[]);
  return [...new Map(all.map((one) => [`${one.grade}.${one.number}`, one])).values()];
}

/** The key of a question for the chosen numbers; null where it is not asked of that number. */
export function keyFor(
  dossier: Dossier, template: Template, item: Item, chosen: Partial<Record<Repeat, number>>, answers: Answers,
): string | null {
  if (!item.repeat) return item.code;
  const number = chosen[item.repeat] ?? 1;
  const { type, grades } = factsOf(dossier, answers);
  const [first, last] = item.grades ?? [1, 9];
  const present = gradesOf(type, grades);
  const taught = present.length === 0 || present.includes(number);
  const asked = item.repeat !== "grade" || (number >= first && number <= last && taught);
  return asked && applies(item, type, grades) && isShown(template, item, answers, number) ? keyOf(item.code, number) : null;
}
