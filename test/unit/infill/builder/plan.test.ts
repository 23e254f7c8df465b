/** Plans: what a file of them may say, what is refused with line, field and advice, and where targets lie. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../../../src/base/errors.ts';
import { validatorOf } from '../../../../src/core/catalog/schemas.ts';
import { readPlans, spanOf, wordingOf } from '../../../../src/core/infill/builder/plan.ts';
import { projectRoot } from '../../../projectRoot.ts';

const schema = JSON.parse(readFileSync(join(projectRoot, 'src/data/schemas/plans.schema.json'), 'utf8')) as object;
const validate = validatorOf({ ...schema });
const read = (value: unknown) => readPlans('plans.json', JSON.stringify(value, undefined, 1), validate);
const plan = { filePath: 'src/a.ts', editTargets: ['total'], intent: 'Sum' };

function refuses(text: string, ...words: string[]): void {
  assert.throws(
    () => readPlans('plans.json', text, validate),
    (error) => {
      assert.ok(error instanceof LodestoneError);
      assert.equal(error.code, 'badArguments');
      for (const word of words)
        assert.ok(`${error.message} ${error.advice}`.includes(word), `${error.message} ${error.advice}`);
      return (error.advice ?? '') !== '';
    },
  );
}

describe('plans', () => {
  it('come as a list, as an object, and as lodestone plan prints them', () => {
    assert.deepEqual(read([plan])[0], { ...plan, priority: 1 });
    assert.equal(read({ plans: [{ ...plan, priority: 7 }] })[0]?.priority, 7);
    const told = { title: 'x', target: { path: 'src/a.ts', symbol: 'total', line: 3 }, rationale: 'y', score: 0.5 };
    assert.equal(read({ schemaVersion: 1, plans: [{ ...plan, ...told, 'x-note': 1 }] }).length, 1);
    for (const filePath of ['./src/a.ts', 'src//a.ts', 'src/./a.ts'])
      assert.equal(read([{ ...plan, filePath }])[0]?.filePath, 'src/a.ts');
    assert.equal(readPlans('p', `\uFEFF${JSON.stringify([plan])}`, validate).length, 1);
  });

  it('are missed where the file is empty', () => {
    assert.throws(() => readPlans('a.json', ' \n', validate), /a\.json:1: the file is empty/);
  });

  it('that are wrong are refused with line, field and what to change', () => {
    refuses('[{]', 'plans.json:1');
    refuses('', 'plans.json:1');
    refuses('{"plans": []}', 'plans');
    refuses(JSON.stringify([{ filePath: 'a.ts', intent: 'x' }]), '"editTargets"', 'Add');
    refuses(
      '[\n {"filePath": "a.ts",\n  "editTargets": ["f"],\n  "intent": 3}\n]',
      'plans.json:4',
      '0.intent',
      'string',
    );
    refuses(JSON.stringify([{ ...plan, targets: [] }]), 'unknown key "targets"');
    refuses(JSON.stringify([{ ...plan, language: 'cobol' }]), 'python');
    refuses(JSON.stringify([{ ...plan, filePath: '../a.ts' }]), 'plans.0.filePath', 'src/ledger.ts');
    refuses(JSON.stringify([{ ...plan, filePath: '/etc/passwd' }]), 'plans.0.filePath');
    refuses(JSON.stringify([{ ...plan, filePath: './' }]), 'plans.0.filePath');
    refuses(
      JSON.stringify([plan, { ...plan, editTargets: [{ name: 'a', range: '1:1-1:2' }] }]),
      'plans.1.editTargets.0',
    );
    refuses(JSON.stringify([{ ...plan, editTargets: [{ range: '1-2' }] }]), 'range');
    refuses(JSON.stringify([{ ...plan, intent: '  ' }]), 'plans.0.intent');
  });

  it('say what the model is conditioned on', () => {
    const worded = (intent: string, condition?: string) =>
      wordingOf({ ...plan, priority: 1, intent, ...(condition === undefined ? {} : { condition }) });
    assert.equal(
      worded('Optimize performance', 'Use vectorized operations'),
      'Optimize performance. Use vectorized operations',
    );
    assert.equal(worded('Sum'), 'Sum');
    assert.equal(worded('Sum', 'Sum'), 'Sum');
  });

  it('give stretches by line and column, and none outside the file', () => {
    const text = 'ab\ncd\n';
    assert.deepEqual(spanOf('1:2-2:2', text), { start: 1, end: 4 });
    assert.deepEqual(spanOf('2:3-2:3', text), { start: 5, end: 5 });
    assert.deepEqual(spanOf('3:1-3:1', text), { start: 6, end: 6 });
    for (const wrong of ['2:1-1:1', '1:9-1:9', '9:1-9:2', '0:1-1:1', '1:0-1:1', 'x'])
      assert.throws(() => spanOf(wrong, text), LodestoneError, wrong);
    assert.throws(() => spanOf('1:4-1:4', text), /on line 1 nothing begins or ends at column 4/);
    assert.throws(() => spanOf('4:1-4:1', text), /there is no line 4/);
    assert.throws(() => spanOf('2:1-1:1', text), /it ends before it begins/);
  });

  it('never cut a line’s end or a character in two', () => {
    const text = 'ab\r\nx = "😀"\r\n';
    assert.deepEqual(spanOf('1:3-1:3', text), { start: 2, end: 2 });
    assert.deepEqual(spanOf('2:6-2:8', text), { start: 9, end: 11 });
    for (const wrong of ['1:4-1:4', '2:7-2:7', '2:6-2:7'])
      assert.throws(() => spanOf(wrong, text), LodestoneError, wrong);
  });
});
