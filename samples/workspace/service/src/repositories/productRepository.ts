import type { Row, Transaction } from '../database';
import { Repository } from './repository';

export interface Product extends Row {
  readonly sku: string;
  readonly title: string;
  readonly price: number;
  readonly stock: number;
}

export class ProductRepository extends Repository<Product> {
  protected readonly table = 'products';

  async findBySku(tx: Transaction, sku: string): Promise<Product[]> {
    return await tx.many<Product>(this.table, { sku });
  }
}
