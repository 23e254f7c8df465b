import type { Row, Transaction } from '../database';
import { Repository } from './repository';

export interface Invoice extends Row {
  readonly orderId: string;
  readonly number: string;
  readonly sent: boolean;
}

export class InvoiceRepository extends Repository<Invoice> {
  protected readonly table = 'invoices';

  async findByOrder(tx: Transaction, orderId: string): Promise<Invoice[]> {
    return await tx.many<Invoice>(this.table, { orderId });
  }
}
