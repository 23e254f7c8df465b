/** Idioms that were mined, brought up to date for the files that changed since: their sites there are looked for again. */
import { type Candidate, compareText } from './candidate.ts';
import { type FileTrees, type Forest, type FrequentParts, forestOf, type SiteForest } from './forest.ts';
import { type Idiom, type IdiomSetting, idiomCandidate } from './idiomCandidate.ts';
import type { ChosenIdiom } from './idiomLibrary.ts';
import { matchPattern } from './patternMatcher.ts';
import type { SubtreeLimits } from './subtreeMiner.ts';

interface KnownIdiom {
  readonly idiom: Omit<Idiom, 'embeddings'>;
  readonly kind: Candidate['kind'];
  /** Node numbers of each site in its file, ascending by root. */
  readonly places: Map<FileTrees, Int32Array[]>;
}

export class KnownIdioms {
  private members: ReadonlySet<FileTrees>;
  private readonly known: readonly KnownIdiom[];

  /** `chosen` were mined in `forest`; `candidates` are what was made of them, in the same order. */
  constructor(
    forest: Forest,
    private readonly frequent: FrequentParts,
    private readonly limits: SubtreeLimits,
    chosen: readonly ChosenIdiom[],
    candidates: readonly Candidate[],
  ) {
    this.members = new Set(forest.files);
    this.known = chosen.map(({ pattern, bits, gain, exclusive, embeddings }, index) => {
      const places: KnownIdiom['places'] = new Map();
      addPlaces(places, forest, embeddings);
      const { labels, depths } = pattern;
      return {
        idiom: { pattern: { labels, depths }, bits, gain, exclusive },
        kind: (candidates[index] as Candidate).kind,
        places,
      };
    });
  }

  /** Candidates whose sites changed, now that `files` (by path, copies left out) are the family's. Their kinds stay. */
  update(files: readonly FileTrees[], setting: IdiomSetting): Candidate[] {
    const now = new Set(files);
    const gone = [...this.members].filter((file) => !now.has(file));
    const fresh = files.filter((file) => !this.members.has(file));
    this.members = now;
    if (gone.length + fresh.length === 0) return [];
    const forest = forestOf(fresh, setting.table, this.frequent);
    const block = setting.table.idOf('block');
    const changed: Candidate[] = [];
    for (const { idiom, kind, places } of this.known) {
      const left = gone.filter((file) => places.delete(file)).length;
      const found = matchPattern(forest, idiom.pattern, block, this.limits);
      if (left + found.length === 0) continue;
      addPlaces(places, forest, found);
      const { sites, embeddings } = forestOfPlaces(places);
      changed.push({ ...idiomCandidate({ ...idiom, embeddings }, sites, setting), kind });
    }
    return changed;
  }
}

function addPlaces(places: KnownIdiom['places'], forest: Forest, embeddings: readonly Int32Array[]): void {
  for (const embedding of embeddings) {
    const file = forest.files[forest.file[embedding[0] as number] as number] as FileTrees;
    const list = places.get(file);
    const nodes = embedding.map((at) => forest.node[at] as number);
    if (list) list.push(nodes);
    else places.set(file, [nodes]);
  }
}

/** The matched nodes alone, with the embeddings that point to them. */
function forestOfPlaces(places: KnownIdiom['places']): { sites: SiteForest; embeddings: Int32Array[] } {
  const files = [...places.keys()].sort((a, b) => compareText(a.path, b.path));
  const [file, node]: [number[], number[]] = [[], []];
  const embeddings = files.flatMap((trees, index) =>
    (places.get(trees) ?? []).map((nodes) =>
      nodes.map((at) => {
        file.push(index);
        return node.push(at) - 1;
      }),
    ),
  );
  return { sites: { files, file: Int32Array.from(file), node: Int32Array.from(node) }, embeddings };
}
