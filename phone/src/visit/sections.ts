/** The checklist as it is walked through: sections with how far each is, and the questions of one. */
import { gaps, isMandatory } from "../checklist/completeness.ts";
import { keyOf, parseKey } from "../checklist/keys.ts";
import type { Answers, Item, Repeat, Template } from "../checklist/model.ts";
import { applies, gradesOf, hiddenBy, isShown } from "../checklist/visibility.ts";
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
  return dossier.templates.flatMap((template) => {
    const asked = template.items.filter((item) => isAsked(dossier, template.code, item.code) || item.code in answers);
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

/** What the `n` behind `#` counts here: the target's grades, or the classes and respondents met so far (at least one). */
export function numbersOf(dossier: Dossier, template: Template, repeat: Repeat, answers: Answers): number[] {
  const { type, grades } = factsOf(dossier, answers);
  const present = gradesOf(type, grades);
  if (repeat === "grade") return present.length > 0 ? [...present] : [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const codes = new Set(template.items.filter((item) => item.repeat === repeat).map((item) => item.code));
  const known = Object.keys(answers).map(parseKey).filter((key) => key !== null && codes.has(key.code));
  const most = Math.max(1, ...known.map((key) => key?.number ?? 1));
  return Array.from({ length: most }, (_, i) => i + 1);
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
