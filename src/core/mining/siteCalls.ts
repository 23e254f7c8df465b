/** What the calls at an idiom's sites have in common beside their names: receivers and numbers of arguments. */
import { isTestPath, type Site } from './candidate.ts';
import {
  CALL_ARGUMENTS,
  CALL_LINE,
  CALL_NAME,
  CALL_RECEIVER,
  CALL_RESOLVED,
  CALL_WIDTH,
  type FileDigest,
} from './fileDigest.ts';
import type { LabelTable } from './labelTable.ts';
import type { PhraseBook } from './phrases.ts';

/** Share of the sites that must agree before their receiver is shown. */
const AGREE = 0.9;
/** Sites looked at, evenly spaced. */
const MOST_SITES = 160;

/** How the sites call one API. */
export interface CallEvidence {
  /** `c.JSON`, `router.post`: as much of the callee as the sites share; undefined where that is the name alone. */
  readonly callee?: string;
  /** Numbers of arguments over the sites: the most, and what a quarter of the calls reaches. */
  readonly most: number;
  readonly usual: number;
  /** What the call does, where the sites agree and somebody wrote it down: "Log warnings with". */
  readonly say?: string;
}

/** Evidence by last segment of the callee. */
export type SiteEvidence = ReadonlyMap<string, CallEvidence>;

export class SiteCalls {
  private readonly byPath: ReadonlyMap<string, FileDigest>;
  /** Phrases by numbers of callee and receiver. */
  private readonly said = new Map<string, string | undefined>();

  constructor(
    files: readonly FileDigest[],
    private readonly names: LabelTable,
    private readonly phrases: PhraseBook,
  ) {
    this.byPath = new Map(files.map((file) => [file.path, file]));
  }

  /** Evidence on `wanted` (last segments) at `sites`. */
  at(sites: readonly Site[], wanted: ReadonlySet<string>): SiteEvidence {
    const ids = new Map([...wanted].map((name) => [this.names.idOf(name), name]));
    const seen = new Map<string, { sites: number; callees: Map<string, number>; counts: number[]; said: string[] }>();
    const step = Math.max(1, Math.ceil(sites.length / MOST_SITES));
    let looked = 0;
    for (let index = 0; index < sites.length; index += step) {
      looked++;
      for (const [name, found] of this.callsIn(sites[index] as Site, ids)) {
        const entry = seen.get(name) ?? {
          sites: 0,
          callees: new Map<string, number>(),
          counts: [] as number[],
          said: [],
        };
        seen.set(name, entry);
        entry.sites++;
        entry.counts.push(...found.counts);
        if (found.said !== undefined) entry.said.push(found.said);
        const suffixes = new Set([...found.callees].flatMap(suffixesOf));
        for (const suffix of suffixes) entry.callees.set(suffix, (entry.callees.get(suffix) ?? 0) + 1);
      }
    }
    const result = new Map<string, CallEvidence>();
    for (const [name, { sites: count, callees, counts, said }] of seen) {
      if (count < looked * AGREE) continue;
      const [callee] = [...callees.entries()]
        .filter(([, times]) => times >= looked * AGREE)
        .map(([text]) => text)
        .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
      counts.sort((a, b) => a - b);
      const usual = counts[Math.floor(counts.length * 0.75)] as number;
      const [say] = said;
      const agreed = say !== undefined && said.filter((other) => other === say).length >= looked * AGREE;
      result.set(name, {
        ...{ most: counts.at(-1) as number, usual },
        ...(callee === undefined ? {} : { callee }),
        ...(agreed ? { say } : {}),
      });
    }
    return result;
  }

  /** True for a site in a test: by its file, or, in Rust, in the module for tests. */
  isTest({ path, line }: Site): boolean {
    const modules = this.byPath.get(path)?.types.filter(({ kind, name }) => kind === 'module' && /^tests?$/.test(name));
    return isTestPath(path) || modules?.some((module) => module.line <= line) === true;
  }

  private phraseAt(calls: Int32Array, at: number): string | undefined {
    const [resolved, receiver] = [calls[at + CALL_RESOLVED] as number, calls[at + CALL_RECEIVER] as number];
    const key = `${resolved} ${receiver}`;
    if (!this.said.has(key)) {
      const name = this.names.name(calls[at + CALL_NAME] as number);
      const full = receiver === -1 ? this.names.name(resolved) : `${this.names.name(receiver)}.${name}`;
      this.said.set(key, this.phrases.of(full));
    }
    return this.said.get(key);
  }

  private callsIn({ path, line, endLine }: Site, ids: ReadonlyMap<number, string>): Map<string, SiteCall> {
    const found = new Map<string, SiteCall>();
    const calls = this.byPath.get(path)?.calls;
    if (calls === undefined) return found;
    for (let at = 0; at < calls.length; at += CALL_WIDTH) {
      const own = calls[at + CALL_LINE] as number;
      if (own < line || own > endLine) continue;
      const name = ids.get(calls[at + CALL_NAME] as number);
      if (name === undefined) continue;
      const entry: SiteCall = found.get(name) ?? { callees: new Set(), counts: [], said: undefined };
      found.set(name, entry);
      entry.said ??= this.phraseAt(calls, at);
      entry.callees.add(this.names.name(calls[at + CALL_RESOLVED] as number));
      entry.counts.push(calls[at + CALL_ARGUMENTS] as number);
    }
    return found;
  }
}

/** One API at one site. */
interface SiteCall {
  readonly callees: Set<string>;
  readonly counts: number[];
  said: string | undefined;
}

/** `a.b.c` → `a.b.c`, `b.c`: what stands before the name in plain code, the name alone left out. */
function suffixesOf(callee: string): string[] {
  if (!/^[\w$]+(?:\.[\w$]+)+$/.test(callee)) return [];
  const parts = callee.split('.');
  return parts.slice(0, -1).map((_, index) => parts.slice(index).join('.'));
}
