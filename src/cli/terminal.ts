/** The process's streams as the CLI uses them: one write of output, progress and log beside it, and broken pipes endured. */

import { neutralise } from '../base/neutralise.ts';
import type { Progress } from '../base/progress.ts';
import type { Log } from '../core/ports.ts';

const PROGRESS_EVERY_MS = 100;

export class Terminal {
  private shown = false;
  private lastShown = 0;
  private readerLeft = false;

  constructor(
    private readonly stdout: NodeJS.WriteStream,
    private readonly stderr: NodeJS.WriteStream,
    private readonly verbose: boolean,
  ) {
    // A reader that went away (`| head`) or a full disk fails the write's callback; without a listener
    // the same error would also be thrown from the stream.
    stdout.on('error', () => undefined);
    stderr.on('error', () => undefined);
  }

  get interactive(): boolean {
    return this.stderr.isTTY === true;
  }

  /** Whether text output goes to a terminal that may be coloured. */
  get colours(): boolean {
    return this.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  }

  /** False once the reader of standard output went away: nobody sees what is written from then on. */
  get isRead(): boolean {
    return !this.readerLeft;
  }

  /** Writes all of the output; a reader that closed early is no error, anything else is thrown. */
  async write(text: string): Promise<void> {
    this.clearProgress();
    await new Promise<void>((resolve, reject) => {
      this.stdout.write(text, (error) => {
        const isLeft = (error as NodeJS.ErrnoException | null | undefined)?.code === 'EPIPE';
        this.readerLeft ||= isLeft;
        if (error && !isLeft) reject(error);
        else resolve();
      });
    });
  }

  /** One line about what went wrong or deserves attention, on standard error. */
  note(message: string): void {
    this.clearProgress();
    this.stderr.write(`${neutralise(message)}\n`);
  }

  /** Progress is for people who watch: nothing is written unless standard error is a terminal. */
  readonly progress = ({ step, done, total }: Progress): void => {
    if (!this.interactive) return;
    const now = performance.now();
    if (this.shown && now - this.lastShown < PROGRESS_EVERY_MS) return;
    this.lastShown = now;
    this.shown = true;
    const share = total ? ` ${done} of ${total} (${Math.floor((100 * done) / total)} %)` : done ? ` ${done}` : '';
    this.stderr.write(`\r\u001b[K${neutralise(step)}${share}`);
  };

  clearProgress(): void {
    if (!this.shown) return;
    this.shown = false;
    this.stderr.write('\r\u001b[K');
  }

  /** Warnings and errors always, the rest with --verbose. */
  readonly log: Log = {
    debug: (message) => this.verbose && this.note(message),
    info: (message) => this.verbose && this.note(message),
    warn: (message) => this.note(`warning: ${message}`),
    error: (message, cause) => this.note(`error: ${message}${cause === undefined ? '' : ` (${String(cause)})`}`),
  };
}
