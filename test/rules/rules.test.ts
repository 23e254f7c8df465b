/** Runs every fix rule's cases (test/rules/*.yml) on the real compilers, through the same door as the product. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { parse } from 'yaml';
import { LineIndex } from '../../src/base/lineIndex.ts';
import { applyEdits } from '../../src/base/textEdit.ts';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import { fixRulesFrom } from '../../src/core/catalog/loadedData.ts';
import { type FixRule, proposeFromRules, type RuleDiagnostic } from '../../src/core/edits/fixRules.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { NodeProcesses } from '../../src/node/processes.ts';
import { PythonToolchain } from '../../src/node/toolchains/python.ts';
import { PythonEnvironment } from '../../src/node/toolchains/pythonEnvironment.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';

interface RuleCases {
  readonly language: 'python' | 'typescript';
  /** `among`: the wanted result may be this far down the list (default: first). */
  readonly cases: readonly { rule: string; invalid: string; becomes: string; among?: number }[];
  readonly valid: readonly string[];
}

interface Proposed {
  readonly text: string;
  readonly source: string;
}

const files = readdirSync(join(projectRoot, 'test/rules')).filter((name) => name.endsWith('.yml'));
const load = (name: string) => parse(readFileSync(join(projectRoot, 'test/rules', name), 'utf8')) as RuleCases;

/** No ruff beside it: the checker then looks for names itself. */
class NoTools extends PythonEnvironment {
  override async tool(): Promise<undefined> {
    return undefined;
  }
}

describe('fix rules', () => {
  let python: PythonToolchain;
  let ecmascript: readonly FixRule[];

  before(async () => {
    const catalog = await loadCatalog(new NodeDataFiles(projectRoot, { data: join(projectRoot, 'src/data') }));
    assert.deepEqual(catalog.problems, []);
    ecmascript = fixRulesFrom(catalog, 'ecmascript');
    python = new PythonToolchain({
      environment: new NoTools(new NodeProcesses()),
      script: join(projectRoot, 'src/data/toolchains/python_check.py'),
      rules: fixRulesFrom(catalog, 'python'),
    });
  });
  after(() => python.close());

  const options = { trusted: false };
  const snapshot = (text: string) => ({ root: projectRoot, overlay: new Map([['case.py', text]]) });

  async function proposePython(text: string): Promise<Proposed[]> {
    const { diagnostics } = await python.diagnose(snapshot(text), ['case.py'], options);
    const candidates = await python.propose(snapshot(text), diagnostics, options);
    return candidates.map(({ edits, source }) => ({ text: applyEdits(text, edits['case.py'] ?? []), source }));
  }

  function syntaxErrors(text: string): RuleDiagnostic[] {
    const source = ts.createSourceFile('case.ts', text, ts.ScriptTarget.Latest, true);
    const { parseDiagnostics } = source as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
    const lines = new LineIndex(text);
    return parseDiagnostics.map(({ start, length, code, messageText }) => {
      const from = lines.positionAt(start);
      const to = lines.positionAt(start + length);
      const message = ts.flattenDiagnosticMessageText(messageText, ' ');
      return {
        path: 'case.ts',
        ...from,
        endLine: to.line,
        endColumn: to.column,
        code: `TS${code}`,
        message,
        tool: 'typescript',
      };
    });
  }

  async function proposeTypeScript(text: string): Promise<Proposed[]> {
    const proposals = await proposeFromRules(ecmascript, {
      path: 'case.ts',
      family: 'ecmascript',
      text,
      diagnostics: syntaxErrors(text),
    });
    return proposals
      .map(({ edits, source }) => ({ text: applyEdits(text, edits['case.ts'] ?? []), source }))
      .filter((proposed) => syntaxErrors(proposed.text).length === 0);
  }

  for (const name of files) {
    const { language, cases, valid } = load(name);
    describe(name, () => {
      before(async function () {
        if (language !== 'python') return;
        const { status } = await python.probe(projectRoot, false);
        needs(this, status === 'ok', 'Python 3.8 or later');
      });
      for (const { rule, invalid, becomes, among = 1 } of cases)
        it(`${rule}: ${JSON.stringify(invalid.slice(0, 50))}`, async () => {
          const proposed = await (language === 'python' ? proposePython(invalid) : proposeTypeScript(invalid));
          const wanted = proposed.slice(0, among).find(({ text }) => text === becomes);
          assert.ok(
            wanted,
            `proposed instead:\n${proposed.map(({ text, source }) => `${source}\n${text}`).join('\n')}`,
          );
          assert.ok(wanted.source.split(' + ').includes(`rule:${rule}`.split(' + ')[0] as string), wanted.source);
        });
      for (const text of valid)
        it(`leaves alone ${JSON.stringify(text.slice(0, 50))}`, async () => {
          if (language === 'typescript') assert.deepEqual(syntaxErrors(text), []);
          else assert.deepEqual((await python.diagnose(snapshot(text), ['case.py'], options)).diagnostics, []);
        });
    });
  }
});
