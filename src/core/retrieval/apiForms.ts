/** How an API is shown: its real signature where this repository declares it, else the way it is called most. */
import type { FileDigest } from './fileDigest.ts';
import { cleanLine } from './hygiene.ts';
import { compare, type FamilyIndex } from './retrievalIndex.ts';

export interface RankedApi {
  readonly name: string;
  readonly probability: number;
  /** Dotted callee as most often written, e.g. `res.json`; the bare name where calls differ. */
  readonly callee: string;
  /** The declaration's text from its name on, e.g. `getUser(id: string): Promise<User>`; '' for a dependency's API. */
  readonly signature: string;
  /** Declaring file; '' for a dependency's API. */
  readonly path: string;
}

/** Longest signature shown. */
const SHOWN = 140;

/** Keywords before a declared name that say nothing once the name and parameters stand there. */
const LEADING =
  /^.*?(?=(?:\b(?:async\s+)?(?:def|fn|func|function|class|struct|trait|enum|interface|type|const|let|var)\b))/s;

/** One line of a signature, shortened where it ends: no decorators, no `export`, no opening brace. */
export function shortSignature(signature: string, name: string): string {
  const folded = signature
    .replace(/\s+/g, ' ')
    .replace(/(\s*=>)?\s*\{?\s*$/, '')
    .replace(/:$/, '');
  const withoutDecorators = /^(@|#\[)/.test(folded) ? folded.replace(LEADING, '') : folded;
  const plain = withoutDecorators.replace(/^((export|default|public|pub(\([a-z ]+\))?|declare)\s+)+/, '').trim();
  const clean = cleanLine(plain);
  if (!clean.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu)?.includes(name)) return '';
  return clean.length <= SHOWN ? clean : `${clean.slice(0, SHOWN - 1)}…`;
}

/** The callee most files write, if at least a third of the calls look like it. */
function usualCallee(index: FamilyIndex, symbol: number, name: string): string {
  let best = '';
  let most = 0;
  for (const callee of index.callees.of(symbol)) {
    const count = index.callees.count(callee);
    if (count === 0) continue;
    const text = index.symbols.text(callee);
    if (count > most || (count === most && compare(text, best) < 0)) {
      best = text;
      most = count;
    }
  }
  return most * 3 >= index.callees.total(symbol) && cleanLine(best) === best && best !== '' ? best : name;
}

/** Picks the declaration nearest to the file: its own, its imports', its directory's, then exported ones by path. */
function nearestDeclaration(
  index: FamilyIndex,
  symbol: number,
  current: FileDigest,
  imported: ReadonlySet<number>,
): { signature: string; path: string } | undefined {
  const own = current.declarations.find((declaration) => declaration.name === symbol);
  if (own) return { signature: own.signature, path: current.path };
  const candidates = index
    .slotsDeclaring(symbol)
    .map((slot) => {
      const digest = index.fileAt(slot) as FileDigest;
      const declaration = digest.declarations.find(({ name }) => name === symbol);
      const rank = imported.has(slot) ? 0 : digest.directory === current.directory ? 1 : declaration?.exported ? 2 : 3;
      return { digest, declaration, rank };
    })
    .filter(({ digest, declaration }) => declaration !== undefined && digest.path !== current.path)
    .sort((a, b) => a.rank - b.rank || compare(a.digest.path, b.digest.path));
  const best = candidates[0];
  return best?.declaration ? { signature: best.declaration.signature, path: best.digest.path } : undefined;
}

/** The forms of one ranked name. */
export function describeApi(
  index: FamilyIndex,
  symbol: number,
  probability: number,
  current: FileDigest,
  imported: ReadonlySet<number>,
): RankedApi {
  const name = index.symbols.text(symbol);
  const declaration = nearestDeclaration(index, symbol, current, imported);
  const signature = declaration ? shortSignature(declaration.signature, name) : '';
  return {
    name,
    probability,
    callee: usualCallee(index, symbol, name),
    signature,
    path: signature === '' ? '' : (declaration?.path ?? ''),
  };
}
