/** What is known at a hole of names and neighbours, and which of a like function's body may stand there. */
import { strict as assert } from 'node:assert';
import { wholeBodies } from '../../../src/core/infill/candidates/kinBodies.ts';
import { headerNames, KinScope } from '../../../src/core/infill/candidates/kinScope.ts';
import type { FunctionFact } from '../../../src/core/syntax/facts.ts';
import { factsOf } from '../syntax/parserFixture.ts';
import { asked } from './askedHole.ts';

describe('what is known at a hole', () => {
  it('says which share of a body’s names means nothing there: neither in the file, nor bound by the body, nor a keyword', async () => {
    const files = {
      'a.ts': 'export function load(id: string) { const row = find(id); return row; }\n',
      'b.ts': 'export function save(id: string) {▢}\n',
    };
    const { corpus, place, routine } = await asked('typescript', files, 'save');
    const scope = new KinScope(corpus, place, routine);
    assert.equal(scope.unresolved('return id;'), 0);
    assert.equal(scope.unresolved('const made = id; return made;'), 0);
    assert.equal(scope.unresolved('return find(id);'), 1 / 3);
    assert.equal(scope.unresolved('return Missing;'), 1 / 2);
    assert.equal(scope.unresolved(''), 0);
  });

  it('counts the named functions from one to the other', async () => {
    const text = `function one(x: A) { go(x); }
function two(x: A) { each(x, (y) => y); }
function three(x: A) {▢}
function four(x: A) { go(x); }
`;
    const { corpus, place, routine } = await asked('typescript', { 'a.ts': text }, 'three');
    const scope = new KinScope(corpus, place, routine);
    const named = routine.facts('a.ts')?.functions.filter(({ name }) => name !== '') ?? [];
    assert.deepEqual(
      named.map((fact) => scope.nearness(fact)),
      [1 / 2, 1, 1, 1],
    );
  });

  it('takes no body that does nothing', async () => {
    const files = { 'a.py': 'def load_user(pk):\n    pass\n', 'b.py': 'def load_item(pk):\n    ▢\n' };
    const { corpus, place, routine } = await asked('python', files, 'load_item');
    assert.deepEqual(wholeBodies(corpus, place, routine), []);
  });

  it('puts an expression where one belongs, its lines indented as there', async () => {
    const files = {
      'a.ts':
        'export const toUser = (row: Row) => ({\n  id: row.id,\n});\nexport function asUser(row: Row) { return make(row); }\n',
      'b.ts': 'namespace B {\n  export const toItem = (row: Row) => ▢;\n}\n',
    };
    const whole = { ...files, 'b.ts': files['b.ts'].replace('▢', 'row') };
    const { corpus, place, routine } = await asked('typescript', files, 'toItem');
    const fact = (await factsOf('typescript', whole['b.ts'])).functions.find(({ name }) => name === 'toItem');
    const bodies = wholeBodies(corpus, place, { ...routine, fact: fact as FunctionFact });
    assert.deepEqual(
      bodies.map(({ draft }) => draft.text),
      ['({\n    id: row.id,\n  })'],
    );
  });

  it('takes a word of one header for another’s, unless it stands for itself elsewhere', async () => {
    const names = async (text: string) => {
      const [from, to] = (await factsOf('python', text)).functions as [FunctionFact, FunctionFact];
      return [...headerNames(from, to, 'python')];
    };
    const load = 'def load(order: Order, other: Order): pass\n';
    assert.deepEqual(await names(`${load}def read(ship: Ship, other: Ship): pass\n`), [
      ['order', 'ship'],
      ['Order', 'Ship'],
    ]);
    assert.deepEqual(await names(`${load}def read(ship: Ship, other: Order): pass\n`), [['order', 'ship']]);
  });
});
