/** What is known of the model of each folder: from its server's answer when asked, and from every answer to a request. */

import type { LodestoneError } from '../../base/errors.ts';
import { Emitter } from '../../base/events.ts';
import type { CompletionReport } from '../../core/completion/completion.ts';
import type { ModelStatus } from '../../core/engine.ts';

export type ModelState = 'unknown' | 'ready' | 'none' | 'missing' | 'noServer' | 'failed';

export interface ModelKnowledge {
  readonly state: ModelState;
  readonly model: string | null;
  /** Why it is not ready, in the engine's words. */
  readonly problem?: NonNullable<ModelStatus['problem']>;
}

const UNKNOWN: ModelKnowledge = { state: 'unknown', model: null };

export class ModelWatch {
  private readonly byRoot = new Map<string, ModelKnowledge>();
  private readonly changed = new Emitter<void>();

  constructor(private readonly ask: (root: string) => Promise<ModelStatus>) {}

  /** Fires when what is known of a model changed. */
  readonly onChange = this.changed.on;

  of(root: string): ModelKnowledge {
    return this.byRoot.get(root) ?? UNKNOWN;
  }

  async refresh(root: string): Promise<ModelStatus> {
    const status = await this.ask(root);
    this.set(root, knowledgeOf(status));
    return status;
  }

  /** Learns from an answer to a request; returns whether this is news. */
  learn(root: string, { model, notice, completions, rejected }: CompletionReport): boolean {
    if (notice) return this.set(root, { state: stateOf(notice.code), model: this.of(root).model, problem: notice });
    // The repository's own word alone says nothing of a model that was not asked.
    if (model !== null && completions.length + rejected.length > 0) return this.set(root, { state: 'ready', model });
    return false;
  }

  forget(): void {
    this.byRoot.clear();
    this.changed.fire();
  }

  private set(root: string, known: ModelKnowledge): boolean {
    const before = this.of(root);
    if (before.state === known.state && before.problem?.message === known.problem?.message) return false;
    this.byRoot.set(root, known);
    this.changed.fire();
    return true;
  }
}

function knowledgeOf({ model, ready, problem, installed, endpoint }: ModelStatus): ModelKnowledge {
  if (model === null) return { state: 'none', model };
  if (ready) return { state: 'ready', model };
  if (problem) return { state: stateOf(problem.code), model, problem };
  const message = `${endpoint} has no model ${model}${installed.length ? `; it has ${installed.slice(0, 5).join(', ')}` : ''}.`;
  return { state: 'missing', model, problem: { code: 'modelMissing', message, advice: '' } };
}

function stateOf(code: LodestoneError['code']): ModelState {
  if (code === 'modelMissing') return 'missing';
  return code === 'modelServerDown' ? 'noServer' : 'failed';
}
