import type { AuditLog } from '../auditLog';
import { type Database, withTransaction } from '../database';
import { ApiError } from '../http/apiError';
import { logger } from '../logger';
import type { Coupon, CouponRepository } from '../repositories/couponRepository';

export class CouponService {
  constructor(
    private readonly database: Database,
    private readonly coupons: CouponRepository,
    private readonly audit: AuditLog,
  ) {}

  async find(id: string): Promise<Coupon> {
    return await withTransaction(this.database, async (tx) => {
      const coupon = await this.coupons.findById(tx, id);
      if (!coupon) throw ApiError.notFound('Coupon', id);
      return coupon;
    });
  }

  async list(page: { limit: number; offset: number }): Promise<Coupon[]> {
    return await withTransaction(this.database, async (tx) => await this.coupons.findAll(tx, page));
  }

  async create(input: Pick<Coupon, 'id' | 'code' | 'percent'>): Promise<Coupon> {
    return await withTransaction(this.database, async (tx) => {
      const [known] = await this.coupons.findByCode(tx, input.code);
      if (known) throw ApiError.conflict(`${input.code} is already in use`);
      const coupon = await this.coupons.insert(tx, { ...input, used: false });
      await this.audit.record(tx, coupon.id, 'created');
      logger.info('coupon.created', { id: coupon.id, percent: coupon.percent });
      return coupon;
    });
  }

  async redeem(code: string): Promise<Coupon> {
    return await withTransaction(this.database, async (tx) => {
      const [coupon] = await this.coupons.findByCode(tx, code);
      if (!coupon) throw ApiError.notFound('Coupon', code);
      if (coupon.used) throw ApiError.conflict('the coupon was used before');
      const redeemed = await this.coupons.update(tx, coupon.id, { used: true });
      await this.audit.record(tx, coupon.id, 'redeemed');
      logger.info('coupon.redeemed', { id: coupon.id });
      return redeemed;
    });
  }
}
