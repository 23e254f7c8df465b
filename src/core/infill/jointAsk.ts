/** Joins what several samples ask at the same time into one forward pass. */
import type { Distribution } from './distribution.ts';
import type { Ask } from './sampler.ts';

/** What one sample asks of its row, `conditioned` or not. */
export interface Question {
  /** Number of the sample. */
  readonly sample: number;
  readonly ids: Int32Array;
  readonly positions: readonly number[];
  readonly conditioned: boolean;
}

interface Waiting extends Question {
  resolve(answer: readonly Distribution[]): void;
  reject(error: unknown): void;
}

/** Answers when every sample that is still at work has asked: the order of the questions depends on nothing but the samples. */
export class JointAsk {
  private waiting: Waiting[] = [];
  private readonly working: Set<number>;
  private isDue = false;

  constructor(
    samples: number,
    private readonly answer: (questions: readonly Question[]) => Promise<readonly (readonly Distribution[])[]>,
  ) {
    this.working = new Set(Array.from({ length: samples }, (_, sample) => sample));
  }

  askOf(sample: number): Ask {
    return (ids, positions, conditioned) =>
      new Promise((resolve, reject) => {
        this.waiting.push({ sample, ids, positions, conditioned, resolve, reject });
        this.look();
      });
  }

  /** To be called when a sample is done or failed, so that nobody waits for it. */
  leave(sample: number): void {
    this.working.delete(sample);
    this.look();
  }

  /** A sample asks with and without its conditions in one turn, so the pass starts when the turn has ended. */
  private look(): void {
    if (this.isDue) return;
    this.isDue = true;
    queueMicrotask(() => {
      this.isDue = false;
      const asked = new Set(this.waiting.map(({ sample }) => sample));
      if (this.waiting.length > 0 && [...this.working].every((sample) => asked.has(sample))) void this.pass();
    });
  }

  private async pass(): Promise<void> {
    const questions = this.waiting.sort((a, b) => a.sample - b.sample || Number(b.conditioned) - Number(a.conditioned));
    this.waiting = [];
    try {
      const answers = await this.answer(questions);
      questions.forEach(({ resolve }, i) => void resolve(answers[i] as readonly Distribution[]));
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
  }
}
