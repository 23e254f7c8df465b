/** Phrases for well-known APIs: "Log warnings with `slog.Warn`" says more than "Call `slog.Warn`". Data: src/data/frameworks. */
import type { Family } from '../languages.ts';

/** What calls of some APIs do, in words that end where the API's name begins: "Log warnings with". */
export interface Phrase {
  readonly say: string;
  /** Callees with imports and receivers resolved: `log/slog.Warn`, `express.Router.post`; `*` stands for part of a name. */
  readonly apis: readonly string[];
}

export class PhraseBook {
  private readonly exact = new Map<string, string>();
  private readonly patterns: { readonly pattern: RegExp; readonly say: string }[] = [];

  constructor(entries: readonly { readonly family: Family; readonly phrases?: readonly Phrase[] }[], family: Family) {
    for (const entry of entries) {
      if (entry.family !== family) continue;
      for (const { say, apis } of entry.phrases ?? [])
        for (const api of apis)
          if (!api.includes('*')) this.exact.set(api, say);
          else {
            const parts = api.split('*').map((part) => part.replace(/[.()[\]$^+?{}|\\]/g, '\\$&'));
            this.patterns.push({ pattern: new RegExp(`^${parts.join('[\\w$]*')}$`), say });
          }
    }
  }

  /** The phrase for a resolved callee; undefined for APIs of nobody's data. */
  of(api: string): string | undefined {
    return this.exact.get(api) ?? this.patterns.find(({ pattern }) => pattern.test(api))?.say;
  }
}
