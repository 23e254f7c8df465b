/** The arms of the completion benchmark: which sources of the context a model is given. */
import { CONTEXT_SOURCES, type ContextSource } from '../../core/completion/completion.ts';

export interface Arm {
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** No model is asked. */
  readonly repository?: boolean;
  readonly leaveOut: readonly ContextSource[];
}

/** What an editor's provider gives besides what is compared: other files and the repository's name. */
const AROUND: readonly ContextSource[] = ['related', 'repository'];

export const REPOSITORY_ARM: Arm = { id: 'repository', title: 'repository, no model', repository: true, leaveOut: [] };
export const BASELINE = 'none';

export const MODEL_ARMS: readonly Arm[] = [
  { id: BASELINE, title: 'model, file alone', leaveOut: CONTEXT_SOURCES },
  { id: 'block', title: '+ consider-block', leaveOut: ['seed', 'retries', ...AROUND] },
  { id: 'asa', title: '+ consider-block + ASA', leaveOut: AROUND },
  { id: 'all', title: 'all that the editor gives', leaveOut: [] },
];

/** It leaves out one source, to tell what that is worth. */
export const isAblation = ({ leaveOut }: Arm): boolean => leaveOut.length === 1;

/** All but one source each. */
export const ABLATIONS: readonly Arm[] = CONTEXT_SOURCES.map((source) => ({
  ...{ id: `without-${source}`, title: `all without ${source}`, leaveOut: [source] },
}));
