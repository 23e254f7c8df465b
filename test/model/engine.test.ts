/** The engine with a real server: seeds pressed harder, prompts warmed up, and the repository where the server fails. */
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RepositoryEngine } from '../../src/core/engine.ts';
import type { SettingId } from '../../src/core/settings.ts';
import { openRepository } from '../../src/node/composeEngine.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import { codeModelFolder, findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama } from './ollamaServer.ts';

const NOUNS = ['order', 'invoice', 'basket', 'parcel', 'refund', 'ticket', 'voucher', 'widget'];
const service = (noun: string): string => `import { ledger } from './ledger';

export async function load${noun}(id: string) {
  const found = await ledger.findEntry({ kind: '${noun}', id });
  if (found === undefined) throw new MissingEntry(id);
  return found;
}
`;
/** The cursor stands on the empty line of the body. */
const SHIP = `import { ledger } from './ledger';

export async function loadShip(id: string) {

}
`;
const PLACE = { path: 'src/ship.ts', line: 4, text: SHIP };

describe('the engine with a model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lodestone-'));
  const root = join(folder, 'repository');
  let server: OllamaServer;
  const open: RepositoryEngine[] = [];

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    mkdirSync(join(root, 'src'), { recursive: true });
    for (const noun of NOUNS) writeFileSync(join(root, 'src', `${noun}.ts`), service(noun));
    writeFileSync(join(root, 'src/ship.ts'), SHIP);
    server = await startOllama();
    await server.importModel('coder', codeModelFolder());
  });
  afterEach(async () => {
    for (const engine of open.splice(0)) await engine.close();
  });
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function engineWith(settings: Partial<Record<SettingId, unknown>>, endpoint = server.endpoint) {
    const nothing = () => undefined;
    const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const engine = await openRepository({
      ...{ root, trusted: false, log: silent, endpoint, cacheDir: join(folder, 'cache') },
      assetsDir: join(projectRoot, 'dist'),
      settings: { 'lodestone.model.name': 'coder', ...settings },
    });
    open.push(engine);
    await engine.mine({}, {});
    return engine;
  }

  it('asks again, more firmly, while the answer passes over what is called here, at most twice', async () => {
    const engine = await engineWith({
      'lodestone.completion.apiHitRate': 1,
      'lodestone.completion.latencyBudget': 60_000,
    });
    const report = await engine.complete(PLACE, {});
    assert.ok(report.retries <= 2);
    const [first] = report.completions;
    const hit = report.lift !== null && report.lift.hits.length > 0;
    // The last attempt begins with the likeliest call: only a filter can have kept it from hitting one.
    assert.ok(hit || report.rejected.length > 0 || first?.source !== 'model', JSON.stringify(report));
    if (report.retries > 0 && hit && first?.source === 'model') assert.match(report.seed, /call ledger\.findEntry/);
  });

  it('asks once where no hits are wanted, and where there is no time', async () => {
    for (const settings of [
      { 'lodestone.completion.apiHitRate': 0, 'lodestone.completion.latencyBudget': 60_000 },
      { 'lodestone.completion.apiHitRate': 1, 'lodestone.completion.latencyBudget': 0 },
    ] as const) {
      const engine = await engineWith(settings);
      assert.equal((await engine.complete({ ...PLACE, model: 'coder' }, {})).retries, 0);
      await engine.close();
      open.pop();
    }
  });

  it('has the stable part of the prompt evaluated before it is needed', async () => {
    const engine = await engineWith({ 'lodestone.completion.latencyBudget': 0 });
    await engine.warm(PLACE, {});
    const mark = server.mark();
    const { considerBlock } = await engine.complete({ ...PLACE, hurried: true }, {});
    assert.match(considerBlock, /findEntry/);
    const [, total, , used] = await server.logged(
      /msg="loading cache slot" id=\d+ cache=\d+ prompt=(\d+) (used)=(\d+) remaining=\d+/,
      mark,
    );
    // What is behind the cursor and the markers around it are all that is new.
    assert.ok(Number(total) - Number(used) <= 16, `${used} of ${total}`);
  });

  it('gives somebody who types the rest of a line that the repository is sure of, and asks the model for others', async () => {
    const engine = await engineWith({ 'lodestone.completion.latencyBudget': 0 });
    const typing = (line: string) => ({ ...PLACE, text: SHIP.replace('\n\n}', `\n  ${line}\n}`), hurried: true });
    await engine.warm(PLACE, {});
    const line = 'if (found === undefined) throw new ';
    const sure = await engine.complete(typing(line), {});
    assert.equal(sure.completions[0]?.source, 'copy');
    assert.match(sure.completions[0]?.text ?? '', /^MissingEntry/);
    assert.equal(sure.prompt, null, 'the model was waited for');
    const asked = await engine.complete({ ...typing(line), manual: true }, {});
    assert.notEqual(asked.prompt, null);
    const unheard = await engine.complete(typing('const quux = zork +'), {});
    assert.notEqual(unheard.prompt, null);
  });

  it('withholds from somebody who types what the model is not sure of, not from somebody who asks', async () => {
    const engine = await engineWith({ 'lodestone.completion.latencyBudget': 0 });
    await engine.warm(PLACE, {});
    let withheld = 0;
    // Whatever a model without training writes breaks no comment.
    for (const line of ['const quux = ', 'const zork = id.', 'quux = await ', 'let total: number = ', '// zork ']) {
      const unheard = { ...PLACE, text: SHIP.replace('\n\n}', `\n  ${line}\n}`) };
      const typed = await engine.complete({ ...unheard, hurried: true }, {});
      const unsure = typed.rejected.find(({ filter }) => filter === 'unsure');
      if (!unsure) continue;
      withheld++;
      assert.ok(typed.completions.every(({ source }) => source !== 'model'));
      const asked = await engine.complete({ ...unheard, manual: true }, {});
      assert.deepEqual([asked.completions[0]?.source, asked.completions[0]?.text], ['model', unsure.text]);
    }
    assert.ok(withheld > 0, 'the model was sure of everything, or said nothing');
    const eager = await engineWith({
      'lodestone.completion.latencyBudget': 0,
      'lodestone.completion.showUnsure': true,
    });
    const shown = await eager.complete(
      { ...PLACE, text: SHIP.replace('\n\n}', '\n  quux = await \n}'), hurried: true },
      {},
    );
    assert.ok(!shown.rejected.some(({ filter }) => filter === 'unsure'));
  });

  it('tells what is written so far', async () => {
    const engine = await engineWith({});
    const partials: string[] = [];
    await engine.complete(PLACE, { onProgress: ({ partial }) => partials.push(partial ?? '') });
    assert.ok(partials.length > 0);
  });

  it('lets the repository answer, with a notice, when the server goes away', async () => {
    const engine = await engineWith({}, '127.0.0.1:65533');
    const text = SHIP.replace('\n\n}', '\n  const found = await ledger.\n}');
    const { completions, notice, model } = await engine.complete({ ...PLACE, text }, {});
    assert.equal(notice?.code, 'modelServerDown');
    assert.equal(model, null);
    assert.match(completions[0]?.text ?? '', /^findEntry/);
    await assert.rejects(engine.complete({ ...PLACE, model: 'coder' }, {}), /65533/);
  });
});
