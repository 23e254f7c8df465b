/** What is given as nodes: verbatim lines, the attractors chosen, the APIs in reach; and where an API is declared. */
import { strict as assert } from 'node:assert';
import type { Attractor, MiningReport } from '../../../src/core/mining/attractor.ts';
import type { ApiInReach, ContextReport } from '../../../src/core/retrieval/context.ts';
import type { FunctionFact, TypeFact } from '../../../src/core/syntax/facts.ts';
import { declarationLine } from '../../../src/vscode/given/declarationLine.ts';
import { givenChildren, givenRoots } from '../../../src/vscode/given/givenTree.ts';
import type { RepositoryView } from '../../../src/vscode/sidebar/attractorTree.ts';

const attractor = {
  id: 'a',
  language: 'typescript',
  apis: [],
  components: [],
  antipatterns: [],
  snippets: [{ path: 'a.ts', line: 3, endLine: 4, text: 'a' }],
} as unknown as Attractor;

const view = {
  root: '/r',
  name: 'r',
  decisions: {},
  report: { attractors: [attractor], deviants: [] } as unknown as MiningReport,
} satisfies RepositoryView;

const api = (name: string, signature: string): ApiInReach => ({ name, signature, call: '', path: 'a.ts', score: 0.5 });

const given: ContextReport = {
  considerBlock: '// one\n//   two',
  bytes: 14,
  seed: '// uses save()',
  apis: [api('save', 'save(): void')],
  attractors: ['a', 'gone'],
};

describe('what is given, as a tree', () => {
  it('shows the lines as they are, the attractors that are known, the APIs and the seed', () => {
    const roots = givenRoots(given, view);
    assert.deepEqual(
      roots.map(({ type }) => type),
      ['block', 'chosen', 'apis', 'seed'],
    );
    const [block, chosen, apis] = roots.map((node) => givenChildren(node));
    assert.deepEqual(
      block?.map((node) => node.type === 'line' && node.text),
      ['// one', '//   two'],
    );
    assert.deepEqual(
      chosen?.flatMap((node) => givenChildren(node)).map((node) => node.type === 'snippet' && node.snippet.line),
      [3],
    );
    assert.deepEqual(
      apis?.map((node) => node.type === 'api' && [node.root, node.api.name]),
      [['/r', 'save']],
    );
  });

  it('leaves out what is empty', () => {
    const nothing: ContextReport = { considerBlock: '', bytes: 0, seed: '', apis: [], attractors: [] };
    assert.deepEqual(givenRoots(nothing, view), []);
    assert.deepEqual(
      givenRoots({ ...nothing, apis: given.apis, attractors: ['gone'] }, view).map(({ type }) => type),
      ['apis'],
    );
  });
});

describe('declarationLine', () => {
  const declared = (name: string, container: string, signature: string, startLine: number) =>
    ({ name, container, signature, startLine }) as FunctionFact;
  const functions = [
    declared('find', 'Order', 'async find(id: string): Promise<Order>', 3),
    declared('find', 'Coupon', 'async find(id: string): Promise<Coupon>', 9),
    declared('Get', 'DB', 'func (d *DB) Get(id int) error', 20),
    declared('Get', 'Cache', 'func (c *Cache) Get(key string) error', 30),
  ];
  const facts = { functions, types: [{ name: 'Coupon', startLine: 7 } as TypeFact] };
  const cases: [string, string, number][] = [
    ['find', 'Coupon: async find(id: string): Promise<Coupon>', 9],
    ['find', 'Coupon: async find(id: str…', 9],
    ['Get', 'func (c *Cache) Get(key string) error', 30],
    ['find', 'something else', 3],
    ['Coupon', 'class Coupon', 7],
    ['gone', 'gone()', 1],
  ];
  for (const [name, signature, line] of cases)
    it(`${signature}: ${line}`, () => assert.equal(declarationLine(facts, api(name, signature)), line));
});
