import type { Row, Transaction } from '../database';
import { Repository } from './repository';

export interface Coupon extends Row {
  readonly code: string;
  readonly percent: number;
  readonly used: boolean;
}

export class CouponRepository extends Repository<Coupon> {
  protected readonly table = 'coupons';

  async findByCode(tx: Transaction, code: string): Promise<Coupon[]> {
    return await tx.many<Coupon>(this.table, { code });
  }
}
