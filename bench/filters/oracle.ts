/** Whether a file's text parses, asked of the language's own parser where this machine has it, else of tree-sitter. */
import { spawnSync } from 'node:child_process';
import ts from 'typescript';
import type { LanguageId } from '../../src/core/languages.ts';
import type { Parser } from '../../src/core/ports.ts';

const PYTHON = `
import ast, json, sys, warnings
warnings.simplefilter("ignore")
for line in sys.stdin:
    try:
        ast.parse(json.loads(line)); print(1)
    except Exception:
        print(0)
`;

export interface Asked {
  readonly language: LanguageId;
  readonly text: string;
}

/** Answers in the order asked, and which parser answered for each language. */
export async function parses(
  asked: readonly Asked[],
  parser: Parser,
): Promise<{ clean: boolean[]; by: Map<LanguageId, string> }> {
  const by = new Map<LanguageId, string>();
  const clean = new Array<boolean>(asked.length).fill(false);
  const python = asked.map(({ language }, i) => (language === 'python' ? i : -1)).filter((i) => i >= 0);
  const input = python.map((i) => JSON.stringify(asked[i]?.text)).join('\n');
  const ran = spawnSync('python3', ['-c', PYTHON], { input: `${input}\n`, encoding: 'utf8', maxBuffer: 1 << 28 });
  const answers = ran.status === 0 ? ran.stdout.trim().split('\n') : undefined;
  const gofmt = spawnSync('gofmt', ['-h']).error === undefined;
  for (const [i, { language, text }] of asked.entries()) {
    if (language === 'python' && answers) {
      clean[i] = answers[python.indexOf(i)] === '1';
      by.set(language, "Python's ast");
    } else if (language === 'go' && gofmt) {
      clean[i] = spawnSync('gofmt', ['-e'], { input: text, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
      by.set(language, 'gofmt');
    } else if (language === 'typescript' || language === 'tsx' || language === 'javascript') {
      const name = { typescript: 'a.ts', tsx: 'a.tsx', javascript: 'a.jsx' }[language];
      clean[i] =
        (
          ts.transpileModule(text, {
            fileName: name,
            reportDiagnostics: true,
            compilerOptions: { jsx: ts.JsxEmit.Preserve, target: ts.ScriptTarget.ESNext },
          }).diagnostics ?? []
        ).length === 0;
      by.set(language, 'the TypeScript compiler');
    } else {
      clean[i] = !(await parser.parse(language, text)).hasErrors;
      by.set(language, 'tree-sitter');
    }
  }
  return { clean, by };
}
