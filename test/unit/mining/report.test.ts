import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { analyse, contextOf, mineTexts, newReducer, type Texts } from './mineTexts.ts';

/** Services that guard what they fetch, each with some code of its own. */
function services(count: number): Record<string, string> {
  const texts: Record<string, string> = {};
  for (let index = 0; index < count; index++) {
    texts[`src/services/part${index}.js`] = `const { vaultClient } = require('../vault');
const GateError = require('../gateError');

async function load${index}(id) {
  const record${index} = await vaultClient.fetchRecord(id, { fresh: true });
  if (!record${index}) {
    throw new GateError('record ${index} is missing');
  }
  ${index % 2 ? `record${index}.seen = ${index};` : ''}
  return record${index};
}

function helper${index}(a, b) {
  return a.step${index}(b) + ${index};
}
module.exports = { load${index}, helper${index} };
`;
  }
  return texts;
}

const GO = (index: number) => `package store

import "fmt"

func (s *Store) Get${index}(id string) (*Item, error) {
	item, err := s.db.Lookup${index}(id)
	if err != nil {
		return nil, err
	}
	if item.Count${index} == 0 {
		return nil, fmt.Errorf("empty %s", id)
	}
	return item, nil
}
`;

describe('mining report', () => {
  it('finds a planted idiom, names its APIs and shows it verbatim', async () => {
    const texts = services(6);
    const { attractors } = await mineTexts(texts);
    const page = attractors.slice(0, 20).filter(({ common }) => !common);
    const planted = page.find(({ apis }) => apis.some((api) => api.includes('fetchRecord')));
    assert.ok(planted, `not on the page: ${page.map(({ name }) => name).join('; ')}`);
    assert.equal(planted.support, 6);
    assert.equal(planted.files, 6);
    for (const attractor of attractors)
      for (const { path, line, endLine, text } of attractor.snippets)
        assert.equal(
          texts[path]
            ?.split('\n')
            .slice(line - 1, endLine)
            .join('\n'),
          text,
        );
  });

  it('shows what shares its sites once', async () => {
    const { attractors } = await mineTexts(services(8));
    const sites = (index: number) => attractors[index]?.snippets.map(({ path, line }) => `${path}:${line}`).join();
    const names = attractors.filter(
      ({ apis, common }) => !common && apis.some((api) => /fetchRecord|GateError/.test(api)),
    );
    assert.ok(names.length <= 2, names.map(({ name }) => name).join('; '));
    assert.equal(
      new Set(attractors.map((_, index) => `${attractors[index]?.name} ${sites(index)}`)).size,
      attractors.length,
    );
  });

  it('keeps what every repository of the language does off the page', async () => {
    const texts = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`store/part${index}.go`, GO(index)]));
    const { attractors } = await mineTexts(texts);
    const page = attractors.slice(0, 20).filter(({ common }) => !common);
    assert.deepEqual(
      page
        .filter(({ summary }) => /`if … != null \{ return(?: null)?\s*\}`/.test(summary))
        .map(({ summary }) => summary),
      [],
    );
  });

  it('finds the call that breaks a rule which the others keep, and nothing where all keep it', async () => {
    const texts = services(14);
    const before = await mineTexts(texts);
    assert.deepEqual(
      before.deviants.filter(({ rule }) => rule.includes('fetchRecord')),
      [],
    );
    const broken = {
      ...texts,
      'src/services/odd.js': `const { vaultClient } = require('../vault');
async function odd(id) {
  vaultClient.fetchRecord(id, { fresh: true });
}
module.exports = { odd };
`,
    };
    // 14 of 15 stay below a Wilson bound of 0.9: more keepers are needed before a breach is news.
    const more = { ...broken, ...Object.fromEntries(Object.entries(services(60)).slice(14)) };
    const { deviants } = await mineTexts(more);
    const found = deviants.find(({ rule }) => rule.includes('fetchRecord') && rule.includes('awaited'));
    assert.ok(found, deviants.map(({ rule }) => rule).join('; '));
    assert.equal(found.broken, 1);
    assert.equal(found.sites[0]?.path, 'src/services/odd.js');
    assert.equal(found.sites[0]?.line, 3);
  });

  it('gives the same bytes for any order of arrival, and after changes are undone', async () => {
    const texts: Texts = { ...services(6), 'store/a.go': GO(1), 'store/b.go': GO(2), 'store/c.go': GO(3) };
    const analyses = await Promise.all(
      Object.entries(texts).map(async ([path, text]) => [path, await analyse(path, text)] as const),
    );
    const expected = JSON.stringify(await mineTexts(texts));
    const extra = await analyse('src/services/extra.js', services(9)['src/services/part8.js'] as string);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(analyses, { minLength: analyses.length }), fc.nat(6), async (order, at) => {
        const reducer = await newReducer();
        order.forEach(([path, analysis], index) => {
          if (index === at) reducer.set('src/services/extra.js', extra);
          reducer.set(path, analysis);
        });
        if (at % 2) await reducer.report(contextOf(texts), {});
        reducer.delete('src/services/extra.js');
        assert.equal(JSON.stringify(await reducer.report(contextOf(texts), {})), expected);
      }),
      { numRuns: 12 },
    );
  });

  it('mines what hardly parses, what is empty and what is repeated without harm', async () => {
    const odd = [
      '',
      '\n',
      '}}}{{{((',
      '\u0000\ud800x(',
      'a('.repeat(300),
      '@'.repeat(50),
      'x = `${`${y}`}`\n',
      '// only a comment',
    ];
    const texts: Record<string, string> = {};
    for (const extension of ['ts', 'tsx', 'js', 'py', 'rs', 'go'])
      odd.forEach((text, index) => {
        for (const copy of ['a', 'b', 'c', 'd']) texts[`${copy}/odd${index}.${extension}`] = text;
      });
    const { attractors } = await mineTexts(texts);
    for (const { snippets } of attractors)
      for (const { path, line, endLine, text } of snippets)
        assert.equal(
          texts[path]
            ?.split('\n')
            .slice(line - 1, endLine)
            .join('\n'),
          text,
        );
  });

  it('stops when it is cancelled', async () => {
    const reducer = await newReducer();
    for (const [path, text] of Object.entries(services(4))) reducer.set(path, await analyse(path, text));
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(reducer.report(contextOf({}), { signal: controller.signal }), { code: 'cancelled' });
    // A cancelled report leaves nothing half-made behind.
    assert.ok((await reducer.report(contextOf(services(4)), {})).attractors.length > 0);
  });

  it('serves an empty repository with curated attractors, marked as such', async () => {
    const { attractors, deviants } = await mineTexts({}, { 'package.json': '{"dependencies":{"express":"4"}}' });
    assert.ok(attractors.some(({ name }) => /async handler/i.test(name)));
    assert.ok(attractors.every(({ provenance, kind }) => provenance === 'curated' && kind === 'curated'));
    assert.deepEqual(deviants, []);
  });

  it('detects frameworks from manifests and from imports', async () => {
    const { frameworks } = await mineTexts(
      { 'app/main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n' },
      {
        'web/package.json': '{"devDependencies":{"vitest":"3","react":"19"}}',
        'go.mod': 'module x\n\nrequire github.com/labstack/echo/v4 v4.1.0\n',
        'Cargo.toml': '[dependencies]\nserde = { version = "1" }\n',
      },
    );
    assert.deepEqual(frameworks.map(({ id }) => id).sort(), ['echo', 'fastapi', 'react', 'serde', 'vitest']);
    assert.deepEqual(frameworks.find(({ id }) => id === 'fastapi')?.evidence, ['app/main.py']);
  });

  it('finds what is opened and never closed, and leaves alone what is', async () => {
    const part = (index: number) => `import json
from app.vault import fetch_record

def load_${index}(path):
    record = fetch_record(path, fresh=True)
    with open(path) as handle:
        return record.merge(json.load(handle))
`;
    const texts: Texts = {
      ...Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`app/part${index}.py`, part(index)])),
      'app/leak.py': `def leak(path):
    handle = open(path)
    return handle.read()

def closed(path):
    handle = open(path)
    handle.close()
`,
    };
    const { attractors } = await mineTexts(texts);
    const leaks = attractors.flatMap(({ antipatterns }) => antipatterns).filter(({ id }) => id === 'resource-leak');
    assert.deepEqual(
      leaks.map(({ snippet }) => [snippet?.path, snippet?.line]),
      [['app/leak.py', 2]],
    );
  });

  it('names idioms by words that stand at their sites', async () => {
    const texts = services(7);
    const { attractors } = await mineTexts(texts);
    for (const { name, kind, snippets } of attractors) {
      if (kind === 'naming' || kind === 'imports' || kind === 'curated') continue;
      for (const [, quoted] of name.matchAll(/`([^`…]+)`/g))
        for (const word of (quoted as string).match(/\w+/g) ?? [])
          assert.ok(
            snippets.every(({ text }) => text.includes(word)),
            `${name}: ${word} in ${snippets[0]?.text}`,
          );
    }
  });

  it('attaches anti-patterns with the place where they stand', async () => {
    const texts = {
      ...services(6),
      'src/services/part0.js': `${services(1)['src/services/part0.js']}
async function drop() {
  try {
    await load0(1);
  } catch (error) {}
}
`,
    };
    const { attractors } = await mineTexts(texts);
    const found = attractors.flatMap(({ antipatterns }) => antipatterns).find(({ id }) => id === 'empty-catch');
    assert.equal(found?.snippet?.path, 'src/services/part0.js');
    assert.match(found?.snippet?.text ?? '', /catch \(error\) \{\}/);
  });
});
