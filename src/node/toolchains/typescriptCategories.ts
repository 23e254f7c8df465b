/** Sorts TypeScript's error codes into the categories of the one error model. */
import type { DiagnosticCategory } from '../../core/healing/diagnostic.ts';

/** A name that resolves to nothing, or to a member that is not there. */
const UNDEFINED = new Set([
  2304, 2318, 2339, 2551, 2552, 2553, 2559, 2570, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2662, 2663, 2688,
  2724, 18004,
]);

/** A module, or a name of a module, that is not imported or not exported. */
const MISSING_IMPORT = new Set([
  2305, 2306, 2307, 2459, 2497, 2503, 2613, 2614, 2686, 2691, 2693, 2792, 2834, 2835, 2874, 2882, 7016,
]);

/** A value of one type where another is wanted, members of a type that are missing or differ. */
const MISMATCH = new Set([
  2314, 2315, 2322, 2326, 2343, 2345, 2352, 2353, 2355, 2358, 2359, 2361, 2362, 2363, 2365, 2366, 2367, 2394, 2411,
  2412, 2415, 2416, 2417, 2420, 2430, 2515, 2531, 2532, 2533, 2554, 2555, 2556, 2561, 2654, 2655, 2656, 2678, 2719,
  2720, 2739, 2740, 2741, 2742, 2769, 2786, 2801, 18046, 18047, 18048, 18049,
]);

/** `code` without the letters: 2304 for TS2304. Syntax errors are the compiler's 1000 to 1999 and those of JavaScript files. */
export function typescriptCategory(code: number): DiagnosticCategory {
  if (UNDEFINED.has(code)) return 'undefined variable';
  if (MISSING_IMPORT.has(code)) return 'missing import';
  if (MISMATCH.has(code)) return 'type mismatch';
  if ((code >= 1000 && code < 2000) || (code >= 8002 && code < 8018) || code === 17002 || code === 17008)
    return 'syntax';
  return 'compiler-specific';
}
