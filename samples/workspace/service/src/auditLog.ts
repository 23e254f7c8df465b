import type { Transaction } from './database';

export interface AuditEntry {
  readonly id: string;
  readonly subject: string;
  readonly action: string;
}

/** Who did what, kept for seven years. */
export class AuditLog {
  async record(tx: Transaction, subject: string, action: string): Promise<void> {
    await tx.insert<AuditEntry>('audit', { id: `${subject}:${action}`, subject, action });
  }
}
