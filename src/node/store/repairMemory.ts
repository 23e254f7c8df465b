/** What healing has learned in this repository (SH6), in the store beside the user's decisions. */
import type { RepairMemory, RepairOutcome } from '../../core/healing/fixSources.ts';
import type { UserDatabase } from './userDatabase.ts';

/** Reads all counts once; outcomes are kept in memory until `flush`, so that a search waits for no disk. */
export class StoredRepairMemory implements RepairMemory {
  private readonly counts = new Map<string, Record<RepairOutcome, number>>();
  private readonly fresh: { key: string; outcome: RepairOutcome }[] = [];

  constructor(private readonly database: UserDatabase) {
    for (const row of database.all(
      "SELECT pattern, outcome, count FROM repairs WHERE source = 'heal' ORDER BY sequence",
    )) {
      const outcome = String(row['outcome']);
      if (outcome === 'kept' || outcome === 'verified' || outcome === 'rolledBack')
        this.entry(String(row['pattern']))[outcome] = Number(row['count']);
    }
  }

  /** Laplace's estimate, so that one success does not count as certainty; what nobody applied says nothing. */
  confidence(key: string): number | undefined {
    const { kept = 0, rolledBack = 0 } = this.counts.get(key) ?? {};
    return kept + rolledBack ? (kept + 1) / (kept + rolledBack + 2) : undefined;
  }

  record(key: string, outcome: RepairOutcome): void {
    this.entry(key)[outcome]++;
    this.fresh.push({ key, outcome });
  }

  flush(): void {
    if (!this.fresh.length) return;
    const outcomes = this.fresh.splice(0);
    this.database.transaction(() => {
      for (const { key, outcome } of outcomes) {
        this.database.run(
          `INSERT INTO repairs (pattern, source, outcome, payload) VALUES (?, 'heal', ?, '')
           ON CONFLICT (pattern, source, outcome) DO UPDATE SET count = count + 1`,
          key,
          outcome,
        );
      }
    });
  }

  private entry(key: string): Record<RepairOutcome, number> {
    let entry = this.counts.get(key);
    if (!entry) this.counts.set(key, (entry = { verified: 0, kept: 0, rolledBack: 0 }));
    return entry;
  }
}
