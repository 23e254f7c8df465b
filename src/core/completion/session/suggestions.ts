/** Suggestions while somebody types: served from the cache, from a request that runs already, or asked for; never two at once. */
import { Debounce } from './debounce.ts';
import { type Cursor, closersAfter, type Offer } from './offer.ts';
import { OfferCache } from './offerCache.ts';

/** Asks for an answer; `onPartial` hears the text as far as it is written. */
export type Ask = (signal: AbortSignal, onPartial: (text: string) => void) => Promise<Offer>;

/** Where a suggestion came from: remembered, from a request made for an earlier cursor, or asked for here. */
export type Origin = 'cache' | 'overtaken' | 'asked';

export interface Suggested {
  readonly offer: Offer;
  readonly origin: Origin;
}

export interface SuggestOptions {
  /** A person asked: nothing is waited for, and what was remembered for those who did not ask is too little. */
  readonly manual: boolean;
  readonly signal: AbortSignal;
}

/** Time, as far as a session needs it. */
export interface SessionClock {
  now(): number;
  /** Runs `callback` after `ms`; the function that is returned calls it off. */
  after(ms: number, callback: () => void): () => void;
}

interface Running {
  readonly cursor: Cursor;
  readonly controller: AbortController;
  /** Resolves when it is over for those who wait: answered, failed or given up. Never rejects. */
  readonly over: Promise<void>;
  readonly giveUp: () => void;
  partial: string;
  failure: unknown;
  waiting: number;
}

/** A request that nobody waits for goes on for so long: the next key's question for it comes within this time. */
const GRACE_MS = 400;

export class Suggestions {
  private readonly cache: OfferCache;
  private readonly debounce = new Debounce();
  private running: Running | undefined;
  private latest: Cursor | undefined;
  private stopGrace: (() => void) | undefined;

  constructor(
    private readonly clock: SessionClock,
    options: { readonly cached?: number } = {},
  ) {
    this.cache = new OfferCache(options.cached);
  }

  /** Requests that run now: 0 or 1. */
  get active(): number {
    return this.running ? 1 : 0;
  }

  /** Undefined: the signal fired, or the cursor is elsewhere by now. Throws what `ask` throws. */
  async suggest(cursor: Cursor, ask: Ask, { manual, signal }: SuggestOptions): Promise<Suggested | undefined> {
    this.latest = cursor;
    let origin: Origin = 'cache';
    let waited = false;
    const began = this.clock.now();
    while (!signal.aborted) {
      const offer = this.cache.find(cursor);
      if (offer && (!manual || offer.manual || origin !== 'cache')) {
        if (same(this.latest, cursor)) this.endUnlessFits(cursor);
        return { offer, origin };
      }
      const { running } = this;
      if (running && fits(running, cursor)) {
        if (origin !== 'asked') origin = 'overtaken';
        await this.wait(running, signal);
        if (running.failure !== undefined && !signal.aborted) throw running.failure;
        continue;
      }
      if (!same(this.latest, cursor)) return undefined;
      this.endUnlessFits(cursor);
      if (waited) {
        origin = 'asked';
        this.start(cursor, ask);
      } else {
        waited = true;
        // Time that went by while another request was waited for is a pause too.
        await this.pause(this.debounce.delay({ manual }) - (this.clock.now() - began), signal);
      }
    }
    return undefined;
  }

  /** Asks for what will be wanted next; nobody waits for it yet. */
  prefetch(cursor: Cursor, ask: Ask): void {
    this.moved(cursor);
    if (!this.running && !this.cache.find(cursor)) this.start(cursor, ask);
  }

  /** The document or its cursor is now like this: a request that it contradicts ends at once. Undefined: there is no cursor. */
  moved(cursor: Cursor | undefined): void {
    this.latest = cursor;
    this.endUnlessFits(cursor);
  }

  /** What was answered is no longer what would be answered: a setting or the model changed. */
  forget(): void {
    this.forgetAnswers();
    this.endUnlessFits(undefined);
  }

  /** The same, of what was answered so far: a request that runs goes on. */
  forgetAnswers(): void {
    this.cache.clear();
  }

  dispose(): void {
    this.moved(undefined);
  }

  private start(cursor: Cursor, ask: Ask): void {
    const controller = new AbortController();
    const started = this.clock.now();
    const { promise: over, resolve: giveUp } = Promise.withResolvers<void>();
    const running: Running = { cursor, controller, over, giveUp, partial: '', failure: undefined, waiting: 0 };
    this.running = running;
    const onPartial = (partial: string) => {
      running.partial = partial;
      // What was typed meanwhile may be what it writes, or not.
      if (this.running === running) this.endUnlessFits(this.latest);
    };
    const work = async () => {
      try {
        const offer = await ask(controller.signal, onPartial);
        if (controller.signal.aborted) return;
        this.debounce.measured(this.clock.now() - started);
        this.cache.set(cursor, offer);
      } catch (error) {
        if (!controller.signal.aborted) running.failure = error;
      } finally {
        this.leave(running);
      }
    };
    void work();
  }

  private endUnlessFits(cursor: Cursor | undefined): void {
    const { running } = this;
    if (!running || (cursor && fits(running, cursor))) return;
    running.controller.abort();
    this.leave(running);
  }

  private leave(running: Running): void {
    running.giveUp();
    if (this.running !== running) return;
    this.running = undefined;
    this.stopGrace?.();
    this.stopGrace = undefined;
  }

  /** Waits until a request is over or the signal fires; when the last one leaves, it has a moment to be wanted again. */
  private async wait(running: Running, signal: AbortSignal): Promise<void> {
    running.waiting++;
    this.stopGrace?.();
    await Promise.race([running.over, fired(signal)]);
    running.waiting--;
    if (running.waiting > 0 || this.running !== running) return;
    this.stopGrace?.();
    this.stopGrace = this.clock.after(GRACE_MS, () => {
      if (this.running === running && running.waiting === 0) this.endUnlessFits(undefined);
    });
  }

  private async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (ms <= 0) return;
    const { promise: passed, resolve } = Promise.withResolvers<void>();
    const callOff = this.clock.after(ms, resolve);
    await Promise.race([passed, fired(signal)]);
    callOff();
  }
}

function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function same(a: Cursor | undefined, b: Cursor): boolean {
  return a !== undefined && a.document === b.document && a.prefix === b.prefix && a.suffix === b.suffix;
}

/** Whether a request's answer may still be of use at a cursor: what was typed since is, so far, what it writes. */
function fits({ cursor, partial }: Pick<Running, 'cursor' | 'partial'>, now: Cursor): boolean {
  if (now.document !== cursor.document || !now.prefix.startsWith(cursor.prefix)) return false;
  const typed = now.prefix.slice(cursor.prefix.length);
  if (!partial.startsWith(typed) && !typed.startsWith(partial)) return false;
  return closersAfter(typed, now.suffix).some((closers) => now.suffix.slice(closers) === cursor.suffix);
}
