/** Typed views of the catalog for edits: the fix rules by language family and the risk model. */
import { LodestoneError } from '../../base/errors.ts';
import type { LexicalFamily } from '../edits/codeTokens.ts';
import type { FixRule, FixRuleFile } from '../edits/fixRules.ts';
import type { RiskModel } from '../edits/risk.ts';
import type { SecuritySmell } from '../edits/securitySmells.ts';
import type { Catalog } from './catalog.ts';

/** The rules of one family, in the order of their files. */
export function fixRulesFrom(catalog: Catalog, family: LexicalFamily): FixRule[] {
  return catalog
    .of<FixRuleFile>('fix-rules')
    .filter(({ value }) => value.family === family)
    .flatMap(({ value }) => value.rules);
}

/** Weights (the last file that has them wins, so a workspace may bring its own) and all smells. */
export function riskModelFrom(catalog: Catalog): RiskModel {
  let model: Pick<RiskModel, 'bias' | 'weights'> | undefined;
  const smells: SecuritySmell[] = [];
  const parts = catalog.of<Partial<RiskModel>>('risk');
  for (const { value } of [...parts].sort((a, b) => (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0))) {
    if (value.weights) model = { bias: value.bias ?? 0, weights: value.weights };
    smells.push(...(value.smells ?? []));
  }
  if (!model)
    throw new LodestoneError('badData', 'The weights of the risk model are missing.', {
      advice: 'Lodestone is not completely installed: install it again.',
    });
  return { ...model, smells };
}
