import type { Row, Transaction } from '../database';
import { Repository } from './repository';

export interface Order extends Row {
  readonly customerId: string;
  readonly status: 'open' | 'paid' | 'shipped' | 'cancelled';
  readonly total: number;
}

export class OrderRepository extends Repository<Order> {
  protected readonly table = 'orders';

  async findByCustomer(tx: Transaction, customerId: string): Promise<Order[]> {
    return await tx.many<Order>(this.table, { customerId });
  }
}
