/** Facts of one rich file per language against what a person checked: test/golden/facts/<file>.json (UPDATE_GOLDEN=1 rewrites). */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageId } from '../../../src/core/languages.ts';
import type { FileFacts, FunctionFact } from '../../../src/core/syntax/facts.ts';
import { projectRoot } from '../../projectRoot.ts';
import { factsOf } from '../../unit/syntax/parserFixture.ts';

const fixtures = join(projectRoot, 'test/fixtures/syntax');
const golden = join(projectRoot, 'test/golden/facts');

/** Facts as short lines that a person can check against the source. */
function render(facts: FileFacts, text: string): Record<string, unknown> {
  const place = (index: number) => (index < 0 ? '' : ` in ${facts.functions[index]?.name || `#${index}`}`);
  const flags = (...pairs: [boolean, string][]) =>
    pairs
      .filter(([on]) => on)
      .map(([, word]) => ` ${word}`)
      .join('');
  const functionLine = (fact: FunctionFact) => ({
    what: `${fact.startLine}-${fact.endLine} ${fact.kind} ${fact.container && `${fact.container}.`}${fact.name}${flags([fact.exported, 'exported'], [fact.async, 'async'])}${place(fact.parent)}`,
    signature: fact.signature,
    parameters: fact.parameters.map(({ name, type }) => (type === undefined ? name : `${name}: ${type}`)),
    ...(fact.returnType === undefined ? {} : { returns: fact.returnType }),
    ...(fact.doc ? { doc: fact.doc } : {}),
    ...(fact.decorators.length ? { decorators: fact.decorators } : {}),
    body: text.slice(fact.body.start, fact.body.end).replace(/\s+/g, ' ').slice(0, 30),
  });
  return {
    language: facts.language,
    lines: facts.lines,
    syntaxErrors: facts.syntaxErrors,
    functions: facts.functions.map(functionLine),
    types: facts.types.map((type) => ({
      what: `${type.startLine}-${type.endLine} ${type.kind} ${type.name}${flags([type.exported, 'exported'])}`,
      signature: type.signature,
      ...(type.doc ? { doc: type.doc } : {}),
      ...(type.bases.length ? { bases: type.bases } : {}),
      members: type.members.map(({ name, type }) => (type === undefined ? name : `${name}: ${type}`)),
    })),
    calls: facts.calls.map(
      (call) =>
        `${call.line} ${call.kind} ${call.callee}(${call.arguments})${call.resolved && ` = ${call.resolved}`}${call.receiver ? ` of ${call.receiver}` : ''}${flags([call.awaited, 'awaited'], [call.discarded, 'discarded'])}${place(call.function)}`,
    ),
    imports: facts.imports.map(
      (one) =>
        `${one.line} ${one.module}: ${one.names.map(({ name, alias }) => (name === alias ? name : `${name} as ${alias || '-'}`)).join(', ')}${flags([one.relative, 'relative'], [one.typeOnly, 'typeOnly'])}`,
    ),
    errorHandling: facts.errorHandling.map(
      (one) => `${one.line} ${one.kind} ${one.type}${flags([one.empty, 'empty'])}${place(one.function)}`,
    ),
    awaits: facts.awaits.map((one) => `${one.line}${place(one.function)}`),
    loops: facts.loops.map((one) => `${one.line}${place(one.function)}`),
    exports: facts.exports,
  };
}

describe('facts of a rich file', () => {
  for (const name of readdirSync(fixtures).sort()) {
    it(name, async () => {
      const text = readFileSync(join(fixtures, name), 'utf8');
      const facts = await factsOf(name.split('.')[0] as LanguageId, text);
      const rendered = render(facts, text);
      const file = join(golden, `${name}.json`);
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, `${JSON.stringify(rendered, null, 2)}\n`);
      assert.deepEqual(rendered, JSON.parse(readFileSync(file, 'utf8')));
      for (const span of [
        ...facts.functions,
        ...facts.types,
        ...facts.calls,
        ...facts.imports,
        ...facts.errorHandling,
      ]) {
        assert.ok(0 <= span.start && span.start < span.end && span.end <= text.length);
      }
    });
  }
});
