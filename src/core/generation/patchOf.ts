/** A filled hole as a patch, with its risk; only what the hole allows has changed. */
import { buildPatch } from '../edits/buildPatch.ts';
import type { Patch, Risk } from '../edits/patch.ts';
import { type RiskComponentName, type RiskModel, scoreRisk } from '../edits/risk.ts';
import type { Validation } from './generation.ts';
import { shareRight } from './nearestBody.ts';

/**
 * Who wrote it; `likeness` is that of the function that the body was taken from, absent where words were matched; `confidence` a
 * calibrated chance, in [0, 1], that it is exactly what belongs there.
 */
export type Author =
  | { readonly model: string }
  | { readonly model?: undefined; readonly likeness: number | undefined; readonly confidence?: undefined }
  | { readonly model?: undefined; readonly confidence: number };

/** Share of right answers where nobody has measured it: assumed, and said to be. */
const ASSUMED = { model: 0.5, words: 0.05 };
/** What is left of it where no tool but the parser has looked. */
const UNCHECKED = 0.5;

export function patchOf(
  change: {
    readonly title: string;
    readonly path: string;
    readonly beforeHash: string;
    readonly before: string;
    readonly after: string;
    readonly sources: readonly string[];
    readonly author: Author;
  },
  validation: Validation,
  riskModel: RiskModel,
): Patch {
  const { title, path, beforeHash, before, after, sources, author } = change;
  const files = [{ path, beforeHash, before, after }];
  const { added, tools, syntaxErrors } = validation;
  const ofChange = scoreRisk(
    {
      files,
      targets: [path],
      syntaxErrors,
      errorsBefore: validation.before.length,
      errorsLeft: validation.after.length - added.length,
      errorsAdded: added.length,
      changedExports: [],
      tests: 'notRun',
      confidence: 1,
    },
    riskModel,
  );
  return buildPatch({
    ...{ title, files, risk: withDoubt(ofChange, author, tools.length > 0), syntaxErrors, sources },
    validationErrors: validation.after.length,
    validatedBy: tools,
  });
}

/**
 * The risk model was fitted on repairs of errors that compilers name. Code that somebody made up can be wrong without any
 * error: it is right where its author is and where the change alone gives no reason for doubt.
 */
function withDoubt(risk: Risk, author: Author, isChecked: boolean): Risk {
  const { share, explanation } = trustIn(author, isChecked);
  return {
    score: round(1 - share * (1 - risk.score)),
    components: risk.components.map((component) => {
      if (component.name === 'source') return { ...component, value: round(1 - share), explanation };
      const unknown = isChecked ? undefined : UNKNOWN[component.name];
      return unknown === undefined ? component : { ...component, explanation: unknown };
    }),
  };
}

/** What only tools could tell. */
const UNKNOWN: Partial<Record<RiskComponentName, string>> = {
  errorsLeft: 'No tool has looked whether errors are left.',
  errorsAdded: 'No tool has looked for new errors.',
};

function trustIn(author: Author, isChecked: boolean): { share: number; explanation: string } {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  if (author.model !== undefined) {
    const share = ASSUMED.model * (isChecked ? 1 : UNCHECKED);
    const unchecked = isChecked ? '' : ', since no compiler has looked at it';
    const assumed = `${percent(share)} is assumed${unchecked}`;
    return { share, explanation: `How often ${author.model} is right here was never measured: ${assumed}.` };
  }
  if (author.confidence !== undefined) {
    const explanation = `Of answers that are so sure ${percent(author.confidence)} were exactly what stood there.`;
    return { share: author.confidence, explanation };
  }
  if (author.likeness === undefined) {
    const assumed = `${percent(ASSUMED.words)} is assumed`;
    const explanation = `How often a function found by words is what was meant was never measured: ${assumed}.`;
    return { share: ASSUMED.words, explanation };
  }
  const share = shareRight(author.likeness);
  const explanation = `In other repositories ${percent(share)} of functions so alike had this very body.`;
  return { share, explanation };
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;
