/** The executor (BD12): what may be applied goes to disk as one transaction; with any regression every file goes back, and it is recorded. */
import { toLodestoneError } from '../../../base/errors.ts';
import { inShort } from '../../../base/findings.ts';
import { applyEdits, sortEdits } from '../../../base/textEdit.ts';
import { buildPatch } from '../../edits/buildPatch.ts';
import type { FilePatch, Patch } from '../../edits/patch.ts';
import type { AppliedPatch } from '../../engine.ts';
import type { Finding } from '../../generation/generation.ts';
import type { BuiltPatch, ExecuteReport, ExecuteRequest, Execution } from './build.ts';
import type { ProvenanceOutcome } from './provenance.ts';

/** What the project's tests said. */
type Checked = Pick<ExecuteReport, 'tests' | 'notes'>;

export interface ExecutorDeps {
  /** Writes a patch, all or nothing, asks tools and tests again, and takes it back where they report what was not promised. */
  apply(request: {
    readonly patch: Patch;
    readonly files: readonly { readonly path: string; readonly after: readonly Finding[] }[];
    readonly trusted: boolean;
    readonly tests: boolean;
  }): Promise<AppliedPatch & Checked & { regression?: { readonly errors: readonly Finding[] } }>;
  /** Whether the text of a file parses. */
  parses(path: string, text: string): Promise<boolean>;
  record(ids: readonly string[], outcome: ProvenanceOutcome): void;
}

/** A file with the edits of all patches so far. */
interface Merged {
  readonly file: FilePatch;
  readonly promised: readonly Finding[];
}

/**
 * Nothing is applied that `canApply` does not allow. Throws where the disk or the store refuse (storeReadOnly, storeFull …) and
 * `cancelled`: no file has changed then.
 */
export async function execute(request: ExecuteRequest, deps: ExecutorDeps): Promise<ExecuteReport> {
  const { patches, trusted, tests, maxRisk = 1 } = request;
  const files = new Map<string, Merged>();
  const taken: BuiltPatch[] = [];
  const refused = new Map<BuiltPatch, string>();
  for (const built of patches) {
    const isRisky = built.canApply && built.riskScore > maxRisk;
    const why = isRisky
      ? `Its risk ${built.riskScore.toFixed(2)} is above the limit of ${maxRisk}.`
      : await merge(built, files, deps);
    if (why === undefined) taken.push(built);
    else refused.set(built, why);
  }
  const report = (
    outcome: Execution['outcome'],
    reason: string,
    appliedId: string | null,
    checked: Checked = { tests: 'notRun', notes: [] },
  ): ExecuteReport => ({
    executions: patches.map((built) => {
      const why = refused.get(built);
      const { filePath } = built;
      return why === undefined ? { filePath, outcome, reason } : { filePath, outcome: 'notApplied', reason: why };
    }),
    appliedId,
    tests: checked.tests,
    notes: checked.notes,
  });
  if (taken.length === 0) return report('notApplied', '', null);
  const ids = taken.flatMap(({ provenance }) => provenance.map(({ id }) => id));
  const all = [...files.values()];
  try {
    const { id, regression, ...checked } = await deps.apply({
      patch: transactionOf(taken, all),
      files: all.map(({ file: { path }, promised }) => ({ path, after: promised })),
      ...{ trusted, tests: tests && trusted },
    });
    deps.record(ids, regression ? 'regressed' : 'accepted');
    if (regression) {
      const what = all.length > 1 ? `, all ${all.length} files` : '';
      return report('rolledBack', `Written and taken back${what}: ${inShort(regression.errors)}`, null, checked);
    }
    return report('applied', '', id, checked);
  } catch (error) {
    const { code, message } = toLodestoneError(error);
    if (code !== 'fileChanged' && code !== 'notARepositoryFile' && code !== 'unreadable') throw error;
    return report('notApplied', `Nothing was written: ${message}`, null);
  }
}

/** Adds a patch to the transaction; the reason where it cannot be a part of it. */
async function merge(
  { canApply, patch, promised, error, validatedBy, isValidSyntax, validationErrors, filePath }: BuiltPatch,
  files: Map<string, Merged>,
  { parses }: ExecutorDeps,
): Promise<string | undefined> {
  if (error) return error.message;
  if (!patch) return 'The code is what stands there already.';
  if (!canApply) {
    if (!isValidSyntax || validationErrors.length > 0)
      return `With it the file has errors: ${validationErrors[0] ?? 'it does not parse.'}`;
    return validatedBy.length === 0
      ? 'No tool could validate it: trust the repository, or see "lodestone doctor".'
      : 'It holds stubs for somebody to fill in.';
  }
  for (const file of patch.files) {
    const known = files.get(file.path);
    if (!known) {
      files.set(file.path, { file, promised });
      continue;
    }
    if (known.file.beforeHash !== file.beforeHash) return `${filePath} changed between two plans.`;
    const edits = together(known.file, file);
    if (!edits) return `Another plan with a higher priority changes the same code of ${filePath}.`;
    const after = applyEdits(file.before, edits);
    if (!(await parses(file.path, after))) return `Together with another plan's change ${filePath} does not parse.`;
    files.set(file.path, { file: { ...known.file, after, edits }, promised: either(known.promised, promised) });
  }
  return undefined;
}

/** Undefined where two edits touch the same code. */
function together({ before, edits }: FilePatch, other: FilePatch): FilePatch['edits'] | undefined {
  const all = [...edits, ...other.edits];
  const isInsertedTwice = edits.some((a) => other.edits.some((b) => a.start === b.start));
  if (isInsertedTwice) return undefined;
  try {
    return sortEdits(all, before.length);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Errors that one or the other patch announced: of each as many as the one that announced more. */
function either(one: readonly Finding[], other: readonly Finding[]): Finding[] {
  const key = ({ tool, code, message }: Finding) => `${tool}\0${code}\0${message}`;
  const left = Map.groupBy(one, key);
  return [...one, ...other.filter((finding) => left.get(key(finding))?.shift() === undefined)];
}

function transactionOf(taken: readonly BuiltPatch[], all: readonly Merged[]): Patch {
  const [only] = taken;
  const title =
    taken.length === 1 ? (only?.patch?.title ?? '') : `Carry out ${taken.length} plans in ${all.length} files`;
  const right = taken.reduce((product, { riskScore }) => product * (1 - riskScore), 1);
  return buildPatch({
    title,
    files: all.map(({ file: { path, beforeHash, before, after } }) => ({ path, beforeHash, before, after })),
    risk: taken.length === 1 && only ? only.risk : { score: Math.round((1 - right) * 10_000) / 10_000, components: [] },
    ...{ syntaxErrors: 0, validationErrors: 0 },
    sources: [...new Set(taken.flatMap(({ patch }) => patch?.sources ?? []))],
    validatedBy: [...new Set(taken.flatMap(({ validatedBy }) => validatedBy))],
  });
}
