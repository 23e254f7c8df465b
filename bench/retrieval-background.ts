/** Counts how many functions of public code call each name: npm run bench -- retrieval-background OUT.json CORPUS.jsonl.xz… */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Family, familyOf, type LanguageId } from '../src/core/languages.ts';

import { subwords } from '../src/core/retrieval/subwords.ts';
import { FactsReader } from './retrieval/repository.ts';

/** Names kept per language family, and in how many repositories a name must occur to be one. */
const KEPT = 600;
const LEAST_REPOSITORIES = 4;
/** A word of functions' names tells of a call that at least so many functions with it make, four times as often as others. */
const LEAST_TOGETHER = 12;
const LEAST_LIFT = 2;
const LIFTS_KEPT = 2500;

interface Entry {
  readonly repo: string;
  readonly language: LanguageId;
  readonly name: string;
  readonly body: string;
}

/** A parsable file around a body. */
const WRAP: Readonly<Record<Family, (body: string) => string>> = {
  ecmascript: (body) => `async function f() ${body}\n`,
  python: (body) => `async def f():\n${body}\n`,
  rust: (body) => `async fn f() ${body}\n`,
  go: (body) => `package p\nfunc f() ${body}\n`,
};

async function count(out: string, shards: readonly string[]): Promise<void> {
  const reader = new FactsReader();
  const functions: Record<string, Map<string, number>> = {};
  const calls: Record<string, Map<string, Map<string, number>>> = {};
  const words: Record<
    string,
    Map<string, { functions: number; calls: Map<string, { count: number; repos: Set<string> }> }>
  > = {};
  for (const shard of shards) {
    const lines = execFileSync('xz', ['-dc', shard], { encoding: 'utf8', maxBuffer: 1 << 30 }).split('\n');
    for (const line of lines) {
      if (line === '') continue;
      const { repo, language, name: functionName, body } = JSON.parse(line) as Entry;
      const family = familyOf(language);
      const facts = await reader.read(language, WRAP[family](body));
      const perRepository = (functions[family] ??= new Map());
      perRepository.set(repo, (perRepository.get(repo) ?? 0) + 1);
      const names = (calls[family] ??= new Map());
      for (const name of new Set(facts.calls.map((call) => call.name))) {
        if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) continue;
        let repositories = names.get(name);
        if (!repositories) names.set(name, (repositories = new Map()));
        repositories.set(repo, (repositories.get(repo) ?? 0) + 1);
      }
      const byWord = (words[family] ??= new Map());
      for (const word of new Set(subwords(functionName))) {
        let entry = byWord.get(word);
        if (!entry) byWord.set(word, (entry = { functions: 0, calls: new Map() }));
        entry.functions++;
        for (const name of new Set(facts.calls.map((call) => call.name))) {
          let together = entry.calls.get(name);
          if (!together) entry.calls.set(name, (together = { count: 0, repos: new Set() }));
          together.count++;
          together.repos.add(repo);
        }
      }
    }
    process.stderr.write(`${basename(shard)}\n`);
  }
  const families: Record<string, { names: Record<string, number>; lifts: Record<string, Record<string, number>> }> = {};
  for (const family of Object.keys(calls).sort()) {
    const repositories = functions[family] as Map<string, number>;
    const shares = [...(calls[family] as Map<string, Map<string, number>>)]
      .filter(([, { size }]) => size >= LEAST_REPOSITORIES)
      .map(([name, by]) => {
        // The mean over repositories of the share of their functions: a large repository counts no more than a small one.
        let share = 0;
        for (const [repo, called] of by) share += called / (repositories.get(repo) as number) / repositories.size;
        return { name, share };
      })
      .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
      .slice(0, KEPT);
    const names = Object.fromEntries(
      shares.map(({ name, share }) => [name, Math.round(10 * Math.log2(1 + 4096 * share)) / 10]),
    );
    const all = [...repositories.values()].reduce((sum, value) => sum + value, 0);
    const lifts: { word: string; name: string; lift: number; weight: number }[] = [];
    for (const [word, { functions: withWord, calls: together }] of words[family] ?? []) {
      for (const [name, { count: both, repos }] of together) {
        if (names[name] === undefined || both < LEAST_TOGETHER || repos.size < LEAST_REPOSITORIES) continue;
        let calling = 0;
        for (const value of (calls[family]?.get(name) as Map<string, number>).values()) calling += value;
        const lift = Math.log2(both / withWord / (calling / all));
        if (lift >= LEAST_LIFT) lifts.push({ word, name, lift, weight: both * lift });
      }
    }
    lifts.sort((a, b) => b.weight - a.weight || (a.word + a.name < b.word + b.name ? -1 : 1));
    // Without a prototype: `constructor` is a word like any other.
    const table: Record<string, Record<string, number>> = Object.create(null);
    for (const { word, name, lift } of lifts.slice(0, LIFTS_KEPT)) {
      (table[word] ??= {})[name] = Math.round(10 * lift) / 10;
    }
    families[family] = { names, lifts: table };
  }
  const provenance =
    `bench/retrieval-background.ts over ${shards.map((shard) => basename(shard)).join(', ')} of the functions corpus ` +
    '(public repositories, permissive licences): names: log2(1 + 4096 × mean share of functions that call the name); ' +
    'lifts: log2 of how much likelier a call is in a function with the word in its name.';
  writeFileSync(out, `${JSON.stringify({ provenance, families })}\n`);
}

const [out, ...shards] = process.argv.slice(2);
if (out === undefined || shards.length === 0) throw new Error('Usage: retrieval-background OUT.json CORPUS.jsonl.xz…');
count(out, shards).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
