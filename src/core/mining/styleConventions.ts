/** Conventions of style: quotes, commas, widths and the like, counted in every file, said where nearly all keep them. */
import type { Family } from '../languages.ts';
import { markNumber, STYLE_MARKS, WIDTHS, widthNumber } from '../syntax/styleMarks.ts';
import type { Site } from './candidate.ts';
import type { Rule } from './deviants.ts';
import type { FileDigest } from './fileDigest.ts';
import { STYLE } from './ruleBook.ts';
import { INDENTED_FAMILIES, INDENTS, STYLE_RULES } from './styleRules.ts';
import { wilsonLowerBound } from './wilson.ts';

/** A habit with its keepers: one site a file. */
export interface Habit {
  readonly pattern: string;
  readonly name: string;
  readonly summary: string;
  readonly sites: readonly Site[];
}

/** Least places and files that keep a rule, and the share of places that must. */
const LEAST_SITES = 10;
const LEAST_FILES = 3;
const LEAST_SHARE = 0.9;

/** True where so many kept and broken places make a convention (Wilson's lower bound and at most a tenth that breaks it). */
export function isKept(kept: number, broken: number, files: number): boolean {
  if (kept < LEAST_SITES || files < LEAST_FILES || broken > (kept + broken) / 10) return false;
  return wilsonLowerBound(kept, kept + broken) >= LEAST_SHARE;
}

const ALL = STYLE_MARKS.length + WIDTHS.length;

/** Where a file has a mark first. */
interface First {
  readonly path: string;
  readonly line: number;
}

/** Counts of every mark over all files, and its first place in each. */
function totals(files: readonly FileDigest[]): { counts: Float64Array; firsts: readonly First[][] } {
  const counts = new Float64Array(ALL);
  const firsts = Array.from({ length: ALL }, (): First[] => []);
  for (const { path, style } of files)
    for (let at = 0; at < style.length; at += 3) {
      const number = style[at] as number;
      counts[number] = (counts[number] as number) + (style[at + 1] as number);
      firsts[number]?.push({ path, line: style[at + 2] as number });
    }
  return { counts, firsts };
}

/** Rules of style whose breaches are slips that a reader wants to see, one place a file. */
export function styleDeviances(family: Family, files: readonly FileDigest[]): Rule[] {
  const [first] = files;
  if (first === undefined) return [];
  const { firsts } = totals(files);
  return STYLE_RULES.flatMap(({ families, kept, broken, slip }) => {
    if (slip === undefined || !families.includes(family)) return [];
    const [keeps, breaks] = [sitesOf(firsts[markNumber(kept)]), sitesOf(firsts[markNumber(broken)])];
    return [
      {
        id: `style ${kept}`,
        text: slip,
        least: STYLE,
        language: first.language,
        apis: [],
        kept: keeps,
        broken: breaks,
      },
    ];
  });
}

export function styleHabits(family: Family, files: readonly FileDigest[]): Habit[] {
  const all = totals(files);
  const habits: Habit[] = [];
  STYLE_RULES.forEach(({ families, kept, broken, name, counted, says, most = 1 }, index) => {
    const own = markNumber(kept);
    const [keeps, breaks] = [all.counts[own] as number, all.counts[markNumber(broken)] as number];
    const inFiles = all.firsts[own]?.length ?? 0;
    if (!families.includes(family) || !isKept(keeps, breaks, inFiles) || breaks > most * keeps) return;
    const summary = `${keeps} of ${keeps + breaks} ${counted} ${says}, in ${inFiles} files.`;
    habits.push({ pattern: `style ${kept}`, name, summary, sites: sitesOf(all.firsts[own], -1 - index) });
  });
  return [...habits, ...indentHabits(family, all), ...widthHabits(files, all)];
}

/** Sites of a mark. A unit of its own keeps what lies in the same files apart. */
function sitesOf(firsts: readonly First[] = [], unit = 0): Site[] {
  return firsts.map(({ path, line }) => ({ path, line, endLine: line, unit, slack: 0 }));
}

const countIn = ({ style }: FileDigest, mark: number): number => {
  for (let at = 0; at < style.length; at += 3) if (style[at] === mark) return style[at + 1] as number;
  return 0;
};

/** By steps from a line to a deeper one: most are the repository's, what wraps takes others. */
function indentHabits(family: Family, { counts, firsts }: ReturnType<typeof totals>): Habit[] {
  if (!INDENTED_FAMILIES.includes(family)) return [];
  const marks = INDENTS.map(({ kept }) => markNumber(kept));
  const total = marks.reduce((sum, mark) => sum + (counts[mark] as number), 0);
  return INDENTS.flatMap(({ kept, name }, index) => {
    const mark = marks[index] as number;
    const keeps = counts[mark] as number;
    const sites = sitesOf(firsts[mark], -100 - index);
    if (!isKept(keeps, total - keeps, sites.length)) return [];
    return [
      { pattern: `style ${kept}`, name, summary: `${keeps} of ${total} steps do, in ${sites.length} files.`, sites },
    ];
  });
}

/** Lines this much shorter than a width are near it. */
const NEAR = 0.9;
/** So many times more lines end near a width than go over it where something keeps it. */
const CLIFF = 4;

/** The width at which lines stop: many end near it, hardly any go over it. */
function widthHabits(files: readonly FileDigest[], { counts, firsts }: ReturnType<typeof totals>): Habit[] {
  const over = WIDTHS.map((_, at) => counts[widthNumber(at)] as number);
  const nearFrom = (at: number) =>
    Math.max(
      0,
      WIDTHS.findLastIndex((width) => width <= (WIDTHS[at] as number) * NEAR),
    );
  let found: number | undefined;
  let most = 0;
  for (let at = 1; at < WIDTHS.length; at++) {
    const beyond = over[at] as number;
    const near = (over[nearFrom(at)] as number) - beyond;
    // The sharper the cliff, and the more lines end at it, the likelier it is the one that is meant.
    const sharpness = near ** 2 / (1 + beyond);
    if (near < LEAST_SITES * 2 || near < beyond * CLIFF || sharpness <= most) continue;
    [found, most] = [at, sharpness];
  }
  if (found === undefined) return [];
  const mark = widthNumber(found);
  const from = widthNumber(nearFrom(found));
  const keepers = files.filter((file) => countIn(file, from) > 0 && countIn(file, mark) === 0);
  const [kept, broken] = [(over[0] as number) - (over[found] as number), over[found] as number];
  if (!isKept(kept, broken, keepers.length)) return [];
  const lines = new Map(firsts[from]?.map(({ path, line }) => [path, line]));
  const width = WIDTHS[found] as number;
  return [
    {
      pattern: `style width ${width}`,
      name: `Keep lines within ${width} characters`,
      summary: `Of ${kept + broken} lines over ${WIDTHS[0]} characters ${kept} end before it.`,
      sites: keepers.map(({ path }) => ({
        path,
        line: lines.get(path) ?? 1,
        endLine: lines.get(path) ?? 1,
        unit: -200,
        slack: 0,
      })),
    },
  ];
}
