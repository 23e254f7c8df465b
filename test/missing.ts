/** How a test says that this machine lacks something: it is skipped with the reason, and `npm test` tells it at its end. */
import type { Context } from 'mocha';

/** Skips the running test (or, in a `before` hook, its suite) unless `found`; under LODESTONE_TEST=all that is a failure. */
export function needs(context: Context, found: unknown, what: string): void {
  if (found) return;
  if (process.env.LODESTONE_TEST === 'all') throw new Error(`${what} is missing, and LODESTONE_TEST=all needs it.`);
  const test = context.test as { missing?: string; parent?: { missing?: string } } | undefined;
  if (test) test.missing = `${what} is missing`;
  if (test?.parent) test.parent.missing ??= `${what} is missing`;
  context.skip();
}
