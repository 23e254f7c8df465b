/** Which function is followed where no model answers, and how little is believed of what somebody made up. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RiskModel } from '../../../src/core/edits/risk.ts';
import type { Validation } from '../../../src/core/generation/generation.ts';
import { nearestIn, shareRight } from '../../../src/core/generation/nearestBody.ts';
import { type Author, patchOf } from '../../../src/core/generation/patchOf.ts';
import { projectRoot } from '../../projectRoot.ts';
import { factsOf } from '../syntax/parserFixture.ts';

describe('the nearest function', () => {
  it('is the twin of the same number, and not the singular of the same noun', async () => {
    const facts = await factsOf(
      'typescript',
      `export function listUser(id: string) { return this.users.get(id); }
export function listOrders(limit: number) { return [...this.orders.values()].slice(0, limit); }
export function listUsers(limit: number) {}
`,
    );
    const fact = facts.functions.find(({ name }) => name === 'listUsers');
    assert.ok(fact);
    const [nearest] = nearestIn('src/all.ts', facts, {
      ...{ path: 'src/all.ts', language: 'typescript', words: [], expected: [], fact },
    });
    assert.equal(nearest?.fact.name, 'listOrders');
  });

  it('is right as seldom as was measured', () => {
    assert.ok(shareRight(0.4) < 0.02);
    assert.ok(shareRight(0.7) > 0.05 && shareRight(0.7) < 0.08);
    assert.ok(shareRight(1) < 0.3);
  });
});

describe('the risk of what was made up', () => {
  const riskModel: RiskModel = {
    ...(JSON.parse(readFileSync(join(projectRoot, 'src/data/risk/weights.json'), 'utf8')) as RiskModel),
    smells: [],
  };
  const of = (author: Author, validation: Partial<Validation> = {}) =>
    patchOf(
      {
        ...{ title: 'x', path: 'a.ts', beforeHash: '', before: 'f() {}\n', after: 'f() { return 1; }\n', sources: [] },
        author,
      },
      {
        ...{ passed: true, syntaxErrors: 0, tools: ['typescript'], added: [], before: [], after: [], notes: [] },
        ...validation,
      },
      riskModel,
    ).risk;
  const said = (author: Author, validation?: Partial<Validation>) =>
    of(author, validation).components.find(({ name }) => name === 'source')?.explanation ?? '';

  it('is never below the doubt about its author', () => {
    assert.ok(of({ likeness: 0.7 }).score > 0.9);
    assert.ok(of({ likeness: 0.7 }).score < of({ likeness: 0.5 }).score);
    assert.ok(of({ model: 'coder' }).score > 0.5);
    assert.ok(of({ model: 'coder' }, { tools: [] }).score > of({ model: 'coder' }).score);
  });

  it('says what was measured and what is assumed', () => {
    assert.match(said({ likeness: 0.7 }), /^In other repositories 6 % of functions so alike had this very body\.$/);
    assert.match(said({ likeness: undefined }), /never measured: 5 % is assumed/);
    assert.match(said({ model: 'coder' }), /coder is right here was never measured: 50 % is assumed\.$/);
    assert.match(said({ model: 'coder' }, { tools: [] }), /25 % is assumed, since no compiler/);
  });

  it('claims nothing about errors that no tool has looked for', () => {
    const errors = (validation?: Partial<Validation>) =>
      of({ likeness: 0.7 }, validation)
        .components.filter(({ name }) => name === 'errorsLeft' || name === 'errorsAdded')
        .map(({ explanation }) => explanation);
    assert.deepEqual(errors(), ['Every error that was there is gone.', 'No error was added.']);
    assert.ok(errors({ tools: [] }).every((explanation) => explanation.startsWith('No tool has looked')));
  });
});
