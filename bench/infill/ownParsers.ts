/** Whether texts parse by their languages' own parsers: Python's ast, TypeScript's, gofmt, rustfmt. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import type { LanguageId } from '../../src/core/languages.ts';

const PYTHON = `
import ast, json, sys
def parses(text):
    try:
        ast.parse(text)
        return True
    except (SyntaxError, ValueError):
        return False
print(json.dumps([parses(text) for text in json.load(sys.stdin)]))
`;

/** In the order of the texts. Throws where a parser is missing. */
export function parseAll(language: LanguageId, texts: readonly string[]): boolean[] {
  if (texts.length === 0) return [];
  if (language === 'python') return JSON.parse(run('python3', ['-c', PYTHON], JSON.stringify(texts))) as boolean[];
  if (language === 'go') return texts.map((text) => spawnSync('gofmt', ['-e'], { input: text }).status === 0);
  if (language === 'rust') return inFolder(texts);
  return texts.map((text) => {
    const script =
      language === 'tsx' ? ts.ScriptKind.TSX : language === 'javascript' ? ts.ScriptKind.JSX : ts.ScriptKind.TS;
    const file = ts.createSourceFile('a', text, ts.ScriptTarget.Latest, false, script);
    return (file as unknown as { parseDiagnostics: readonly unknown[] }).parseDiagnostics.length === 0;
  });
}

/** rustfmt prints what it cannot parse as an error; a text that it would lay out otherwise is none. */
function inFolder(texts: readonly string[]): boolean[] {
  const folder = mkdtempSync(join(tmpdir(), 'lodestone-rust-'));
  try {
    return texts.map((text, i) => {
      const file = join(folder, `a${i}.rs`);
      writeFileSync(file, text);
      const { stderr, error } = spawnSync('rustfmt', ['--edition', '2021', '--check', file], { encoding: 'utf8' });
      if (error) throw error;
      return !/^error/m.test(stderr);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[], input: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error || status !== 0) throw error ?? new Error(stderr);
  return stdout;
}
