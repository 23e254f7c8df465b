import type { Row, Transaction } from '../database';

/** What every table offers. */
export abstract class Repository<T extends Row> {
  protected abstract readonly table: string;

  async findById(tx: Transaction, id: string): Promise<T | undefined> {
    return await tx.one<T>(this.table, id);
  }

  async findAll(tx: Transaction, page: { limit: number; offset: number }): Promise<T[]> {
    return await tx.many<T>(this.table, {}, page);
  }

  async insert(tx: Transaction, row: T): Promise<T> {
    return await tx.insert<T>(this.table, row);
  }

  async update(tx: Transaction, id: string, change: Partial<T>): Promise<T> {
    return await tx.update<T>(this.table, id, change);
  }
}
