/** The engines that a batch asks: those of the repositories that were asked last stay open, since each has a model's process and a corpus of its own. */
import type { RepositoryEngine } from '../../core/engine.ts';
import type { Invocation } from '../command.ts';
import { isTrusted, openFor } from '../session.ts';

/** A batch over many repositories must not need the memory of all of them. */
const MOST_OPEN = 4;

export interface OpenEngine {
  readonly engine: RepositoryEngine;
  /** What no request names: without a server nobody is asked again and again. */
  readonly model: { readonly model?: null };
}

export class BatchEngines {
  /** By root, the one that was asked last at the end. */
  private readonly opened = new Map<string, OpenEngine>();

  /** `isModelAsked`: a language model may stand in that no option names. */
  constructor(
    private readonly invocation: Invocation,
    private readonly isModelAsked: boolean,
  ) {}

  /** Opens and mines what is not open, and closes the one that was not asked for the longest time. */
  async of(root: string): Promise<OpenEngine> {
    const known = this.opened.get(root) ?? (await this.open(root));
    this.opened.delete(root);
    this.opened.set(root, known);
    return known;
  }

  async close(): Promise<void> {
    const engines = [...this.opened.values()];
    this.opened.clear();
    await Promise.all(engines.map(({ engine }) => engine.close()));
  }

  private async open(root: string): Promise<OpenEngine> {
    const [longest] = this.opened;
    if (longest && this.opened.size >= MOST_OPEN) {
      this.opened.delete(longest[0]);
      await longest[1].engine.close();
    }
    const { invocation } = this;
    const engine = await openFor(invocation, root, isTrusted(invocation, root));
    try {
      await engine.mine({}, invocation.call);
      const ready = !this.isModelAsked || (await engine.modelStatus({}, invocation.call)).ready;
      return { engine, model: ready ? {} : { model: null } };
    } catch (error) {
      await engine.close();
      throw error;
    }
  }
}
