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
    const page = attractors.filter(({ page }) => page);
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
    const page = attractors.filter(({ page }) => page);
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
    const { deviants, attractors } = await mineTexts(broken);
    const found = deviants.find(({ rule }) => rule.includes('fetchRecord') && rule.includes('awaited'));
    assert.ok(found, deviants.map(({ rule }) => rule).join('; '));
    assert.equal(found.broken, 1);
    assert.equal(found.sites[0]?.path, 'src/services/odd.js');
    assert.equal(found.sites[0]?.line, 3);
    assert.deepEqual([found.kept, found.apis], [14, ['vaultClient.fetchRecord']]);
    // The attractor that it breaks shows it.
    const against = attractors.filter(({ antipatterns }) => antipatterns.some(({ id }) => id === 'deviant'));
    assert.deepEqual(
      against.map(({ apis }) => apis.some((api) => api.includes('fetchRecord'))),
      [true],
    );
  });

  it('finds the option that one call leaves out, and not where it may come from elsewhere', async () => {
    const call = (index: number, options: string) => `import { openLedger } from './ledger.ts';
export function view${index}(base, options) {
  return openLedger(base, ${options});
}
`;
    const texts = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `src/views/v${index}.ts`,
        call(index, '{ mode: base, owner: base.id }'),
      ]),
    );
    const spread = {
      ...texts,
      'src/views/spread.ts': call(90, '{ mode: base, ...options }'),
      'src/views/other.ts': call(91, 'options'),
    };
    const about = (deviants: readonly { rule: string; broken: number }[]) =>
      deviants.filter(({ rule }) => rule.includes('openLedger'));
    assert.deepEqual(about((await mineTexts(spread)).deviants), []);
    const { deviants } = await mineTexts({ ...spread, 'src/views/odd.ts': call(92, '{ mode: base }') });
    assert.deepEqual(
      about(deviants).map(({ rule, broken }) => `${rule} ${broken}`),
      ['`openLedger` is given `owner` 1'],
    );
  });

  it('finds the function without the decorator that its like have, and the class without the method', async () => {
    const texts: Record<string, string> = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [
        `shop/views/v${index}.py`,
        `from shop.web import member_only, route
from shop.jobs import Job


@route("/v${index}")
@member_only
def show_${index}(request):
    return request.answer(${index})


class Clean${index}(Job):
    def perform(self):
        return ${index}
`,
      ]),
    );
    texts['shop/views/odd.py'] = `from shop.web import route
from shop.jobs import Job


@route("/odd")
def show_odd(request):
    return request.answer(1)


class Idle(Job):
    def wait(self):
        return 1
`;
    // Of the same name, but no heir of that one.
    texts['web/never.ts'] = 'export class Never extends Idle {}\n';
    const { deviants } = await mineTexts(texts);
    const rules = deviants.map(({ rule, sites }) => `${rule} ${sites[0]?.path}:${sites[0]?.line}`);
    assert.ok(
      rules.includes('functions under `@route` stand under `@member_only` too shop/views/odd.py:5'),
      rules.join('; '),
    );
    assert.ok(rules.includes('classes that extend `Job` define `perform` shop/views/odd.py:10'), rules.join('; '));
  });

  it('shows anti-patterns that no attractor is about on their own, and nothing that is meant or harmless', async () => {
    const { attractors } = await mineTexts({
      ...services(6),
      'src/run.js': `const { execSync } = require('child_process');
const { createHash } = require('crypto');
function version() {
  return execSync('git rev-parse HEAD').toString();
}
function etag(body) {
  return createHash('md5').update(body).digest('hex');
}
function wipe(name) {
  execSync(\`rm -r \${name}\`);
}
function quiet(text) {
  try {
    return JSON.parse(text);
  } catch {
    // Not every line is JSON.
  }
}
`,
      'scripts/build.js': "const { execSync } = require('child_process');\nexecSync(process.argv[2]);\n",
    });
    const own = attractors.filter(({ kind }) => kind === 'antipattern');
    assert.deepEqual(
      own.map(({ antipatterns }) => antipatterns.map(({ id, snippet }) => `${id} ${snippet?.path}:${snippet?.line}`)),
      [['shell-command src/run.js:10']],
    );
    assert.deepEqual(
      attractors
        .filter(({ kind, provenance }) => kind !== 'antipattern' && provenance === 'mined')
        .flatMap(({ antipatterns }) => antipatterns),
      [],
    );
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
          const left = new Set(order.slice(index + 1).map(([next]) => next.slice(next.lastIndexOf('.'))));
          // Now and then it is told too early that nothing more comes.
          reducer.foresee((other) => index !== at && left.has(other.slice(other.lastIndexOf('.'))), {});
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

  it('breathes between files in all of its steps, so that no stretch of work grows with the repository', async () => {
    let breaths = 0;
    const breathe = async () => void breaths++;
    const texts = services(40);
    const reducer = await newReducer(breathe, true);
    for (const [path, text] of Object.entries(texts)) reducer.set(path, await analyse(path, text));
    await reducer.report(contextOf(texts), {});
    assert.ok(breaths > 40 * 20, `${breaths} breaths`);
  });

  it('stops when it is cancelled', async () => {
    const reducer = await newReducer();
    for (const [path, text] of Object.entries(services(4))) reducer.set(path, await analyse(path, text));
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(reducer.report(contextOf({}), { signal: controller.signal }), { code: 'cancelled' });
    let asked = 0;
    reducer.foresee(() => ++asked === 0, { signal: AbortSignal.timeout(0) });
    // A cancelled report leaves nothing half-made behind, nor does what was cancelled before it.
    assert.ok((await reducer.report(contextOf(services(4)), {})).attractors.length > 0);
    assert.equal(asked, 4, 'of every file');
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

  it('says which of its languages a framework is used in', async () => {
    const texts = {
      'src/server.ts': "import express from 'express';\n\nexport const app = express();\n",
      'src/routes.ts': "import { Router } from 'express';\n\nexport const routes = Router();\n",
      'scripts/serve.js': "const express = require('express');\nexpress().listen(80);\n",
    };
    const { frameworks } = await mineTexts(texts, { 'package.json': '{"dependencies":{"express":"5"}}' });
    assert.deepEqual(
      frameworks.map(({ id, language, files }) => [id, language, files]),
      [['express', 'typescript', 3]],
    );
  });

  it('takes nobody for a user of a framework that only came along', async () => {
    const { frameworks } = await mineTexts(
      {
        'src/app.ts':
          "import Koa from 'koa';\nimport type { Request } from 'express';\nexport const app = new Koa();\n",
        'src/types.ts': "import { Response } from 'express';\nexport type Answer = Response;\n",
        'cmd/main.go': 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println(1)\n}\n',
      },
      {
        'package.json': '{"dependencies":{"koa":"2"}}',
        'go.mod': 'module x\n\nrequire (\n\tgo.uber.org/zap v1.0.0 // indirect\n)\n',
      },
    );
    assert.deepEqual(
      frameworks.map(({ id }) => id),
      ['koa'],
    );
  });

  it('says how old files are in words that fit, and judges no convention by public code', async () => {
    const texts = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `src/part${index}${index % 2 ? '' : '.store'}.ts`,
        `export const load${index} = () => ${index};\n`,
      ]),
    );
    const reducer = await newReducer();
    for (const [path, text] of Object.entries(texts)) reducer.set(path, await analyse(path, text));
    const day = 24 * 3600;
    const history = new Map(
      Object.keys(texts).map((path) => [
        path,
        { firstDate: 400 * day, lastDate: 1000 * day, authors: [1], commits: 2 },
      ]),
    );
    const { attractors } = await reducer.report({ ...contextOf(texts), history, headDate: 1000 * day }, {});
    const [named] = attractors.filter(({ kind }) => kind === 'naming');
    const words = named?.components.map(({ name, explanation }) => `${name}: ${explanation}`) ?? [];
    const recency = "recency: its files are younger than 50 % of the repository's on average";
    assert.ok(words.includes(recency), words.join('; '));
    assert.ok(words.includes('survival: its files are 20 months old on average'), words.join('; '));
    assert.ok(words.includes('specificity: judged by its kind: it is not counted in public code'), words.join('; '));
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
