import type { Row, Transaction } from '../database';
import { Repository } from './repository';

export interface Payment extends Row {
  readonly orderId: string;
  readonly amount: number;
  readonly state: 'pending' | 'settled' | 'failed';
}

export class PaymentRepository extends Repository<Payment> {
  protected readonly table = 'payments';

  async findByOrder(tx: Transaction, orderId: string): Promise<Payment[]> {
    return await tx.many<Payment>(this.table, { orderId });
  }
}
