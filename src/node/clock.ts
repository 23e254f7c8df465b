/** The Clock port on Node. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

export const nodeClock: Clock = {
  now: () => performance.now(),
  yieldNow: () => setImmediate(),
};
