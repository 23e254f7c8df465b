/** Whether the machine runs on battery, asked of the engine now and then while the setting wants to know. */
import type * as vscode from 'vscode';
import type { PowerState } from '../../core/engine.ts';

/** An answer is believed for so long. */
const BELIEVED_MS = 30_000;

export class PowerWatch implements vscode.Disposable {
  private onBattery = false;
  private asked = Number.NEGATIVE_INFINITY;
  private disposed = false;

  constructor(
    private readonly ask: () => Promise<PowerState | undefined>,
    private readonly wanted: () => boolean,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The model is to be left alone. Answers at once by what is known, and asks anew where that is old. */
  get saves(): boolean {
    if (!this.wanted()) return false;
    if (this.now() - this.asked > BELIEVED_MS && !this.disposed) void this.refresh();
    return this.onBattery;
  }

  async refresh(): Promise<void> {
    this.asked = this.now();
    try {
      this.onBattery = (await this.ask())?.onBattery ?? false;
    } catch {
      // Nobody can tell: then nothing is withheld.
      this.onBattery = false;
    }
  }

  dispose(): void {
    this.disposed = true;
  }
}
