/** Searches fix rules for Python on its compiler: the candidates it proposes have compiled. */
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../base/errors.ts';
import { LineIndex } from '../../base/lineIndex.ts';
import { applyEdits, type TextEdit } from '../../base/textEdit.ts';
import { type FixRule, type NameSource, proposeFromRules, type RuleProposal } from '../../core/edits/fixRules.ts';
import { minimalEdits } from '../../core/edits/minimalEdits.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import type { PythonChecker, PythonError } from './pythonChecker.ts';

interface RepairRequest {
  readonly path: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly rules: readonly FixRule[];
  readonly names?: NameSource;
}

/** A text on the way to compiling: what was done to it, and the first error it has now. */
interface State {
  readonly text: string;
  readonly steps: readonly RuleProposal[];
  readonly confidence: number;
  readonly error: PythonError;
}

interface Tried {
  readonly proposal: RuleProposal;
  readonly text: string;
  readonly errors: readonly PythonError[];
}

/** Slips repaired in one go, states kept per round, and candidates handed on. */
const MAX_STEPS = 8;
const BEAM = 6;
const MAX_PROPOSED = 8;
/** UTF-16 units compiled per round: bounds the time on long files without a clock, so that results stay the same. */
const ROUND_UNITS = 1_500_000;
const MAX_TRIES = 160;
const MIN_TRIES = 8;
/** The likeliest are compiled first; where one of them does, the others are not asked. */
const FIRST_TRIES = 32;
/** In a text above this size, a few at a time, and no second look at names. */
const LARGE = 150_000;
const FIRST_TRIES_LARGE = 3;
/** What each further undefined name makes of a candidate's confidence. */
const UNDEFINED_NAME = 0.85;

export async function repairPython(
  request: RepairRequest,
  checker: PythonChecker,
  signal?: AbortSignal,
): Promise<FixCandidate[]> {
  const syntax = request.diagnostics.find(({ category, tool }) => category === 'syntax' && tool === 'python');
  const others = request.diagnostics.filter(({ category }) => category !== 'syntax');
  const candidates: FixCandidate[] = [];
  if (syntax) candidates.push(...(await repairSyntax(request, syntax, checker, signal)));
  if (others.length) {
    const asked = { ...ruleRequest(request, request.text), diagnostics: others };
    const proposals = await proposeFromRules(request.rules, asked, turnFor(signal));
    const tried = await compiling(request, request.text, proposals, checker, signal, 1);
    candidates.push(...tried.filter(({ errors }) => !errors.some(isSyntax)).map(({ proposal }) => withKind(proposal)));
  }
  return candidates;
}

/** Lets a cancellation be heard between two diagnostics. */
function turnFor(signal: AbortSignal | undefined): () => Promise<boolean> {
  return async () => {
    await setImmediate();
    throwIfAborted(signal);
    return true;
  };
}

async function repairSyntax(
  request: RepairRequest,
  diagnostic: Diagnostic,
  checker: PythonChecker,
  signal?: AbortSignal,
): Promise<FixCandidate[]> {
  const answers = `${diagnostic.tool}:${diagnostic.code}:${diagnostic.line}:${diagnostic.column}`;
  const found = new Map<string, State>();
  const seen = new Set([request.text]);
  let states: State[] = [{ text: request.text, steps: [], confidence: 1, error: diagnostic }];
  for (let round = 0; round < MAX_STEPS && states.length; round++) {
    const next: State[] = [];
    for (const state of states) {
      const own = { ...state.error, path: request.path, tool: 'python' };
      const asked = { ...ruleRequest(request, state.text), diagnostics: [own] };
      const proposals = await proposeFromRules(request.rules, asked, turnFor(signal));
      for (const { proposal, text, errors } of await compiling(
        request,
        state.text,
        proposals,
        checker,
        signal,
        states.length,
      )) {
        if (seen.has(text)) continue;
        const error = errors.find(isSyntax);
        const step: State = {
          text,
          steps: [...state.steps, proposal],
          confidence: state.confidence * proposal.confidence,
          error: error ?? state.error,
        };
        if (!error) {
          seen.add(text);
          found.set(text, step);
        } else if (isFurther(state, step)) {
          seen.add(text);
          next.push(step);
        }
      }
    }
    // What compiles after fewer steps is the smaller change; going on is for files with several slips.
    if (found.size) break;
    states = next.sort(byPromise).slice(0, BEAM);
  }
  const likeliest = [...found.values()].sort(byConfidence).slice(0, 2 * MAX_PROPOSED);
  const weighed = await weighNames(request, likeliest, checker, signal);
  return weighed
    .sort(byConfidence)
    .slice(0, MAX_PROPOSED)
    .map((state) => toCandidate(request, state, answers));
}

/** Of two ways to make the file compile, the one that leaves fewer names undefined was more likely meant. */
async function weighNames(
  request: RepairRequest,
  states: readonly State[],
  checker: PythonChecker,
  signal?: AbortSignal,
): Promise<State[]> {
  if (states.length < 2 || request.text.length > LARGE) return [...states];
  const files = states.map(({ text }) => ({ path: request.path, text, look: 'names' as const }));
  const results = await checker.check(files, signal);
  const counts = results.map((errors) => new Set(errors.map(({ message }) => message)).size);
  const least = Math.min(...counts);
  return states.map((state, index) => ({
    ...state,
    confidence: state.confidence * UNDEFINED_NAME ** ((counts[index] as number) - least),
  }));
}

const byConfidence = (a: State, b: State) => b.confidence - a.confidence || (a.text < b.text ? -1 : 1);

/** The next error lies on a later line of what was there before, or is another error on a line that changed. */
function isFurther(before: State, after: State): boolean {
  const from = before.error;
  const to = after.error;
  // Strings without an end are reported first, then brackets, then what the parser finds, wherever they are.
  if (stageOf(to) > stageOf(from)) return true;
  const grown = new LineIndex(after.text).lineCount - new LineIndex(before.text).lineCount;
  if (to.line !== from.line + grown) return to.line > from.line + Math.max(0, grown);
  return to.column > from.column || (to.message !== from.message && to.column >= from.column);
}

/** Further down the file first, then likelier. */
function byPromise(a: State, b: State): number {
  const score = ({ confidence, error, steps }: State) =>
    Math.log(Math.max(confidence, 1e-6)) + 0.08 * error.line + 0.2 * steps.length;
  return score(b) - score(a) || (a.text < b.text ? -1 : 1);
}

async function compiling(
  request: RepairRequest,
  text: string,
  proposals: readonly RuleProposal[],
  checker: PythonChecker,
  signal: AbortSignal | undefined,
  /** How many texts share the round. */
  states: number,
): Promise<Tried[]> {
  const tries = Math.max(MIN_TRIES, Math.min(MAX_TRIES, Math.floor(ROUND_UNITS / Math.max(1, text.length * states))));
  const tried: Tried[] = [];
  const first = Math.min(tries, text.length > LARGE ? FIRST_TRIES_LARGE : FIRST_TRIES);
  for (const chosen of [proposals.slice(0, first), proposals.slice(first, tries)]) {
    if (!chosen.length || tried.some(({ errors }) => !errors.length)) break;
    const candidates = chosen.map(({ edits }) =>
      [...(edits[request.path] as readonly TextEdit[])].sort((a, b) => a.start - b.start || a.end - b.end),
    );
    const results = await checker.try({ path: request.path, text, candidates }, signal);
    chosen.forEach((proposal, index) => {
      const after = applyEdits(text, candidates[index] as readonly TextEdit[]);
      tried.push({ proposal, text: after, errors: results[index] ?? [] });
    });
  }
  return tried;
}

function ruleRequest(request: RepairRequest, text: string) {
  return { path: request.path, family: 'python' as const, text, ...(request.names ? { names: request.names } : {}) };
}

function toCandidate(request: RepairRequest, state: State, answers: string): FixCandidate {
  const titles = [...new Set(state.steps.map(({ title }) => title))];
  const sources = [...new Set(state.steps.map(({ source }) => source))];
  const edits = minimalEdits(request.text, state.text);
  return {
    id: `python-repair@${answers}#${edits.map((edit) => `${edit.start}-${edit.end}:${edit.newText}`).join(',')}`,
    title: titles.join('; '),
    source: sources.join(' + '),
    kind: sources.join('+'),
    edits: { [request.path]: edits },
    confidence: Math.round(state.confidence ** (1 / Math.max(1, state.steps.length)) * 1000) / 1000,
    answers,
    fromTool: false,
  };
}

function withKind(proposal: RuleProposal): FixCandidate {
  return { ...proposal, kind: proposal.source };
}

function stageOf({ message }: PythonError): number {
  if (/unterminated|EOL while|EOF while scanning/.test(message)) return 0;
  return /never closed|unmatched|does not match opening/.test(message) ? 1 : 2;
}

const isSyntax = ({ code }: PythonError) => code !== 'NameError' && code !== 'AttributeError';
