/** The files an import may mean, by the rules of each language's resolver, without looking at the disk. */
import { extensionOf, folderOf, joinPath } from './paths.ts';

const ECMASCRIPT = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
/** TypeScript lets an import name the file it will be compiled to. */
const COMPILED_FROM: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/** Repository-relative paths in order of preference; empty for a package, or a language without paths in imports. */
export function moduleCandidates(importer: string, module: string): readonly string[] {
  const extension = extensionOf(importer);
  if (ECMASCRIPT.includes(extension)) return ecmascript(importer, module);
  if (extension === '.py' || extension === '.pyi') return python(importer, module);
  return [];
}

function ecmascript(importer: string, module: string): string[] {
  if (!/^\.\.?(\/|$)/.test(module)) return [];
  const target = joinPath(folderOf(importer), module);
  if (target === undefined) return [];
  const written = extensionOf(target);
  const stem = target.slice(0, target.length - written.length);
  return [
    ...(ECMASCRIPT.includes(written) ? [target] : []),
    ...(COMPILED_FROM[written] ?? []).map((source) => stem + source),
    ...ECMASCRIPT.map((end) => target + end),
    ...ECMASCRIPT.map((end) => (target === '' ? `index${end}` : `${target}/index${end}`)),
  ];
}

/** A leading dot is the importer's package, each further one its parent; an absolute name starts at the root or at src. */
function python(importer: string, module: string): string[] {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const name = module.slice(dots).replaceAll('.', '/');
  const bases: string[] = [];
  if (dots > 0) {
    const base = joinPath(folderOf(importer), '../'.repeat(dots - 1));
    if (base !== undefined) bases.push(base);
  } else bases.push('', 'src');
  return bases.flatMap((base) => {
    const stem = [base, name].filter(Boolean).join('/');
    return stem === '' ? ['__init__.py'] : [`${stem}.py`, `${stem}/__init__.py`, `${stem}.pyi`];
  });
}
