/** Risk: every component raises the score, names are complete, smells and exports are found in real changes. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { loadCatalog } from '../../../src/core/catalog/catalog.ts';
import { riskModelFrom } from '../../../src/core/catalog/loadedData.ts';
import { buildPatch } from '../../../src/core/edits/buildPatch.ts';
import { changedExports } from '../../../src/core/edits/exportedSignatures.ts';
import { type RiskInput, type RiskModel, scoreRisk } from '../../../src/core/edits/risk.ts';
import { newSmells } from '../../../src/core/edits/securitySmells.ts';
import type { FileFacts, FunctionFact } from '../../../src/core/syntax/facts.ts';
import { NodeDataFiles } from '../../../src/node/dataFiles.ts';
import { projectRoot } from '../../projectRoot.ts';

const harmless: RiskInput = {
  files: [{ path: 'a.py', before: 'x = 1\n'.repeat(200), after: `x = 2\n${'x = 1\n'.repeat(199)}` }],
  targets: ['a.py'],
  syntaxErrors: 0,
  errorsBefore: 1,
  errorsLeft: 0,
  errorsAdded: 0,
  changedExports: [],
  tests: 'passed',
  confidence: 0.95,
};

describe('risk', () => {
  let model: RiskModel;
  before(async () => {
    const data = new NodeDataFiles(projectRoot, { data: join(projectRoot, 'src/data') });
    model = riskModelFrom(await loadCatalog(data));
  });

  it('names its components and stays within [0, 1]', () => {
    const { score, components } = scoreRisk(harmless, model);
    assert.ok(score > 0 && score < 0.5);
    assert.deepEqual(
      components.map(({ name }) => name),
      [
        'syntax',
        'errorsLeft',
        'errorsAdded',
        'changedShare',
        'exportedSignature',
        'outsideTarget',
        'security',
        'tests',
        'source',
        'stub',
      ],
    );
    for (const { value, explanation } of components) assert.ok(value >= 0 && value <= 1 && explanation.length > 5);
  });

  it('every component that gets worse shows in its value and never lowers the score', () => {
    const worse: Record<string, Partial<RiskInput>> = {
      syntax: { syntaxErrors: 1 },
      errorsLeft: { errorsBefore: 2, errorsLeft: 1 },
      errorsAdded: { errorsAdded: 1 },
      changedShare: { files: [{ path: 'a.py', before: 'x = 1\n'.repeat(200), after: 'y = f(2)\n'.repeat(200) }] },
      exportedSignature: { changedExports: ['f'] },
      outsideTarget: { targets: ['b.py'] },
      security: {
        files: [{ path: 'a.py', before: 'x = 1\n'.repeat(200), after: `${'x = 1\n'.repeat(200)}eval(x)\n` }],
      },
      tests: { tests: 'failed' },
      source: { confidence: 0.3 },
      stub: {
        files: [
          { path: 'a.ts', before: '', after: 'function f() {\n  throw new Error("Function not implemented.");\n}\n' },
        ],
      },
    };
    const base = scoreRisk(harmless, model);
    for (const [name, change] of Object.entries(worse)) {
      const risk = scoreRisk({ ...harmless, ...change }, model);
      const value = (of: typeof risk) => of.components.find((component) => component.name === name)?.value ?? -1;
      assert.ok(value(risk) > value(base), `${name} does not show`);
      assert.ok(risk.score >= base.score, `${name} lowers the score`);
    }
    const twice = scoreRisk({ ...harmless, errorsAdded: 2 }, model).score;
    assert.ok(twice > scoreRisk({ ...harmless, errorsAdded: 1 }, model).score);
  });

  for (const [id, path, added] of [
    ['python-eval', 'a.py', 'y = eval(x)\n'],
    ['python-shell', 'a.py', 'subprocess.run(cmd, shell=True)\n'],
    ['python-unsafe-load', 'a.py', 'pickle.loads(data)\n'],
    ['ecmascript-eval', 'a.ts', 'eval(x);\n'],
    ['ecmascript-command', 'a.js', 'exec(`rm ${name}`);\n'],
    ['ecmascript-html', 'a.tsx', 'el.innerHTML = x;\n'],
    ['rust-unsafe', 'a.rs', 'unsafe { f() }\n'],
    ['go-shell', 'a.go', 'exec.Command("sh", "-c", x)\n'],
    ['secret', 'a.py', 'API_KEY = "sk-1234567890abcdef"\n'],
    ['secret', 'a.ts', 'const password: string = "hunter2hunter2";\n'],
    ['sql-by-concatenation', 'a.py', 'db.execute(f"SELECT * FROM t WHERE id = {x}")\n'],
  ] as const)
    it(`sees ${id} in ${added.trim()}`, () => {
      const old = 'x = 1\n';
      assert.deepEqual(
        newSmells(path, old, old + added, model.smells).map((smell) => smell.id),
        [id],
      );
      assert.deepEqual(newSmells(path, old + added, old + added.replace('x', 'x'), model.smells), []);
    });

  it('does not take everyday code for a smell', () => {
    const text = [
      'model.eval()',
      're.compile(p).exec(s)',
      'password = os.environ["PASSWORD"]',
      'password = ""',
      'token = get_token()',
      'secret = "${SECRET}"',
      'yaml.load(f, Loader=yaml.SafeLoader)',
      'literal_eval(x)',
    ].join('\n');
    assert.deepEqual(newSmells('a.py', '', text, model.smells), []);
    assert.deepEqual(newSmells('a.ts', '', 'regex.exec(text);\nel.innerHTML === x;\nexec("ls");\n', model.smells), []);
  });

  it('lists exported signatures that changed or vanished', () => {
    const fn = (name: string, signature: string, more: Partial<FunctionFact> = {}): FunctionFact => ({
      name,
      signature,
      kind: 'function',
      doc: '',
      container: '',
      exported: true,
      async: false,
      parameters: [],
      decorators: [],
      startLine: 1,
      endLine: 2,
      body: { start: 0, end: 0 },
      parent: -1,
      start: 0,
      end: 0,
      ...more,
    });
    const facts = (functions: FunctionFact[], exports: string[]): FileFacts => ({
      language: 'typescript',
      lines: 1,
      syntaxErrors: 0,
      functions,
      types: [],
      calls: [],
      imports: [],
      errorHandling: [],
      awaits: [],
      loops: [],
      exports,
    });
    const hidden = { exported: false };
    const before = facts([fn('a', 'a(x)'), fn('b', 'b()'), fn('c', 'c()', hidden)], ['a', 'b']);
    const after = facts([fn('a', 'a(x, y)'), fn('c', 'c(x)', hidden), fn('d', 'd()')], ['a', 'd']);
    assert.deepEqual(changedExports(before, after), ['a', 'b']);
    assert.deepEqual(changedExports(before, before), []);
  });

  it('BD9: a patch may be applied unattended only if it is valid and something validated it', () => {
    const input = {
      title: 't',
      files: [{ path: 'a', beforeHash: 'h', before: 'a\r\nb\r\n', after: 'a\r\nc\nb\r\n' }],
      risk: { score: 0, components: [] },
      syntaxErrors: 0,
      validationErrors: 0,
      sources: [],
      validatedBy: ['python'],
    };
    const patch = buildPatch(input);
    assert.equal(patch.canApply, true);
    assert.equal(patch.files[0]?.after, 'a\r\nc\r\nb\r\n', 'keeps the line endings of the file');
    assert.equal(patch.id, buildPatch(input).id);
    assert.equal(buildPatch({ ...input, syntaxErrors: 1 }).canApply, false);
    assert.equal(buildPatch({ ...input, validationErrors: 1 }).canApply, false);
    assert.equal(buildPatch({ ...input, validatedBy: [] }).canApply, false);
    const stub = { path: 'a', beforeHash: 'h', before: 'a', after: 'throw new Error("Method not implemented.");' };
    assert.equal(buildPatch({ ...input, files: [stub] }).canApply, false, 'a stub waits for somebody to see it');
    assert.equal(
      buildPatch({ ...input, files: [{ ...stub, before: stub.after, after: `${stub.after}\n` }] }).canApply,
      true,
    );
  });
});
