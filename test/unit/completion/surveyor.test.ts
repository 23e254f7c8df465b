/** What is known of a cursor, put together: expected calls by the words of the place, and haste. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { FrameworkEntry } from '../../../src/core/mining/frameworks.ts';
import { Surveyor, type SurveyorParts } from '../../../src/node/surveyor.ts';
import { projectRoot } from '../../projectRoot.ts';
import { factsOf } from '../syntax/parserFixture.ts';

const fastapi = parse(readFileSync(join(projectRoot, 'src/data/frameworks/fastapi.yml'), 'utf8')) as FrameworkEntry;

/** A repository that knows nothing: the ranking is empty. */
function surveyor(change: Partial<SurveyorParts> = {}): Surveyor {
  const context = { considerBlock: '', bytes: 0, seed: '', apis: [], attractors: [] };
  return new Surveyor({
    provider: async () => ({ context: () => context, rank: () => [] }),
    facts: (_path, text) => factsOf('python', text),
    symbol: String,
    attractors: () => [],
    deviants: () => [],
    antipatterns: async () => [],
    frameworks: async () => [fastapi],
    lineComment: () => '#',
    log: { debug: () => undefined },
    ...change,
  });
}

const place = (text: string) => ({ path: 'a.py', language: 'python', text, offset: text.length }) as const;

describe('surveyor', () => {
  it('expects what the comment above the cursor asks of an imported framework', async () => {
    const text = 'import fastapi\n\n# TODO: include the router of the shop\n';
    const { expected, context } = await surveyor().survey(place(text), false, {});
    assert.ok(
      expected.some(({ name }) => name === 'include_router'),
      JSON.stringify(expected),
    );
    assert.match(context.seed, /^# uses .*include_router\(\)/);
  });

  it('expects what a person’s own words name, whatever stands above', async () => {
    const asked = { ...place('x = 1\n'), words: 'a FastAPI endpoint that raises an HTTP exception' };
    assert.ok((await surveyor().survey(asked, false, {})).expected.some(({ name }) => name === 'HTTPException'));
    assert.deepEqual((await surveyor().survey(place('x = 1\n'), false, {})).expected, []);
  });

  it('keeps the seed while a line is written', async () => {
    const one = surveyor();
    const text = 'import fastapi\n\n# TODO: include the router of the shop\napp.';
    const first = await one.survey(place(text), true, {});
    const second = await one.survey(place(`${text}body_of_request`), true, {});
    assert.equal(second.context.seed, first.context.seed);
  });

  it('does without facts that are not there in time, if somebody types', async () => {
    const slow = surveyor({ facts: () => new Promise(() => undefined) });
    const { expected, context } = await slow.survey(place('x = 1\n'), true, {});
    assert.deepEqual([expected, context.considerBlock], [[], '']);
  });
});
