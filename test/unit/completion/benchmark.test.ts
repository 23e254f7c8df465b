/** The harness's arithmetic on values that can be reckoned by hand. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { partsOf } from '../../../src/cli/bench/completionTasks.ts';
import { overallOf, type ReplayFigures } from '../../../src/cli/bench/replayReport.ts';
import {
  atLeast,
  atMost,
  estimateDifference,
  estimateMean,
  estimateOverhead,
} from '../../../src/core/completion/benchmark/comparison.ts';
import { cyclomaticComplexity } from '../../../src/core/completion/benchmark/complexity.ts';
import { textMetrics } from '../../../src/core/completion/benchmark/textMetrics.ts';
import { nothing, typeLine } from '../../../src/core/completion/replay/policy.ts';
import { isRight, typedLines } from '../../../src/core/completion/replay/typedLines.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import { TreeSitterParser } from '../../../src/node/treeSitter/treeSitterParser.ts';
import { assetsBelow, TreeSitterRuntime } from '../../../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../../projectRoot.ts';

describe('metrics of a text against the true one', () => {
  it('compares lines without the white space around them', () => {
    const near = textMetrics('  const a = load(id);  \r\nreturn b;', 'const a = load(id);\nreturn a;', [
      'load',
      'save',
    ]);
    assert.deepEqual([near.firstLine, near.exact, near.apiHitRate], [1, 0, 0.5]);
    assert.equal(textMetrics('x', 'x\n', []).exact, 1);
    assert.equal(textMetrics('x', 'x', []).apiHitRate, null);
    assert.equal(textMetrics('', '', []).firstLine, 0, 'nothing written is no exact line');
  });

  it('counts edits and identifiers', () => {
    assert.equal(textMetrics('abcd', 'abce', []).editSimilarity, 0.75);
    // Three names against four, two of them shared: 2 × 2 ÷ 7.
    assert.equal(textMetrics('a b b', 'a b c d', []).identifierF1, 4 / 7);
  });
});

describe('estimates', () => {
  const of = (...values: (number | null)[]) => values.map((value, i) => ({ group: `g${i}`, value }));

  it('leave out tasks to which a metric does not apply, and say so', () => {
    assert.deepEqual(estimateMean(of(null, null)), { n: 0, groups: 0, value: null, low: null, high: null });
    const found = estimateMean(of(1, null, 0, 1));
    assert.deepEqual([found.n, found.groups, found.value], [3, 3, 2 / 3]);
    const pair = estimateDifference(of(1, 1, null), of(0, null, 1));
    assert.deepEqual([pair.n, pair.value, pair.low, pair.high], [1, 1, 1, 1]);
  });

  it('resample functions, not tasks', () => {
    const samples = [...Array(10).fill({ group: 'a', value: 1 }), { group: 'b', value: 0 }];
    const { groups, low, high } = estimateMean(samples);
    assert.deepEqual([groups, low, high], [2, 0, 1]);
  });

  it('weigh an overhead by time, and judge claims by the interval', () => {
    const overhead = estimateOverhead(of(110, 220), of(100, 200));
    assert.ok(Math.abs((overhead.value ?? 0) - 0.1) < 1e-9);
    const between = { n: 20, groups: 10, value: 0.06, low: 0.02, high: 0.1 };
    assert.equal(atLeast(between, 0.05), 'not decided');
    assert.equal(atLeast(between, 0.01), 'reproduced');
    assert.equal(atLeast(between, 0.2), 'refuted');
    assert.equal(atMost(between, 0.1), 'reproduced');
    assert.equal(atMost(between, 0.01), 'refuted');
    assert.equal(atMost(between, 0.05), 'not decided');
    const few = { ...between, groups: 9 };
    assert.deepEqual([atLeast(few, 0.2), atMost(few, 0.01)], ['not decided', 'not decided'], 'of few functions');
  });
});

describe('cyclomatic complexity', () => {
  const parser = new TreeSitterParser(new TreeSitterRuntime(assetsBelow(join(projectRoot, 'dist'))), {
    warn: () => undefined,
  });
  const CASES: readonly [LanguageId, string, number][] = [
    ['typescript', 'function f(a) { if (a && b) { for (const x of a) g(x ? 1 : 2); } try { h(); } catch { } }', 6],
    ['javascript', 'function f(a) { switch (a) { case 1: return 1; case 2: return 2; } while (a || b) {} }', 5],
    [
      'python',
      'def f(a):\n    if a and b:\n        return 1\n    elif c:\n        return 2\n    for x in a:\n        pass\n',
      5,
    ],
    ['rust', 'fn f(a: u8) -> u8 { match a { 1 => 1, 2 => 2, _ => if a > 3 { 1 } else { 2 } } }', 5],
    ['go', 'package p\nfunc f(a int) int { if a > 1 || a < 0 { return 1 }\nfor a < 3 { a++ }\nreturn a }\n', 4],
  ];
  for (const [language, text, expected] of CASES)
    it(`counts the decisions of ${language}`, async () => {
      const [tree, grammar] = [await parser.parse(language, text), await parser.grammar(language)];
      assert.equal(cyclomaticComplexity(tree, grammar, { start: 0, end: text.length }), expected);
    });

  it('looks at the given stretch alone', async () => {
    const text = 'if (a) b();\nif (c) d();\n';
    const [tree, grammar] = [await parser.parse('javascript', text), await parser.grammar('javascript')];
    assert.equal(cyclomaticComplexity(tree, grammar, { start: 12, end: text.length }), 2);
  });
});

describe('the mean over replayed repositories', () => {
  const figures = (lines: number, saved: number): ReplayFigures => {
    const interval = (value: number) => ({ value, low: value, high: value });
    return {
      ...{ name: 'r', commits: 1, lines, positions: lines, typed: lines, leads: [], rejected: [], times: [] },
      arms: [{ arm: 'repository', saved: interval(saved), right: 0, wrong: 0, withinLimit: true, bySource: [] }],
      recall: { lines, block: interval(saved), file: interval(0), beyondFile: interval(0) },
    };
  };

  it('leaves out one of which no line was typed', () => {
    const overall = overallOf([figures(3, 10), figures(0, 0)]);
    assert.deepEqual([overall.repositories, overall.arms[0]?.saved.value, overall.recall.block], [1, 10, 10]);
  });
});

describe('what of a body is given', () => {
  it('is the bracket, the docstring and comments before the first statement', () => {
    assert.deepEqual(partsOf('{\n  // why\n  run();\n}', 'typescript'), {
      lead: '{\n  // why\n  ',
      body: 'run();',
      tail: '\n}',
    });
    assert.deepEqual(partsOf('"""Says why."""\n    # now\n    run()\n    stop()', 'python'), {
      ...{ lead: '"""Says why."""\n    # now\n    ', body: 'run()\n    stop()', tail: '' },
    });
  });
});

describe('typing a line again', () => {
  const option = (text: string, right: boolean) => ({ text, score: 1, right, source: 'copy' });

  it('accepts what is right, goes on behind it, and counts a wrong line once', () => {
    const line = {
      ...{ commit: 'c', text: 'foo(bar);', stops: [0, 3, 4, 7, 8] },
      options: [
        [option('foo(baz);', false)],
        [option('(baz);', false)],
        [option('bar);', true)],
        [option('x', false)],
        [],
      ],
    };
    const earned = nothing();
    typeLine(line, (options) => options[0], earned);
    // Shown at 0 and at 3 the wrong one makes the same line; behind 4 everything is accepted.
    assert.deepEqual([earned.saved, earned.typed, earned.right, earned.wrong], [5, 9, 1, 1]);
  });

  it('takes for right only whole tokens', () => {
    assert.ok(isRight('foo', 'foo(bar)'));
    assert.ok(!isRight('fo', 'foo(bar)'));
    assert.ok(!isRight('foo(x', 'foo(bar)'));
  });

  it('leaves out what was moved, and knows the line and what stands around it', () => {
    const change = {
      ...{ path: 'a.ts', language: 'typescript' as const },
      ...{ before: 'one();\ntwo(three);\n', after: 'one();\n  four(five);\n' },
    };
    const moved = { ...change, path: 'b.ts', before: '', after: 'two(three);\n' };
    const lines = typedLines({ id: 'c', changes: [change, moved] });
    assert.deepEqual(
      lines.map(({ line, text, above, below, stops }) => ({ line, text, above, below, stops })),
      [{ line: 2, text: 'four(five);', above: 'one();\n  ', below: '\n', stops: [0, 4, 5, 9, 10] }],
    );
  });
});
