import type { Row, Transaction } from '../database';
import { Repository } from './repository';

export interface Customer extends Row {
  readonly email: string;
  readonly name: string;
  readonly active: boolean;
}

export class CustomerRepository extends Repository<Customer> {
  protected readonly table = 'customers';

  async findByEmail(tx: Transaction, email: string): Promise<Customer[]> {
    return await tx.many<Customer>(this.table, { email });
  }
}
