/** Prompts of every family, letter by letter, and what they leave out where there is little room. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { loadCatalog } from '../../../src/core/catalog/catalog.ts';
import { bytesOf, cutPrefix, cutSuffix } from '../../../src/core/completion/prompt/cuts.ts';
import { familiesFrom, familyOfModel, type ModelFamily } from '../../../src/core/completion/prompt/modelFamily.ts';
import {
  type PromptParts,
  rawPrompt,
  stablePrompt,
  templatePrompt,
} from '../../../src/core/completion/prompt/prompt.ts';
import { SpecialTokens } from '../../../src/core/completion/prompt/specialTokens.ts';
import { NodeDataFiles } from '../../../src/node/dataFiles.ts';
import { projectRoot } from '../../projectRoot.ts';

const PARTS: PromptParts = {
  repository: 'shop',
  path: 'src/cart.ts',
  considerBlock: '// calls: db.find,save\n',
  related: [{ path: 'src/order.ts', text: 'export const order = 1;\n' }],
  prefix: 'function total() {\n  ',
  prefixLine: 0,
  suffix: '\n}\n',
  seed: '// uses db.find()',
};

const ROOMY = { contextTokens: 4096, answerTokens: 128 };

const EXPECTED: Readonly<Record<string, string>> = {
  'qwen2.5-coder':
    '<|repo_name|>shop\n<|file_sep|>src/conventions.ts\n// calls: db.find,save\n<|file_sep|>src/order.ts\nexport const order = 1;\n' +
    '<|file_sep|>src/cart.ts\n<|fim_prefix|>function total() {\n  // uses db.find()\n  <|fim_suffix|>\n}\n<|fim_middle|>',
  starcoder2:
    '<repo_name>shop<file_sep>src/conventions.ts\n// calls: db.find,save\n<file_sep>src/order.ts\nexport const order = 1;\n' +
    '<file_sep><fim_prefix>src/cart.ts\nfunction total() {\n  // uses db.find()\n  <fim_suffix>\n}\n<fim_middle>',
  'deepseek-coder':
    '<｜fim▁begin｜>#src/conventions.ts\n// calls: db.find,save\n#src/order.ts\nexport const order = 1;\n' +
    '#src/cart.ts\nfunction total() {\n  // uses db.find()\n  <｜fim▁hole｜>\n}\n<｜fim▁end｜>',
  codegemma:
    'src/conventions.ts\n// calls: db.find,save\n<|file_separator|>src/order.ts\nexport const order = 1;\n<|file_separator|>' +
    'src/cart.ts\n<|fim_prefix|>function total() {\n  // uses db.find()\n  <|fim_suffix|>\n}\n<|fim_middle|>',
  codestral:
    '[SUFFIX]\n}\n[PREFIX]+++++ src/conventions.ts\n// calls: db.find,save\n\n+++++ src/order.ts\nexport const order = 1;\n\n' +
    '+++++ src/cart.ts\nfunction total() {\n  // uses db.find()\n  ',
  'granite-code':
    '--- src/conventions.ts ---\n\n// calls: db.find,save\n\n--- src/order.ts ---\n\nexport const order = 1;\n\n' +
    '<fim_prefix>function total() {\n  // uses db.find()\n  <fim_suffix>\n}\n<fim_middle>',
};

describe('prompts', () => {
  let families: readonly ModelFamily[];
  const family = (id: string) => families.find((each) => each.id === id) as ModelFamily;

  before(async () => {
    const folders = { data: join(projectRoot, 'src/data'), grammars: join(projectRoot, 'grammars') };
    families = familiesFrom(await loadCatalog(new NodeDataFiles(projectRoot, folders)));
  });

  it('are one file alone where nothing else is shown, as the families document it', () => {
    const alone = { ...PARTS, considerBlock: '', related: [], repository: '' };
    const text = (id: string) => rawPrompt(family(id), alone, ROOMY).text;
    const [before, after] = ['function total() {\n  // uses db.find()\n  ', '\n}\n'];
    assert.equal(text('codestral'), `[SUFFIX]${after}[PREFIX]${before}`);
    assert.equal(text('deepseek-coder'), `<｜fim▁begin｜>${before}<｜fim▁hole｜>${after}<｜fim▁end｜>`);
    assert.equal(text('granite-code'), `<fim_prefix>${before}<fim_suffix>${after}<fim_middle>`);
    for (const each of families) {
      const stable = stablePrompt(each, alone, ROOMY);
      assert.ok(rawPrompt(each, alone, ROOMY).text.startsWith(stable) && stable.endsWith(before), each.id);
    }
  });

  it('are what each family was trained on', () => {
    assert.deepEqual(families.map(({ id }) => id).sort(), Object.keys(EXPECTED).sort());
    for (const each of families) {
      const { mode, text, suffix, stop } = rawPrompt(each, PARTS, ROOMY);
      assert.deepEqual({ mode, suffix, stop }, { mode: 'raw', suffix: undefined, stop: each.stop });
      assert.equal(text, EXPECTED[each.id], each.id);
    }
  });

  it('hold nothing but the file where there is nothing else', () => {
    const bare = { ...PARTS, considerBlock: '', related: [], seed: '' };
    assert.equal(
      rawPrompt(family('qwen2.5-coder'), bare, ROOMY).text,
      '<|repo_name|>shop\n<|file_sep|>src/cart.ts\n<|fim_prefix|>function total() {\n  <|fim_suffix|>\n}\n<|fim_middle|>',
    );
  });

  it('put what else there is into comments for a model that nobody knows', () => {
    const { mode, text, suffix } = templatePrompt([], PARTS, ROOMY, '//');
    assert.deepEqual(
      { mode, suffix, text },
      {
        mode: 'template',
        suffix: '\n}\n',
        text: '// calls: db.find,save\n// src/order.ts:\n// export const order = 1;\nfunction total() {\n  // uses db.find()\n  ',
      },
    );
  });

  it('make the tokens of a model harmless in code, and give them back', () => {
    const code = "const stop = ['<|fim_middle|>', '<|im_end|>'];\n";
    for (const part of ['prefix', 'suffix', 'considerBlock'] as const) {
      const { text } = rawPrompt(family('qwen2.5-coder'), { ...PARTS, [part]: code }, ROOMY);
      assert.equal(text.split('<|fim_middle|>').length, 2, part);
      assert.ok(text.includes("'< |fim_middle|>'"), part);
      assert.ok(!text.includes('<|im_end|>'), part);
    }
    const related = [{ path: 'src/<|file_sep|>.ts', text: code }];
    const { text } = rawPrompt(family('qwen2.5-coder'), { ...PARTS, related }, ROOMY);
    assert.equal(text.split('<|file_sep|>').length, 4);
    for (const each of families) {
      const tokens = new SpecialTokens(each.special);
      const all = `a ${each.special.join(' ')} b ${each.special.join('')}`;
      assert.equal(tokens.restore(tokens.hide(all)), all, each.id);
      for (const token of each.special) assert.ok(!tokens.hide(all).includes(token), token);
    }
  });

  it('keep to the context, and to the file before all else', () => {
    const long: PromptParts = {
      ...PARTS,
      related: Array.from({ length: 40 }, (_, at) => ({
        path: `src/r${at}.ts`,
        text: `${'const related = 1;\n'.repeat(20)}`,
      })),
      prefix: `${'const before = 1;\n'.repeat(2000)}const last = `,
      suffix: `;\n${'const after = 1;\n'.repeat(2000)}`,
    };
    for (const contextTokens of [512, 2048, 4096]) {
      for (const each of families) {
        const { text } = rawPrompt(each, long, { contextTokens, answerTokens: 128 });
        const most = (contextTokens - 128) * each.bytesPerToken;
        assert.ok(bytesOf(text) <= most, `${each.id} ${bytesOf(text)} of ${most}`);
        assert.ok(bytesOf(text) >= most * 0.6, `${each.id} ${bytesOf(text)} of ${most}`);
        assert.ok(text.includes('// uses db.find()\nconst last = '), each.id);
        assert.ok(text.includes('// calls: db.find,save'), each.id);
      }
    }
  });

  it('hold the first lines of a block that is large for a small context, and none in a tiny one', () => {
    const considerBlock = Array.from({ length: 40 }, (_, at) => `// rule ${at} of this repository, in words`).join(
      '\n',
    );
    const inside = (contextTokens: number) =>
      rawPrompt(family('qwen2.5-coder'), { ...PARTS, considerBlock }, { contextTokens, answerTokens: 64 }).text;
    assert.ok(inside(4096).includes('// rule 39 of this repository, in words'));
    const small = inside(1024);
    assert.match(small, /\/\/ rule 0 of this repository, in words\n/);
    assert.doesNotMatch(small, /rule 39/);
    assert.doesNotMatch(inside(256), /rule/);
  });

  it('stay the same up to the cursor while somebody types, but for a step every 32 lines', () => {
    const line = (at: number) => `const line${at} = ${at};\n`;
    const lines = Array.from({ length: 900 }, (_, at) => line(at));
    const beginnings = new Set<string>();
    for (let typed = 400; typed < 464; typed++) {
      const parts = { ...PARTS, prefix: lines.slice(0, typed).join(''), seed: '' };
      const { text } = rawPrompt(family('qwen2.5-coder'), parts, ROOMY);
      beginnings.add(text.slice(0, text.indexOf('<|fim_prefix|>') + 40));
    }
    assert.ok(beginnings.size <= 3, `${beginnings.size} beginnings`);
  });

  it('move no cut at a letter, whatever it opens', () => {
    const above = Array.from({ length: 900 }, (_, at) => `const line${at} = ${at};\n`).join('');
    const typed = 'const total = orders.map((order) => ({ order, price: price(order.name) })).filter(Boolean);';
    for (let lines = 0; lines < 12; lines++) {
      const beginnings = new Set<string>();
      for (let at = 0; at <= typed.length; at++) {
        const parts = { ...PARTS, prefix: `${above}${'// one line more\n'.repeat(lines)}${typed.slice(0, at)}` };
        const { text } = rawPrompt(family('qwen2.5-coder'), parts, ROOMY);
        beginnings.add(text.slice(0, text.indexOf('<|fim_prefix|>') + 40));
      }
      assert.equal(beginnings.size, 1);
    }
  });

  it('find the family by the name, else by architecture and template', () => {
    const found = (name: string) => familyOfModel(families, name)?.id;
    assert.deepEqual(
      [
        'qwen2.5-coder:1.5b-base',
        'hf.co/Qwen/Qwen2.5-Coder-7B-GGUF',
        'starcoder2:3b',
        'deepseek-coder:6.7b',
        'codegemma:2b',
        'codestral:latest',
        'granite-code:8b',
        'llama3.2',
      ].map(found),
      [
        'qwen2.5-coder',
        'qwen2.5-coder',
        'starcoder2',
        'deepseek-coder',
        'codegemma',
        'codestral',
        'granite-code',
        undefined,
      ],
    );
    const template = '{{ if .Suffix }}<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>{{ .Suffix }}<|fim_middle|>{{ end }}';
    const described = (architecture: string, text: string) =>
      familyOfModel(families, 'ours', { architecture, template: text })?.id;
    assert.equal(described('qwen2', template), 'qwen2.5-coder');
    assert.equal(described('gemma', template), 'codegemma');
    assert.equal(described('qwen2', '{{ .Prompt }}'), undefined);
  });
});

describe('cuts', () => {
  it('leave whole what fits, and half of no character', () => {
    assert.equal(cutPrefix('a\nb\n', 4), 'a\nb\n');
    assert.equal(cutSuffix('a\nb\n', 4), 'a\nb\n');
    for (let bytes = 0; bytes < 20; bytes++) {
      const text = '😀é\u05d0x'.repeat(4);
      for (const cut of [cutPrefix(text, bytes), cutSuffix(text, bytes)]) {
        assert.ok(bytesOf(cut) <= bytes);
        assert.ok(cut.isWellFormed());
      }
    }
  });

  it('take whole lines, of a prefix on a grid', () => {
    const lines = Array.from({ length: 100 }, (_, at) => `line ${at}\r\n`);
    assert.match(cutPrefix(lines.join(''), 500), /^line 46\r\n/);
    assert.match(cutPrefix(lines.join(''), 500, 1), /^line 45\r\n/);
    const many = Array.from({ length: 2000 }, (_, at) => `line ${at}\n`).join('');
    assert.equal(Number(/^line (\d+)\n/.exec(cutPrefix(many, 8000))?.[1]) % 32, 0);
    assert.equal(cutPrefix(lines.join(''), 30), 'line 97\r\nline 98\r\nline 99\r\n');
    assert.equal(cutSuffix(lines.join(''), 20), 'line 0\r\nline 1\r\n');
    assert.equal(cutSuffix(`${'x'.repeat(50)}\n`, 20), 'x'.repeat(20));
  });
});
