/** The scorer of proposals that ships. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProposalScorer, parseScorer } from '../../../src/core/infill/candidates/scorer.ts';
import { projectRoot } from '../../projectRoot.ts';

/** Its file, as it is read. */
export const shippedScorerFile = (): unknown =>
  JSON.parse(readFileSync(join(projectRoot, 'src/data/infill/scorer.json'), 'utf8'));

export const shippedScorer = (): ProposalScorer => new ProposalScorer(parseScorer(shippedScorerFile()));
