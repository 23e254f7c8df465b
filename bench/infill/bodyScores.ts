/** How near a body comes to the one that stood there, in lexemes. */
import { mean } from '../../src/base/statistics.ts';
import { lexemesOf } from '../../src/core/infill/place.ts';
import type { LinesAsked } from './bodyFit.ts';

/** Lexemes that are compared: the distance is quadratic. */
const COMPARED = 300;

/** 1 − Levenshtein's distance of lexemes ÷ the longer length. */
export function similarity(text: string, truth: string): number {
  const [a, b] = [lexemesOf(text).slice(0, COMPARED), lexemesOf(truth).slice(0, COMPARED)];
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  a.forEach((lexeme, i) => {
    const next = [i + 1];
    b.forEach((other, k) => {
      const changed = (row[k] as number) + (lexeme === other ? 0 : 1);
      next.push(Math.min(changed, (row[k + 1] as number) + 1, (next[k] as number) + 1));
    });
    row = next;
  });
  return 1 - (row[b.length] as number) / longer;
}

/** One body that was taken out: what was proposed for it, the surest first, and what the nearest function alone says. */
export interface BodyRow {
  readonly proposed: readonly { readonly exact: boolean; readonly similarity: number; readonly chance: number }[];
  readonly nearest: { readonly exact: boolean; readonly similarity: number };
  /** Milliseconds of a processor. */
  readonly ms: number;
}

/** In percent: the first proposal, the best of three, and the nearest body alone. */
export function bodyReport(rows: readonly BodyRow[]): string {
  const share = (of: (row: BodyRow) => number) => (100 * mean(rows.map(of))).toFixed(1).padStart(5);
  const first = `first ${share(({ proposed: [one] }) => Number(one?.exact ?? false))} exact ${share(({ proposed: [one] }) => one?.similarity ?? 0)} alike`;
  const three = `three ${share(({ proposed }) => Number(proposed.slice(0, 3).some(({ exact }) => exact)))} exact ${share(({ proposed }) => Math.max(0, ...proposed.slice(0, 3).map((each) => each.similarity)))} alike`;
  const near = `nearest ${share(({ nearest }) => Number(nearest.exact))} exact ${share(({ nearest }) => nearest.similarity)} alike`;
  const sure = rows.flatMap(({ proposed: [one] }) => (one && one.chance >= 0.5 ? [Number(one.exact)] : []));
  return `${String(rows.length).padStart(4)} bodies  ${first}  ${three}  ${near}  shown ${sure.length}, right ${(100 * mean(sure)).toFixed(0)} %`;
}

/** Of the first proposals by their chances, from each edge to the next: how many, their mean chance, and the share that was right. */
export function chancesReport(
  rows: readonly { readonly proposed: readonly { readonly exact: boolean; readonly chance: number }[] }[],
  edges: readonly number[],
): string {
  const lines = edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1] as number;
    const here = rows.flatMap(({ proposed: [first] }) =>
      first && first.chance >= from && first.chance < to ? [first] : [],
    );
    const said = mean(here.map(({ chance }) => chance)).toFixed(2);
    const right = mean(here.map(({ exact }) => Number(exact))).toFixed(2);
    return `said ${from}–${to}: ${here.length}, ${said} in the mean, right ${right}\n`;
  });
  return lines.join('');
}

/** How often the first of several lines is right where one line was taken out, and where several were. */
export function linesReport(asked: readonly LinesAsked[]): string {
  const row = (name: string, all: readonly LinesAsked[]) => {
    const proposed = all.flatMap(({ proposed: [first] }) => (first ? [first] : []));
    const exact = proposed.filter(({ exact: is }) => is).length;
    const shown = proposed.filter(({ chance }) => chance >= 0.5);
    const right = shown.filter(({ exact: is }) => is).length;
    const some = all.filter((each) => each.proposed.some(({ exact: is }) => is)).length;
    return `${name.padEnd(13)} ${all.length} holes, ${proposed.length} with a proposal; right: first ${exact}, any ${some}; as sure as a half ${shown.length}, right ${right}\n`;
  };
  return (
    row(
      'one line',
      asked.filter(({ several }) => !several),
    ) +
    row(
      'several lines',
      asked.filter(({ several }) => several),
    ) +
    chancesReport(asked, [0, 0.1, 0.3, 0.5, 0.7, 1.01]) +
    `${mean(asked.map(({ ms }) => ms)).toFixed(0)} ms of a processor a hole\n`
  );
}
