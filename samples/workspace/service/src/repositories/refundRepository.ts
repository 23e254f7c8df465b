import type { Row, Transaction } from '../database';
import { Repository } from './repository';

export interface Refund extends Row {
  readonly paymentId: string;
  readonly amount: number;
  readonly reason: string;
}

export class RefundRepository extends Repository<Refund> {
  protected readonly table = 'refunds';

  async findByPayment(tx: Transaction, paymentId: string): Promise<Refund[]> {
    return await tx.many<Refund>(this.table, { paymentId });
  }
}
