/** All functions of the repository: which file one is in, and which is most like what is wanted, fitted to its place. */
import { posix } from 'node:path';
import { LodestoneError, throwIfAborted } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import { type Hole, handOf, indentAt } from '../core/generation/hole.ts';
import { byLikeness, isWorth, type Near, nearestIn, type Sought } from '../core/generation/nearestBody.ts';
import { rebound, reindented } from '../core/generation/rebind.ts';
import { familyOf, type LanguageId } from '../core/languages.ts';
import type { FileFacts } from '../core/syntax/facts.ts';

export interface RepositoryFunctionsParts {
  paths(): readonly string[];
  facts(path: string): FileFacts | undefined;
  text(path: string): Promise<string | undefined>;
  readonly languageOf: (path: string) => LanguageId | undefined;
  readonly extensionOf: (language: LanguageId) => string;
  /** Whether the repository declares a name that other files can use. */
  readonly declares: (name: string, language: LanguageId) => boolean;
}

/** A text for the hole, and where it comes from: "src/order.ts:3 loadOrder (62 % alike)". */
export interface OwnAnswer {
  readonly text: string;
  readonly source: string;
  /** In [0, 1]. */
  readonly likeness: number;
}

/** With the text of its file, as it is in the buffer, and the facts of that text. */
export interface SoughtHere extends Sought {
  readonly text: string;
  readonly facts: FileFacts;
}

/** Candidates whose texts are read. */
const READ = 8;

export class RepositoryFunctions {
  constructor(private readonly parts: RepositoryFunctionsParts) {}

  /** Throws `unsupportedLanguage`. */
  languageOf(path: string): LanguageId {
    const language = this.parts.languageOf(path);
    if (language) return language;
    throw new LodestoneError('unsupportedLanguage', `Lodestone does not know the language of ${path}.`, {
      advice: 'It reads TypeScript, JavaScript, Python, Rust and Go.',
      args: { path },
    });
  }

  /** The one file that has a function of this name; throws `notFound` and `badArguments`. */
  fileOf(name: string): string {
    const found = this.parts.paths().filter((path) => {
      const functions = this.parts.facts(path)?.functions ?? [];
      return functions.some(
        (fact) => fact.body.end > fact.body.start && (fact.name === name || `${fact.container}.${fact.name}` === name),
      );
    });
    const [only, other] = found;
    if (only === undefined)
      throw new LodestoneError('notFound', `The repository has no function "${name}".`, {
        advice: 'Check the name, or name its file too.',
        args: { name },
      });
    if (other === undefined) return only;
    throw new LodestoneError('badArguments', `${found.length} files have a function "${name}".`, {
      advice: `Name its file: ${found.slice(0, 8).join(', ')}${found.length > 8 ? ', …' : ''}.`,
      args: { name },
    });
  }

  /** A name for a file that does not exist, in the wanted language, else in that of most files. */
  pathFor(language: LanguageId | undefined): string {
    const counts = new Map<LanguageId, number>();
    for (const path of this.parts.paths()) {
      const own = this.parts.languageOf(path);
      if (own) counts.set(own, (counts.get(own) ?? 0) + 1);
    }
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    const chosen = language ?? most?.[0];
    if (!chosen)
      throw new LodestoneError('badArguments', 'No language was given, and the repository has no sources.', {
        advice: 'Add --language typescript, javascript, python, rust or go.',
      });
    return `lodestone_generated${this.parts.extensionOf(chosen)}`;
  }

  /** Bodies of the functions that are most like it, fitted to the hole, the nearest first. */
  async *answers(sought: SoughtHere, hole: Hole, options: CallOptions): AsyncGenerator<OwnAnswer, undefined> {
    let near: Near[] = [];
    // Of the file itself what the buffer says.
    for (const path of new Set([sought.path, ...this.parts.paths()])) {
      throwIfAborted(options.signal);
      const facts = path === sought.path ? sought.facts : this.parts.facts(path);
      if (facts) near = [...near, ...nearestIn(path, facts, sought)].sort(byLikeness).slice(0, READ);
    }
    for (const candidate of near) {
      const text = candidate.path === sought.path ? sought.text : await this.parts.text(candidate.path);
      const own = text === undefined ? undefined : this.fit(candidate, text, sought, hole);
      if (own === undefined) continue;
      const { fact, likeness } = candidate;
      const alike = `${Math.round(likeness * 100)} % alike`;
      yield { text: own, source: `${candidate.path}:${fact.startLine} ${fact.name} (${alike})`, likeness };
    }
    return undefined;
  }

  /** The candidate's body in the hand of the place; of a specification the whole function. */
  private fit({ path, fact }: Near, text: string, sought: SoughtHere, hole: Hole): string | undefined {
    const { language } = sought;
    const { eol } = handOf(sought.text, language);
    const body = text.slice(fact.body.start, fact.body.end);
    if (!isWorth(body, language)) return undefined;
    if (!sought.fact) {
      const indent = indentAt(text, fact.start);
      const whole = reindented(text.slice(fact.start, fact.end), indent, '', eol);
      const facts = sought.text.trim() === '' ? this.parts.facts(path) : undefined;
      const imports = facts ? importsOf(whole, text, facts, path, sought.path) : [];
      return [...imports, ...(imports.length > 0 ? [''] : []), whole].join(eol);
    }
    const isPython = familyOf(language) === 'python';
    if (!isPython && body.startsWith('{') !== (hole.lead.trimStart() !== '' || hole.lead.includes('\n')))
      return undefined;
    const inner = isPython ? withoutDocstring(body) : body.replace(/^\{/, '').replace(/\}$/, '');
    const trimmed = inner.replace(/^[ \t]*\r?\n/, '').trimEnd();
    const indent = isPython ? indentAt(text, fact.body.start) : (/^[ \t]*/.exec(trimmed)?.[0] ?? '');
    const names = namesOf(sought.text);
    const known = (name: string) => names.has(name) || this.parts.declares(name, language);
    const fresh = rebound(trimmed.trimStart(), {
      language,
      from: fact,
      to: sought.fact,
      known,
      around: [[stemOf(path), stemOf(sought.path)]],
    });
    return reindented(fresh, indent, hole.lead.replace(/^[^\n]*\n/, ''), eol);
  }
}

/** `couponService` of `src/services/couponService.ts`. */
function stemOf(path: string): string {
  return posix.basename(path).replace(/\..*$/, '');
}

/** The import statements of a file that a function of it needs, for a new file in another folder. */
function importsOf(code: string, text: string, facts: FileFacts, from: string, to: string): string[] {
  if (familyOf(facts.language) !== 'ecmascript' && facts.language !== 'python') return [];
  const names = namesOf(code);
  return facts.imports
    .filter((each) => each.names.some(({ alias, name }) => names.has(alias || name)))
    .map(({ start, end, module, relative }) => {
      const statement = text.slice(start, end);
      if (!relative || facts.language === 'python') return statement;
      const path = posix.relative(posix.dirname(to), posix.join(posix.dirname(from), module));
      return statement.replace(module, path.startsWith('.') ? path : `./${path}`);
    });
}

function withoutDocstring(body: string): string {
  return body.replace(/^[rRbBuU]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')[ \t]*\r?\n/, '');
}

function namesOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []);
}
