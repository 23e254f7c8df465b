export interface Row {
  readonly id: string;
}

/** A connection inside a transaction. */
export interface Transaction {
  one<T extends Row>(table: string, id: string): Promise<T | undefined>;
  many<T extends Row>(table: string, where: Partial<T>, page?: { limit: number; offset: number }): Promise<T[]>;
  insert<T extends Row>(table: string, row: T): Promise<T>;
  update<T extends Row>(table: string, id: string, change: Partial<T>): Promise<T>;
}

export interface Database extends Transaction {
  begin(): Promise<Transaction & { commit(): Promise<void>; rollback(): Promise<void> }>;
}

/** Commits what `work` did, or rolls all of it back if it throws. */
export async function withTransaction<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const tx = await database.begin();
  try {
    const result = await work(tx);
    await tx.commit();
    return result;
  } catch (error) {
    await tx.rollback();
    throw error;
  }
}
