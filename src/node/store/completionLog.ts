/** Counts of what completions proposed and what was kept of them (AT7): numbers by language and source, never code. */

import { LruMap } from '../../base/lru.ts';
import type {
  CompletionCounts,
  CompletionOutcome,
  CompletionReport,
  CompletionStats,
} from '../../core/completion/completion.ts';
import type { FilterId } from '../../core/completion/filters/filter.ts';
import type { StoreNotice } from '../../core/indexing/indexStore.ts';
import type { LanguageId } from '../../core/languages.ts';
import { Database, type Schema } from './database.ts';

const COUNTS = [
  'proposed',
  'kept',
  'kept_in_part',
  'kept_characters',
  'expected',
  'hits',
  'attractors',
  'attractors_used',
  'antipattern_hits',
  'retries',
  'total_ms',
] as const;
type Count = (typeof COUNTS)[number];

const SCHEMA: Schema = {
  version: 1,
  title: 'counts of completions',
  whenNewer: 'memory',
  synchronous: 'NORMAL',
  tables: ['completions', 'rejections'],
  create: `
    CREATE TABLE completions (
      language TEXT NOT NULL, source TEXT NOT NULL, model TEXT NOT NULL,
      ${COUNTS.map((count) => `${count} REAL NOT NULL DEFAULT 0`).join(', ')},
      PRIMARY KEY (language, source, model)
    ) WITHOUT ROWID;
    CREATE TABLE rejections (filter TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
  `,
};

interface Key {
  readonly language: LanguageId;
  readonly source: string;
  /** '' where no model wrote it. */
  readonly model: string;
}

/** Answers whose outcome may still be told. */
const OPEN = 256;

export class CompletionLog {
  private readonly database: Database;
  private readonly open = new LruMap<string, Key>(OPEN);

  constructor(path: string, onNotice?: (notice: StoreNotice) => void) {
    this.database = new Database(path, SCHEMA, onNotice);
  }

  proposed(language: LanguageId, report: CompletionReport): void {
    const { id, completions, model, lift, antipatternHits, retries, rejected, timings } = report;
    const [first] = completions;
    this.database.transaction(() => {
      for (const { filter } of rejected)
        this.database.run(
          'INSERT INTO rejections (filter, count) VALUES (?, 1) ON CONFLICT (filter) DO UPDATE SET count = count + 1',
          filter,
        );
      if (!first) return;
      const key = { language, source: first.source, model: first.source === 'model' ? (model ?? '') : '' };
      this.open.set(id, key);
      this.add(key, {
        proposed: 1,
        expected: lift?.expected.length ?? 0,
        hits: lift?.hits.length ?? 0,
        attractors: lift?.attractors ?? 0,
        attractors_used: lift?.attractorsUsed ?? 0,
        antipattern_hits: antipatternHits.length,
        retries,
        total_ms: timings.totalMs,
      });
    });
  }

  /** An answer is told of once; one that nobody knows (any more) is passed over. */
  outcome({ id, kept, characters }: CompletionOutcome): void {
    const key = this.open.get(id);
    if (!key) return;
    this.open.delete(id);
    this.add(key, {
      kept: kept === 'whole' ? 1 : 0,
      kept_in_part: kept === 'part' ? 1 : 0,
      kept_characters: kept === 'none' ? 0 : Math.max(0, characters),
    });
  }

  stats(): CompletionStats {
    const rows = this.database.all('SELECT * FROM completions ORDER BY language, source, model').map((row) => {
      const number = (count: Count) => Number(row[count]);
      return {
        language: row.language as LanguageId,
        source: row.source as CompletionCounts['source'],
        model: row.model === '' ? null : String(row.model),
        proposed: number('proposed'),
        kept: number('kept'),
        keptInPart: number('kept_in_part'),
        keptCharacters: number('kept_characters'),
        expected: number('expected'),
        hits: number('hits'),
        attractors: number('attractors'),
        attractorsUsed: number('attractors_used'),
        antipatternHits: number('antipattern_hits'),
        retries: number('retries'),
        totalMs: number('total_ms'),
      };
    });
    const rejected = this.database.all('SELECT filter, count FROM rejections ORDER BY filter');
    return {
      rows,
      rejected: Object.fromEntries(rejected.map(({ filter, count }) => [filter as FilterId, Number(count)])),
    };
  }

  close(): void {
    this.database.close();
  }

  private add({ language, source, model }: Key, counts: Partial<Record<Count, number>>): void {
    const names = Object.keys(counts) as Count[];
    this.database.run(
      `INSERT INTO completions (language, source, model, ${names.join(', ')})
       VALUES (?, ?, ?, ${names.map(() => '?').join(', ')})
       ON CONFLICT (language, source, model) DO UPDATE SET ${names.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
      ...[language, source, model, ...names.map((name) => counts[name] ?? 0)],
    );
  }
}
