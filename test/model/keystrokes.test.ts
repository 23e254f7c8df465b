/** What a key costs a real server: with block and seed pinned, a letter makes it evaluate the suffix again and hardly more. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import { familiesFrom } from '../../src/core/completion/prompt/modelFamily.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import { findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama, tokenizerFolder } from './ollamaServer.ts';
import { QWEN_CODER } from './randomTokenizer.ts';
import { ASKED_ONCE, completionBy, ollamaAt } from './requests.ts';
import { evaluatedTokens } from './tokens.ts';

/** More than a prompt takes, so that everything is cut. */
const ABOVE = Array.from({ length: 200 }, (_, at) => `  const line${at} = await order(${at});\n`).join('');
const BELOW = `\n}\n${'export const after = 1;\n'.repeat(80)}`;
/** Brackets that open and close: what is wanted at the cursor changes from a line to a block and back. */
const TYPED = '  const all = orders.map((order) => {';
/** Tokens of the word typed, and the special ones around the suffix. */
const MORE = 16;

describe('a key', () => {
  let server: OllamaServer;
  const words = ['const', 'order', 'await', 'export', 'after', 'line'];
  const folder = tokenizerFolder('keystrokes', 1024, { ...QWEN_CODER, words });

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    server = await startOllama();
    await server.importModel('qwen2.5-coder', folder);
  });

  after(async () => {
    await server?.stop();
  });

  it('costs no more than the suffix, whatever it opens', async () => {
    const folders = { data: join(projectRoot, 'src/data'), grammars: join(projectRoot, 'grammars') };
    const families = familiesFrom(await loadCatalog(new NodeDataFiles(projectRoot, folders)));
    const completion = completionBy(ollamaAt(server.endpoint), families);
    const costs: { typed: string; evaluated: number; suffix: string }[] = [];
    let prefixBegins = '';
    for (let at = 2; at <= TYPED.length; at++) {
      const typed = TYPED.slice(0, at);
      const place = { path: 'src/a.ts', language: 'typescript', prefix: ABOVE + typed, suffix: BELOW } as const;
      const parts = {
        ...{ repository: 'shop', path: place.path, prefix: place.prefix, prefixLine: 0, suffix: BELOW, related: [] },
        ...{ considerBlock: `// ${'calls: order '.repeat(10)}\n`, seed: '// uses order()' },
      };
      const mark = server.mark();
      const { prompt } = await completion.ask(
        { ...ASKED_ONCE, model: 'qwen2.5-coder', place, parts, lineComment: '//' },
        {},
      );
      const [, evaluated] = await server.logged(/loading cache slot.* remaining=(\d+)/, mark);
      const [, prefix = '', suffix = ''] =
        /<\|fim_prefix\|>(.*)<\|fim_suffix\|>(.*)<\|fim_middle\|>$/s.exec(prompt.text) ?? [];
      assert.ok(!prefix.includes('line0 ') && suffix.length < BELOW.length, 'nothing was cut');
      assert.ok(prompt.text.includes('calls: order') && prompt.text.includes('// uses order()'));
      if (at > 2) assert.equal(prefix.slice(0, 30), prefixBegins, `the cut moved after ${typed}`);
      prefixBegins = prefix.slice(0, 30);
      if (at > 2) costs.push({ typed, evaluated: Number(evaluated), suffix });
    }
    for (const { typed, evaluated, suffix } of costs) {
      const { ids } = await evaluatedTokens(server.endpoint, {
        ...{ model: 'qwen2.5-coder', prompt: suffix, contextTokens: 1024 },
      });
      assert.ok(evaluated <= ids.length + MORE, `${evaluated} tokens after ${typed}, the suffix being ${ids.length}`);
    }
  });
});
