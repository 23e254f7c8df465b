/** The curated attractors: every example is real code that uses the APIs it is found by, and they yield to what is mined. */

import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { familyOf, type LanguageId } from '../../../src/core/languages.ts';
import { type CuratedFile, curatedAttractors } from '../../../src/core/mining/curated.ts';
import { chooseCurated, namedApis, namesOf } from '../../../src/core/retrieval/curatedChoice.ts';

import type { FileFacts } from '../../../src/core/syntax/facts.ts';
import { projectRoot } from '../../projectRoot.ts';
import { attractor } from '../retrieval/handmade.ts';
import { analyse, mineTexts } from './mineTexts.ts';

const folder = join(projectRoot, 'src/data/attractors');
const files = readdirSync(folder)
  .sort()
  .map((name) => parse(readFileSync(join(folder, name), 'utf8')) as CuratedFile);

const EXTENSION: Readonly<Record<LanguageId, string>> = {
  typescript: 'ts',
  tsx: 'tsx',
  javascript: 'js',
  python: 'py',
  rust: 'rs',
  go: 'go',
};

/** Facts of an example; Go's and Rust's statements stand in a function. */
async function factsOf(language: LanguageId, code: string): Promise<FileFacts> {
  const asIs = language === 'go' ? `package x\n\n${code}` : code;
  const inFunction: Partial<Record<LanguageId, string>> = {
    go: `package x\n\nfunc f() {\n${code}}\n`,
    rust: `async fn f() {\n${code}}\n`,
  };
  const { facts } = await analyse(`x.${EXTENSION[language]}`, asIs);
  const wrapped = inFunction[language];
  return facts.syntaxErrors > 0 && wrapped !== undefined
    ? (await analyse(`x.${EXTENSION[language]}`, wrapped)).facts
    : facts;
}

const framework = (id: string) => ({
  id,
  title: id,
  language: 'typescript' as const,
  evidence: [],
  files: 1,
  vocabulary: [],
});

describe('curated attractors', () => {
  it('cover all six languages, each with frameworks that are recognised and with patterns of its own', () => {
    for (const { framework: id } of files)
      assert.ok(id === '' || existsSync(join(projectRoot, 'src/data/frameworks', `${id}.yml`)), id);
    const own = files.filter(({ framework: id }) => id === '').map(({ language }) => language);
    for (const family of ['ecmascript', 'python', 'rust', 'go'])
      assert.ok(
        own.some((language) => familyOf(language) === family),
        family,
      );
    const names = files.flatMap(({ framework: id, attractors }) => attractors.map((one) => `${id} ${one.id}`));
    assert.equal(new Set(names).size, names.length);
    assert.ok(files.every(({ attractors }) => attractors.every(({ name }) => /^[A-Z][a-z]+ /.test(name))));
  });

  for (const { framework: id, language, attractors } of files) {
    for (const { id: own, apis, example } of attractors) {
      it(`${id || language}/${own}: the example parses, names each of its APIs, and none where those are called otherwise`, async () => {
        const facts = await factsOf(language, example);
        assert.equal(facts.syntaxErrors, 0);
        const names = namesOf(facts);
        for (const api of apis) assert.equal(namedApis([api], names), 1, `${api} is not in ${[...names].join(' ')}`);
        const words = new Set(apis.flatMap((api) => api.match(/[A-Za-z_$][\w$]*/g) ?? []));
        const nearMiss = example.replace(/[A-Za-z_$][\w$]*/g, (word) => (words.has(word) ? `${word}Other` : word));
        assert.equal(namedApis(apis, namesOf(await factsOf(language, nearMiss))), 0);
      });
    }
  }

  it('are chosen by what a file names, and for no other language', async () => {
    const shipped = curatedAttractors(files, [], new Set(), []);
    const ids = (facts: FileFacts, language: LanguageId) =>
      chooseCurated(shipped, familyOf(language), facts).map(({ attractor: { name } }) => name);
    const router = await factsOf('python', 'from fastapi import APIRouter\n');
    assert.ok(ids(router, 'python').includes('Group routes in an APIRouter'));
    const plain = await factsOf('python', 'import json\n\n\ndef load(text):\n    return json.loads(text)\n');
    assert.deepEqual(ids(plain, 'python'), []);
    assert.deepEqual(ids(router, 'go'), []);
  });

  it('yield to what is mined, and fill no page', () => {
    const all = files.filter(({ framework: id }) => id !== '').map(({ framework: id }) => framework(id));
    const every = new Set<string>(Object.keys(EXTENSION));
    const mined = Array.from({ length: 10 }, (_, i) => attractor({ id: `m${i}`, apis: ['mined.api'], snippets: [] }));
    assert.equal(curatedAttractors(files, all, every, mined.slice(1)).length, 8);
    assert.deepEqual(curatedAttractors(files, all, every, mined), []);
    const covered = [attractor({ id: 'own', apis: ['Promise.all'], snippets: [] })];
    const typescript = new Set(['typescript']);
    const names = (seen: typeof covered) => curatedAttractors(files, [], typescript, seen).map(({ name }) => name);
    assert.ok(names([]).includes('Await independent work together'));
    assert.ok(!names(covered).includes('Await independent work together'));
  });

  it('speak the language of the repository, frameworks first', () => {
    const chosen = curatedAttractors(files, [framework('express')], new Set(['tsx', 'go']), []);
    assert.deepEqual([...new Set(chosen.map(({ language }) => language))].sort(), ['go', 'tsx']);
    assert.equal(chosen[0]?.name, 'Pass async errors on with an async handler');
  });

  it('come after what a small repository shows of itself', async () => {
    const route = (noun: string) => `package shop

import "errors"

func Load${noun}(id string) (*Row, error) {
	row, err := readRow(id)
	if err != nil {
		return nil, errors.Join(errMissing, err)
	}
	audit(row)
	return row, nil
}
`;
    const { attractors } = await mineTexts({
      'shop/user.go': route('User'),
      'shop/order.go': route('Order'),
      'shop/item.go': route('Item'),
      'shop/cart.go': route('Cart'),
    });
    const kinds = attractors.filter(({ common }) => !common).map(({ provenance }) => provenance);
    assert.ok(kinds.includes('curated') && kinds.includes('mined'), kinds.join(' '));
    assert.ok(kinds.lastIndexOf('mined') < kinds.indexOf('curated'), kinds.join(' '));
  });
});
