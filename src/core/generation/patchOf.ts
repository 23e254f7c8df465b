/** A filled hole as a patch, with its risk; only what the hole allows has changed. */
import { buildPatch } from '../edits/buildPatch.ts';
import type { Patch } from '../edits/patch.ts';
import { type RiskModel, scoreRisk } from '../edits/risk.ts';
import type { Validation } from './generation.ts';

/**
 * Belief that what somebody wrote is what was meant, where the tools have nothing against it: nobody has measured it for
 * this repository, so that the risk is never that of a compiler's own fix.
 */
const CONFIDENCE = { model: 0.5, repository: 0.35, unchecked: 0.5 };

export function patchOf(
  change: {
    readonly title: string;
    readonly path: string;
    readonly beforeHash: string;
    readonly before: string;
    readonly after: string;
    readonly sources: readonly string[];
    readonly writtenBy: 'model' | 'repository';
  },
  validation: Validation,
  riskModel: RiskModel,
): Patch {
  const { title, path, beforeHash, before, after, sources, writtenBy } = change;
  const files = [{ path, beforeHash, before, after }];
  const { added, tools, syntaxErrors } = validation;
  const checked = tools.length > 0 ? 1 : CONFIDENCE.unchecked;
  const risk = scoreRisk(
    {
      files,
      targets: [path],
      syntaxErrors,
      errorsBefore: validation.before.length,
      errorsLeft: validation.after.length - added.length,
      errorsAdded: added.length,
      changedExports: [],
      tests: 'notRun',
      confidence: CONFIDENCE[writtenBy] * checked,
    },
    riskModel,
  );
  return buildPatch({
    ...{ title, files, risk, syntaxErrors, sources },
    validationErrors: validation.after.length,
    validatedBy: tools,
  });
}
