/**
 * Prompts as a real server evaluated them, token by token, for every family of models and for one that nobody knows:
 * test/golden/prompts/<family>.txt (UPDATE_GOLDEN=1 rewrites). Each is asked for as the product asks, by ModelCompletion.
 */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import { familiesFrom, type ModelFamily } from '../../src/core/completion/prompt/modelFamily.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import { type FamilyModel, familyModel } from './familyModel.ts';
import { FAMILY_TOKENIZERS, type FamilyTokenizer, UNKNOWN_MODEL } from './familyTokenizers.ts';
import { DOCUMENTED, GIVEN, markedText, SERVED } from './goldenDocumented.ts';
import { GoldenFile } from './goldenFile.ts';
import { type GoldenParts, naming, PARTS, TEXTS, WORDS } from './goldenQuestions.ts';
import { goldenText } from './goldenText.ts';
import { findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama } from './ollamaServer.ts';
import { type RecordingProxy, startRecordingProxy } from './recordingProxy.ts';
import { ASKED_ONCE, completionBy, ollamaAt } from './requests.ts';
import { evaluatedTokens, type Token } from './tokens.ts';

/** Tokens of context: all fits; prefix, suffix and related files are cut; the consider-block is left out. */
const CONTEXTS = { roomy: 4096, cut: 768, small: 320 } as const;
type Room = keyof typeof CONTEXTS;

const OPENING = `What the server evaluated, token by token: "¦" divides tokens, ⟨⟩ holds a special one, "↵" is a line feed, "␍" a carriage
return, "⇥" a tab, "⁀" a joiner within an emoji, and a number like ₄ says how many tokens the character before it is.
`;

interface Asked {
  /** With the token that the server puts before every prompt, where the tokenizer wants one. */
  readonly tokens: readonly Token[];
  readonly context: number;
}

/** A raw prompt is never seen by the model's template: it would be spoilt. */
const SPOILING = 'NOT RAW {{ .Prompt }}';

describe('prompts at the server', () => {
  let server: OllamaServer;
  let proxy: RecordingProxy;
  let families: readonly ModelFamily[];

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    // At this level the log has the text that reached the model; one model at a time is enough.
    server = await startOllama({ OLLAMA_DEBUG: '2', OLLAMA_MAX_LOADED_MODELS: '1' });
    proxy = await startRecordingProxy(server.endpoint);
    const folders = { data: join(projectRoot, 'src/data'), grammars: join(projectRoot, 'grammars') };
    families = familiesFrom(await loadCatalog(new NodeDataFiles(projectRoot, folders)));
  });

  after(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  it('have a tokenizer and a documented prompt here for every family', () => {
    for (const known of [FAMILY_TOKENIZERS, DOCUMENTED])
      assert.deepEqual(families.map(({ id }) => id).sort(), Object.keys(known).sort());
  });

  /** Asks as the product does; checks that the server evaluated what the prompt says, and returns its tokens. */
  async function asked(
    model: string,
    tokenizer: FamilyTokenizer,
    decode: FamilyModel['decode'],
    given: GoldenParts,
    { path = 'src/cart.ts', repository = 'shop' } = {},
  ): Promise<Asked> {
    const completion = completionBy(ollamaAt(proxy.endpoint), families);
    const { prefix, suffix } = given;
    const place = { path, language: 'typescript', prefix, suffix } as const;
    const parts = { ...given, path, repository, prefixLine: 0 };
    proxy.generated.length = 0;
    const mark = server.mark();
    const { prompt } = await completion.ask({ ...ASKED_ONCE, model, place, parts, lineComment: '//' }, {});
    const last = proxy.generated.at(-1);
    assert.ok(last);
    assert.deepEqual(
      [last.prompt, last.suffix, last.raw],
      [prompt.text, prompt.suffix, prompt.mode === 'raw'],
      'the adapter sent something else than the prompt',
    );
    // Slices of a long prompt go before it and are its beginnings.
    for (const slice of proxy.generated) assert.ok(last.prompt.startsWith(slice.prompt) && slice.raw === last.raw);
    assert.equal(proxy.generated.length > 1, prompt.mode === 'raw' && prompt.text.length > 3072, 'slices');
    const { num_ctx: context } = last.options;
    const { ids, count } = await evaluatedTokens(server.endpoint, { ...last, contextTokens: context });
    // The request itself, not only ours that tells the ids, had as many tokens and this text.
    const requests = server.log(mark).split('msg="completion request" prompt=').slice(1);
    const own = requests[proxy.generated.length - 1] ?? '';
    if (prompt.mode === 'raw') assert.equal(JSON.parse(/^"(?:[^"\\]|\\.)*"/.exec(own)?.[0] ?? '""'), prompt.text);
    assert.equal(Number(/loading cache slot.* prompt=(\d+)/.exec(own)?.[1]), count);
    assert.ok(count <= context, 'the server cut the prompt');
    const { beginning } = tokenizer;
    assert.equal(count - ids.length, beginning === undefined ? 0 : 1, 'tokens that the server added');
    const first = beginning === undefined ? [] : [{ bytes: Buffer.from(beginning), special: true }];
    return { tokens: [...first, ...decode(ids)], context };
  }

  const models: Readonly<Record<string, FamilyTokenizer>> = { ...FAMILY_TOKENIZERS, unknown: UNKNOWN_MODEL.tokenizer };
  for (const [id, tokenizer] of Object.entries(models))
    describe(id === 'unknown' ? 'of a model that nobody knows, through its template' : `of ${id}`, () => {
      const modelFor = (room: Room) => familyModel(id, CONTEXTS[room], tokenizer, WORDS);
      const modelOf = (room: Room) => `${id}:${room}`;
      const golden = new GoldenFile(join(projectRoot, `test/golden/prompts/${id}.txt`), OPENING);
      let decode: FamilyModel['decode'];

      before(async () => {
        decode = modelFor('roomy').decode;
        const template = id === 'unknown' ? UNKNOWN_MODEL.template : SPOILING;
        for (const room of Object.keys(CONTEXTS) as Room[])
          await server.importModel(modelOf(room), modelFor(room).folder, template);
      });

      for (const room of Object.keys(CONTEXTS) as Room[])
        for (const [block, parts] of Object.entries(PARTS))
          it(`${room}, ${block}`, async () => {
            const { tokens, context } = await asked(modelOf(room), tokenizer, decode, parts);
            golden.check(`${room}, ${block}: ${tokens.length} tokens in a context of ${context}`, goldenText(tokens));
          });

      for (const [name, parts] of Object.entries(TEXTS))
        it(name, async () => {
          const { tokens } = await asked(modelOf('roomy'), tokenizer, decode, parts);
          golden.check(name, goldenText(tokens));
          // Whatever the golden text makes visible: these very bytes.
          const bytes = Buffer.concat(tokens.map((token) => token.bytes));
          for (const text of [parts.prefix.split('\n').at(-1) as string, parts.suffix])
            assert.ok(bytes.includes(text), JSON.stringify(text));
        });

      const { pieces } = tokenizer;
      if (pieces)
        for (const [spaces, served] of Object.entries(SERVED[id] ?? {}))
          it(`what is documented, ${spaces}`, async () => {
            const spaced = spaces === 'spaced';
            // Those files have line feeds and indentation as pieces like all others: else each line would begin with a space.
            const changed = { ...tokenizer, pieces: { ...pieces, spaced, whole: spaced ? [] : pieces.whole } };
            const model = familyModel(`${id}-${spaces}`, CONTEXTS.roomy, changed, WORDS);
            await server.importModel(`${id}:${spaces}`, model.folder, SPOILING);
            const { tokens } = await asked(`${id}:${spaces}`, changed, model.decode, GIVEN);
            assert.equal(markedText(tokens), served);
          });
      else if (id !== 'unknown')
        it('what is documented', async () => {
          const { tokens } = await asked(modelOf('roomy'), tokenizer, decode, GIVEN);
          assert.equal(markedText(tokens), DOCUMENTED[id as keyof typeof DOCUMENTED]);
        });

      it('special tokens in the code are none', async () => {
        const { parts, ...place } = naming(tokenizer.special);
        const { tokens } = await asked(modelOf('roomy'), tokenizer, decode, parts, place);
        const clean = await asked(modelOf('roomy'), tokenizer, decode, {
          ...parts,
          ...naming(['abc', 'bcd', 'cde']).parts,
        });
        const specials = (all: readonly Token[]) =>
          all.filter(({ special }) => special).map((token) => `${token.bytes}`);
        assert.deepEqual(specials(tokens), specials(clean.tokens));
        golden.check('special tokens in the code', goldenText(tokens));
      });

      after(function () {
        // Where a test of this part alone was run, or failed, the rest was not asked for.
        if (this.test?.parent?.tests.every(({ state }) => state === 'passed')) golden.close();
      });
    });
});
