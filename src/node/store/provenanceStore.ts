/** Where generated code came from and what became of it, beside the user's decisions: it survives every rebuild of the index. */
import {
  acceptanceOf,
  OUTCOMES,
  type Provenance,
  type ProvenanceOutcome,
  type ProvenanceRecord,
} from '../../core/infill/builder/provenance.ts';
import type { UserDatabase } from './userDatabase.ts';

/** Samples that are kept; older ones are forgotten, which bounds the store (about 1 KB each). */
const KEPT = 20_000;

export class ProvenanceStore {
  private known: ReturnType<typeof acceptanceOf> | undefined;

  constructor(
    private readonly database: UserDatabase,
    private readonly now: () => Date,
  ) {}

  add(samples: readonly { readonly provenance: Provenance; readonly outcome: ProvenanceOutcome }[]): void {
    if (samples.length === 0) return;
    this.known = undefined;
    this.database.transaction(() => {
      for (const { provenance, outcome } of samples)
        this.database.run(
          "INSERT OR REPLACE INTO provenance (id, outcome, decided_at, payload) VALUES (?, ?, '', ?)",
          provenance.id,
          outcome,
          JSON.stringify(provenance),
        );
      this.database.run('DELETE FROM provenance WHERE sequence <= (SELECT MAX(sequence) FROM provenance) - ?', KEPT);
    });
  }

  /** The last decision counts; ids that are not known (any more) are passed over. */
  decide(ids: readonly string[], outcome: ProvenanceOutcome): void {
    this.known = undefined;
    const at = this.now().toISOString();
    this.database.transaction(() => {
      for (const id of ids)
        this.database.run('UPDATE provenance SET outcome = ?, decided_at = ? WHERE id = ?', outcome, at, id);
    });
  }

  /** What people kept of each preset's samples; read once, and again after a decision. */
  acceptance(): ReturnType<typeof acceptanceOf> {
    this.known ??= acceptanceOf(this.records());
    return this.known;
  }

  /** In the order in which they were made. A row that cannot be read says nothing and is passed over. */
  records(): ProvenanceRecord[] {
    const rows = this.database.all('SELECT outcome, decided_at, payload FROM provenance ORDER BY sequence');
    return rows.flatMap((row) => {
      const outcome = OUTCOMES.find((each) => each === row['outcome']);
      const provenance = parsed(String(row['payload']));
      return outcome && provenance ? [{ ...provenance, outcome, decidedAt: String(row['decided_at']) }] : [];
    });
  }
}

function parsed(payload: string): Provenance | undefined {
  try {
    return JSON.parse(payload) as Provenance;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
