/** The tree of attractors: pages, groups, filters, decisions. */
import { strict as assert } from 'node:assert';
import type { Attractor, MiningReport } from '../../../src/core/mining/attractor.ts';
import {
  type AttractorNode,
  childrenOf,
  type RepositoryView,
  rootsOf,
} from '../../../src/vscode/sidebar/attractorTree.ts';

function attractor(id: string, more: Partial<Attractor> = {}): Attractor {
  return {
    id,
    name: `Name ${id}`,
    summary: `Summary ${id}`,
    language: 'typescript',
    kind: 'idiom',
    apis: [],
    snippets: [{ path: 'a.ts', line: 1, endLine: 1, text: 'a' }],
    antipatterns: [],
    support: 3,
    files: 3,
    resonance: 0.5,
    components: [],
    common: false,
    page: true,
    provenance: 'mined',
    ...more,
  };
}

function view(attractors: readonly Attractor[], more: Partial<RepositoryView> = {}): RepositoryView {
  const report: MiningReport = {
    files: 3,
    parsed: 3,
    skipped: [],
    durationMs: 1,
    attractors,
    frameworks: [],
    deviants: [],
  };
  return { root: '/r', name: 'r', report, decisions: {}, ...more };
}

const all = { filter: '', expanded: new Set<string>() };

function flatten(nodes: readonly AttractorNode[], options = all): AttractorNode[] {
  return nodes.flatMap((node) => [node, ...flatten(childrenOf(node, options), options)]);
}

const ids = (nodes: readonly AttractorNode[]) =>
  nodes.flatMap((node) => (node.type === 'attractor' ? [node.attractor.id] : []));

describe('the tree of attractors', () => {
  it('shows a page, says how many are hidden, and shows the rest when asked', () => {
    const view30 = view(Array.from({ length: 30 }, (_, index) => attractor(`a${index}`, { page: index < 20 })));
    const first = flatten(rootsOf([view30], all));
    assert.equal(ids(first).length, 20);
    const more = first.find(({ type }) => type === 'more');
    assert.ok(more?.type === 'more' && more.hidden === 10);
    const whole = { filter: '', expanded: new Set(['/r']) };
    assert.equal(ids(flatten(rootsOf([view30], whole), whole)).length, 30);
  });

  it('folds away what is common in every repository', () => {
    const roots = rootsOf([view([attractor('own'), attractor('common', { common: true })])], all);
    const folded = roots.find((node) => node.type === 'group' && node.group.by === 'common');
    assert.ok(folded?.type === 'group');
    assert.deepEqual(ids(folded.children), ['common']);
    assert.deepEqual(ids(flatten(roots.filter((node) => node !== folded))), ['own']);
  });

  it('groups by kind, and by language where there are several', () => {
    const roots = rootsOf(
      [
        view([
          attractor('a'),
          attractor('b', { kind: 'naming' }),
          attractor('c', { language: 'python' }),
          attractor('d'),
        ]),
      ],
      all,
    );
    assert.deepEqual(
      roots.map((node) => (node.type === 'group' ? [node.group, ids(node.children)] : node.type)),
      [
        [{ by: 'kind', kind: 'idiom', language: 'typescript' }, ['a', 'd']],
        [{ by: 'kind', kind: 'naming', language: 'typescript' }, ['b']],
        [{ by: 'kind', kind: 'idiom', language: 'python' }, ['c']],
      ],
    );
  });

  it('finds by every word, in names, summaries, languages and APIs', () => {
    const mine = view([attractor('a', { apis: ['router.get'] }), attractor('b', { language: 'python' })]);
    const found = (filter: string) => {
      const options = { filter, expanded: new Set<string>() };
      return ids(flatten(rootsOf([mine], options), options));
    };
    assert.deepEqual(found('ROUTER'), ['a']);
    assert.deepEqual(found('summary python'), ['b']);
    assert.deepEqual(found('router python'), []);
  });

  it('puts pinned ones first and muted ones last', () => {
    const roots = rootsOf(
      [view([attractor('a'), attractor('b'), attractor('c')], { decisions: { c: 'pinned', a: 'muted' } })],
      all,
    );
    assert.deepEqual(
      roots.map((node) => (node.type === 'group' ? node.group.by : node.type)),
      ['pinned', 'kind', 'muted'],
    );
    assert.deepEqual(ids(flatten(roots)), ['c', 'b', 'a']);
  });

  it('unfolds an attractor to its code and to the deviants about it', () => {
    const site = { path: 'b.ts', line: 2, endLine: 2, text: 'b' };
    const about = {
      rule: 'r',
      language: 'typescript',
      kept: 20,
      broken: 1,
      confidence: 0.9,
      sites: [site],
      example: site,
    } as const;
    const mine = view([attractor('a', { apis: ['save'] }), attractor('b')]);
    const deviants = [{ id: 'd', apis: ['db.save'], ...about }];
    const nodes = flatten(rootsOf([{ ...mine, report: { ...(mine.report as MiningReport), deviants } }], all));
    const unfolded = (id: string) =>
      nodes
        .filter((node) => node.type === 'attractor' && node.attractor.id === id)
        .flatMap((node) => childrenOf(node, all).map(({ type }) => type));
    assert.deepEqual(unfolded('a'), ['snippet', 'deviant']);
    assert.deepEqual(unfolded('b'), ['snippet']);
    const ids = nodes.map((node) => node.type !== 'repository' && node.id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('shows folders where there are several, and nothing before anything is mined', () => {
    assert.deepEqual(rootsOf([view([], { report: undefined })], all), []);
    const roots = rootsOf([view([attractor('a')]), view([attractor('a')], { root: '/s', name: 's' })], all);
    assert.deepEqual(
      roots.map(({ type }) => type),
      ['repository', 'repository'],
    );
    const nodes = flatten(roots).filter((node) => node.type !== 'repository');
    assert.equal(new Set(nodes.map((node) => node.id)).size, nodes.length, 'ids are unique over folders');
  });
});
