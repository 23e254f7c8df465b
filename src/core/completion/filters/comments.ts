/** Comments that go round in circles, say nothing, or fill a place for code. */
import type { Facts } from './filter.ts';

const MARK = /^\s*(?:\/\/[/!]?|#+|\/?\*+)\s?/;

export function loopsInComment(facts: Facts): boolean {
  const comments = facts.lines
    .filter((line, i) => facts.scan.lines[i]?.comment || /^\s*(\/\/|#(?![![]))/.test(line))
    .map((line) =>
      line
        .replace(MARK, '')
        .replace(/\*\/\s*$/, '')
        .trim(),
    );
  let empty = 0;
  for (let i = 0; i < comments.length; i++) {
    const said = comments[i] as string;
    if (said === '') {
      if (++empty >= 3) return true;
      continue;
    }
    empty = 0;
    if (/\p{L}{2}/u.test(said) && (said === comments[i - 1] || (i > 1 && said === comments[i - 2]))) return true;
    if (circles(said)) return true;
  }
  return false;
}

/** Whether a run of at most six words stands at least three times in a row. */
function circles(said: string): boolean {
  const words = said
    .slice(0, 2_000)
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  for (let period = 1; period <= 6; period++) {
    let run = 0;
    for (let i = period; i < words.length; i++) {
      run = words[i] === words[i - period] ? run + 1 : 0;
      if (run >= Math.max(2 * period, 3)) return true;
    }
  }
  return false;
}
