/** Real functions, typed again from their first line on: what stands around them, and the state after each key. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mix } from '../../src/base/statistics.ts';
import type { ModelQuestion } from '../../src/core/completion/modelCompletion.ts';
import { windowsAt } from '../../src/core/completion/windows.ts';
import type { LanguageId } from '../../src/core/languages.ts';
import { openRepository } from '../../src/node/composeEngine.ts';
import { ASKED_ONCE } from '../../test/model/requests.ts';
import { projectRoot } from '../../test/projectRoot.ts';
import { MODEL } from './session.ts';

const DIST = process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist');
const BUNDLES = join(projectRoot, '../shared/data/repos');
const LANGUAGES: Readonly<Record<string, { language: LanguageId; comment: string }>> = {
  '.ts': { language: 'typescript', comment: '//' },
  '.py': { language: 'python', comment: '#' },
  '.rs': { language: 'rust', comment: '//' },
};

type RepositoryEngine = Awaited<ReturnType<typeof openRepository>>;

/** Characters of a body that is typed. */
const TYPED = { least: 120, most: 350 } as const;
/** A block is pinned where the cursor has a function around it. */
const LEAST_LINES = 5;

export interface TypedFunction {
  readonly engine: RepositoryEngine;
  readonly repository: string;
  readonly path: string;
  readonly name: string;
  readonly before: string;
  readonly body: string;
  readonly after: string;
}

export type Key = 'letter' | 'enter';

/** Clones a bundle of ../shared into `work`, mines it, and picks `count` functions by a hash. Empty where it is missing. */
export async function functionsOf(name: string, work: string, count: number): Promise<TypedFunction[]> {
  const bundle = join(BUNDLES, `${name}.bundle`);
  if (!existsSync(bundle)) return [];
  const root = join(work, name);
  execFileSync('git', ['clone', '-q', bundle, root], { stdio: ['ignore', 'ignore', 'ignore'] });
  const warn = (message: string) => void process.stderr.write(`${message}\n`);
  const log = { debug: () => undefined, info: () => undefined, warn, error: warn };
  const cacheDir = join(work, `${name}-cache`);
  const engine = await openRepository({ root, cacheDir, assetsDir: DIST, trusted: true, log, settings: {} });
  await engine.mine({}, {});
  const paths = execFileSync('git', ['-C', root, 'ls-files'], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => Object.keys(LANGUAGES).some((end) => path.endsWith(end)))
    .sort((a, b) => mix(a) - mix(b));
  const found: TypedFunction[] = [];
  for (const path of paths) {
    if (found.length >= count) break;
    const one = await functionIn(engine, name, root, path);
    if (one) found.push(one);
  }
  return found;
}

async function functionIn(engine: RepositoryEngine, repository: string, root: string, path: string) {
  const text = execFileSync('git', ['-C', root, 'show', `HEAD:${path}`], { encoding: 'utf8' });
  const lines = text.split(/(?<=\n)/);
  const { functions } = await engine.facts({ path }, {});
  for (const { name, startLine, endLine, body } of functions) {
    const first = text.slice(0, body.start).split('\n').length;
    // From the line after the body's first one to before the line of its closing brace, or to its end.
    const from = path.endsWith('.py') ? first - 1 : first;
    const to = path.endsWith('.py') ? endLine : endLine - 1;
    const typed = lines.slice(from, to).join('').replace(/\n$/, '');
    if (name === '' || endLine - startLine < LEAST_LINES || typed.length < TYPED.least || typed.length > TYPED.most)
      continue;
    const after = lines.slice(to).join('');
    return { engine, repository, path, name, before: lines.slice(0, from).join(''), body: typed, after };
  }
  return undefined;
}

/** Ends of what has been typed so far: an editor puts in a new line's indentation together with the line break. */
export function* keys({ body }: TypedFunction): Generator<{ typed: string; key: Key }> {
  const indentation = /^[ \t]*/.exec(body)?.[0].length ?? 0;
  yield { typed: body.slice(0, indentation), key: 'enter' };
  for (let at = indentation; at < body.length; ) {
    const enter = /^\n(?:[ \t]*\n)*[ \t]*/.exec(body.slice(at));
    at += enter ? enter[0].length : (body.codePointAt(at) as number) > 0xffff ? 2 : 1;
    yield { typed: body.slice(0, at), key: enter ? 'enter' : 'letter' };
  }
}

/** What the product would ask there. `context`: the consider-block and the seed. */
export function questionAt(
  { repository, path, before, after }: TypedFunction,
  typed: string,
  context: { considerBlock: string; seed: string },
): ModelQuestion {
  const { prefix, suffix, prefixLine } = windowsAt(`${before}${typed}\n${after}`, ...lineAndColumn(before + typed));
  const { language, comment } = LANGUAGES[path.slice(path.lastIndexOf('.'))] as {
    language: LanguageId;
    comment: string;
  };
  const { considerBlock, seed } = context;
  return {
    ...{ model: MODEL, place: { path, language, prefix, suffix }, lineComment: comment, ...ASKED_ONCE },
    parts: { repository, path, prefix, suffix, prefixLine, related: [], considerBlock, seed },
  };
}

/** Block and seed for that state, as the engine has them. */
export function contextAt({ engine, path, before, after }: TypedFunction, typed: string) {
  const [line, column] = lineAndColumn(before + typed);
  return engine.context({ path, line, column, text: `${before}${typed}\n${after}` }, {});
}

function lineAndColumn(above: string): [line: number, column: number] {
  const lines = above.split('\n');
  return [lines.length, (lines.at(-1) as string).length + 1];
}
