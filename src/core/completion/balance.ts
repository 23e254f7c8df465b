/** Whether the brackets and quotes around a cursor are at peace with a text put there. */
import type { ScannedLine } from './lineScanner.ts';
import { type Ends, type Scan, type Surroundings, scanAround } from './surroundings.ts';

export type Imbalance = 'faultInside' | 'openQuote' | 'openString' | 'faultSooner' | 'leavesOpen';

/**
 * What is wrong with the brackets once the text stands at the cursor, measured against the same place without it, so
 * that a fault elsewhere in the file is nobody's; undefined where all is well. `partial`: the text was cut off by a
 * limit, so that brackets of the cursor's own line may stay open.
 */
export function imbalance(
  around: Surroundings,
  text: string,
  replaces: number,
  partial = false,
  scan: Scan = scanAround(around, text, replaces),
): Imbalance | undefined {
  if (scan.faultInside && !around.faultBefore) return 'faultInside';
  if (opensQuote(around, scan.lines)) return 'openQuote';
  const without = around.withoutText;
  const { ends } = scan;
  if (ends.inCode === false && (without.inCode || (without.inCode === undefined && around.wholeSuffix)))
    return 'openString';
  if (ends.answered < without.answered) return 'faultSooner';
  return leftOpen(around, ends, partial);
}

/** Brackets of the text or of the cursor's line that nothing closes. */
function leftOpen(around: Surroundings, ends: Ends, partial: boolean): Imbalance | undefined {
  const without = around.withoutText;
  if (ends.answered === Number.POSITIVE_INFINITY) {
    if (!around.wholeSuffix || ends.fresh === 0) return undefined;
    if (ends.open < without.open) return undefined;
    return ends.open > without.open || !partial ? 'leavesOpen' : undefined;
  }
  if (ends.answered > without.answered && !ends.faultIsFresh) return undefined;
  if (ends.faultIsFresh && !(partial && ends.answered === without.answered)) return 'leavesOpen';
  return undefined;
}

/** A one-line string that a line of the text leaves open; a page's text has lone apostrophes. */
function opensQuote(around: Surroundings, lines: readonly ScannedLine[]): boolean {
  if (around.family === 'rust' || around.place.language === 'tsx' || around.place.language === 'javascript') {
    return lines.some((line) => line.openQuote === '"' && /[=(,[{:]\s*"[^"]*$/.test(line.text));
  }
  return lines.some((line) => line.openQuote !== '');
}
