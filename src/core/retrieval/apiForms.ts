/** How an API is shown: its real signature where this repository declares it, and the way it is called. */
import { ELSEWHERE, UNKNOWN } from './callForms.ts';
import type { CursorDigest, Declaration } from './fileDigest.ts';
import { cleanLine } from './hygiene.ts';
import { isOfModule, readings } from './ownership.ts';
import { compare, type FamilyIndex } from './retrievalIndex.ts';

export interface RankedApi {
  readonly name: string;
  readonly probability: number;
  /** A call as files write it, e.g. `res.json()`; '' for a name that says nothing without its place. */
  readonly call: string;
  /** A name that public code uses at large, called on nothing that says more: `len()`, `.map()`, `<div>`. */
  readonly isCommonplace: boolean;
  /** The declaration's text from its name on, e.g. `getUser(id: string): Promise<User>`; '' for a dependency's API. */
  readonly signature: string;
  /** Declaring file; '' for a dependency's API. */
  readonly path: string;
}

/** A receiver is shown from this share of the calls on. */
const LEAST_SHARE = 1 / 3;

/** Longest signature shown. */
const SHOWN = 140;

/** Keywords before a declared name that say nothing once the name and parameters stand there. */
const LEADING =
  /^.*?(?=(?:\b(?:async\s+)?(?:def|fn|func|function|class|struct|trait|enum|interface|type|const|let|var)\b))/s;

/** One line of a signature, shortened where it ends: no decorators, no `export`, no opening brace; '' for what is none. */
export function shortSignature(signature: string, name: string): string {
  const folded = signature
    .replace(/\s+/g, ' ')
    .replace(/(\s*=>)?\s*\{?\s*$/, '$1')
    .replace(/:$/, '');
  const withoutDecorators = /^(@|#\[)/.test(folded) ? folded.replace(LEADING, '') : folded;
  const plain = withoutDecorators.replace(/^((export|default|public|pub(\([a-z ]+\))?|declare)\s+)+/, '').trim();
  const clean = cleanLine(plain);
  if (!clean.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu)?.includes(name)) return '';
  // A function that is handed to a call is no declaration of the name.
  if (/\w\([^)]*=>$/.test(clean)) return '';
  return shorten(clean);
}

function shorten(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;
}

/** What a method is called on in its own class. */
const SELF = /^(this|self|cls|Self)\b/;
/** The type that a member is called on. */
const TYPE_BEFORE = /^([A-Z]\w*[a-z]\w*)(?:\.|::)[\w$]+!?\(\)$/;

/** Where a chain is most often a library's: what its links are declared by is not known. */
const CHAINED_ELSEWHERE: ReadonlySet<string> = new Set(['ecmascript', 'python']);

/** A member of a variable. */
const VARIABLE = /^(?!(?:this|self|cls|super)\b)(?:[\w$]+\.)*?([a-z_][\w]*)\.[\w$]+\(\)$/;
/** More declarations of one name than this are not told apart by their signatures. */
const MOST_DECLARING = 32;
/** From so many packages on that declare a name for themselves, the next is likely to. */
const SEVERAL = 2;
const LAST_MEMBER = /\.[^.]+$/;

/** True where the text ends in the word and not merely in its letters. */
function endsInWord(text: string, word: string): boolean {
  return text.endsWith(word) && !/\w/.test(text[text.length - word.length - 1] ?? '');
}

interface Found {
  readonly path: string;
  readonly declaration: Declaration;
}

/** Describes APIs for one place: the file at the cursor and what it imports. */
export class ApiForms {
  /** Modules as symbols. */
  private readonly imported: ReadonlySet<number>;
  /** The forms of the file at the cursor by name. */
  private readonly ownForms = new Map<number, number[]>();

  /** `isCommon`: names that public code uses at large, of which a namesake says nothing. */
  constructor(
    private readonly index: FamilyIndex,
    private readonly current: CursorDigest,
    private readonly isCommon: (name: string) => boolean,
  ) {
    this.imported = new Set(current.modules.map((module) => index.symbols.find(module)));
    current.forms.forEach((pair, i) => {
      const name = current.formNames[i] as number;
      const known = this.ownForms.get(name);
      if (known) known.push(pair);
      else this.ownForms.set(name, [pair]);
    });
  }

  /** The forms of one ranked name; its declaration and imports are looked for where its signature may be shown. */
  describe(symbol: number, probability: number, mayBeSigned: boolean): RankedApi {
    const name = this.index.symbols.text(symbol);
    const { form, owner, share } = mayBeSigned ? this.usualForm(symbol) : this.mostUsedForm(symbol);
    const found = mayBeSigned ? this.declarationOf(symbol, name, form, owner) : undefined;
    const signature = found ? this.signatureOf(found.declaration, name) : '';
    const isSaid = found !== undefined || !this.isOutOfReach(symbol, form, owner);
    const call = isSaid ? cleanLine(form) : '';
    const variable = VARIABLE.exec(call)?.[1];
    const varies = variable !== undefined && !endsInWord(owner, variable);
    const brief = varies ? call.slice(call.search(LAST_MEMBER)) : call;
    const isCommonplace =
      signature === '' && (/^<[a-z]/.test(call) || (this.isCommon(name) && !/^[\w$]+(?:\.|::)/.test(brief)));
    return {
      name,
      probability,
      // A variable that few calls are made on says nothing.
      call: varies && share < LEAST_SHARE ? brief : call,
      isCommonplace,
      signature,
      path: signature === '' ? '' : (found?.path ?? ''),
    };
  }

  /** With the class it belongs to, where the text itself does not say it. */
  private signatureOf({ signature, container }: Declaration, name: string): string {
    const short = shortSignature(signature, name);
    if (short === '' || container < 0 || this.index.family === 'go') return short;
    return shorten(`${this.index.symbols.text(container)}: ${short}`);
  }

  /** The form that this file uses, else one of a module that it imports, else the one that most files use. */
  private usualForm(symbol: number): { form: string; owner: string; share: number } {
    const { symbols, forms } = this.index;
    let best = -1;
    let bestRank = 0;
    let most = 0;
    let total = 0;
    const consider = (pair: number, rank: number, count: number): void => {
      total += count;
      if (rank < bestRank || (rank === bestRank && count < most)) return;
      // Texts are compared for ties alone: a common name has thousands of forms.
      if (rank === bestRank && count === most && best >= 0 && this.index.compareForms(best, pair) <= 0) return;
      best = pair;
      bestRank = rank;
      most = count;
    };
    const own = this.ownForms.get(symbol) ?? [];
    for (const pair of own) consider(pair, 2, forms.count(pair) + 1);
    const all = forms.of(symbol);
    for (let i = 0; i < all.length; i++) {
      const pair = all[i] as number;
      const count = forms.count(pair);
      if (count > 0 && !own.includes(pair)) consider(pair, this.imported.has(symbols.second(pair)) ? 1 : 0, count);
    }
    if (best < 0) return { form: '', owner: UNKNOWN, share: 0 };
    const form = symbols.text(symbols.first(best));
    return { form, owner: symbols.text(symbols.second(best)), share: most / total };
  }

  /** The same for an unlikely name, without a look at the imports. */
  private mostUsedForm(symbol: number): { form: string; owner: string; share: number } {
    if (this.ownForms.has(symbol)) return this.usualForm(symbol);
    const { symbols } = this.index;
    const { pair, count, total } = this.index.mostUsedForm(symbol);
    if (pair < 0) return { form: '', owner: UNKNOWN, share: 0 };
    return {
      form: symbols.text(symbols.first(pair)),
      owner: symbols.text(symbols.second(pair)),
      share: count / total,
    };
  }

  /** True for a function that another package of Go keeps to itself; what several each declare, the next one will. */
  private isOutOfReach(symbol: number, form: string, owner: string): boolean {
    const { index, current } = this;
    if (index.family !== 'go' || owner !== UNKNOWN || !/^[a-z]\w*\(\)$/.test(form)) return false;
    const packages = new Set(index.slotsDeclaring(symbol).map((slot) => index.fileAt(slot)?.directory));
    return packages.size > 0 && packages.size < SEVERAL && !packages.has(current.directory);
  }

  private declarationOf(symbol: number, name: string, form: string, owner: string): Found | undefined {
    const { index, current } = this;
    const isMember = /[.:]/.test(form);
    const isSelf = SELF.test(form);
    const type = isSelf ? undefined : TYPE_BEFORE.exec(form)?.[1];
    const fits = ({ container }: Declaration) =>
      type === undefined ? container >= 0 === isMember : container === index.symbols.find(type);
    const own = current.declarations.filter((declaration) => declaration.name === symbol).find(fits);
    if (own && (isSelf || (owner === UNKNOWN && (!isMember || type !== undefined || !this.isCommon(name)))))
      return { path: current.path, declaration: own };
    if (owner === ELSEWHERE || (form.startsWith('.') && CHAINED_ELSEWHERE.has(index.family))) return undefined;
    // A Go package is a folder.
    const hasNear = index.family === 'go' && !isMember;
    const isAnybodys = this.isCommon(name) && type === undefined;
    if (owner === UNKNOWN && isAnybodys && !hasNear) return undefined;
    const slots = index.slotsDeclaring(symbol);
    // What so many files declare is nobody's in particular: only the place can tell whose, and reading them all takes time.
    const isEverywhere = owner === UNKNOWN && slots.length > MOST_DECLARING;
    if (isEverywhere && !hasNear) return undefined;
    const elsewhere: (Found & { readonly isNear: boolean })[] = [];
    for (const slot of slots) {
      const digest = index.fileAt(slot);
      if (!digest || digest.path === current.path) continue;
      const isNear = digest.directory === current.directory;
      if (isEverywhere && !isNear) continue;
      const { path, declarations } = digest;
      for (const declaration of declarations)
        if (declaration.name === symbol) elsewhere.push({ path, declaration, isNear });
    }
    elsewhere.sort((a, b) => Number(b.isNear) - Number(a.isNear) || compare(a.path, b.path));
    if (owner !== UNKNOWN) {
      for (const reading of readings(owner, index.family)) {
        const container = reading.container === '' ? -1 : index.symbols.find(reading.container);
        const found = elsewhere.find(
          ({ path, declaration }) => declaration.container === container && isOfModule(path, reading, index.family),
        );
        if (found) return found;
      }
      return undefined;
    }
    const fitting = elsewhere.filter(({ declaration }) => fits(declaration));
    const near = hasNear ? fitting.find(({ isNear }) => isNear) : undefined;
    if (near || isAnybodys) return near;
    const reachable = fitting.filter(({ declaration }) => isMember || declaration.exported);
    return new Set(reachable.map(({ declaration }) => declaration.signature)).size === 1 ? reachable[0] : undefined;
  }
}
