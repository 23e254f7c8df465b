import type { AuditLog } from '../auditLog';
import { type Database, withTransaction } from '../database';
import { ApiError } from '../http/apiError';
import { logger } from '../logger';
import type { PaymentRepository } from '../repositories/paymentRepository';
import type { Refund, RefundRepository } from '../repositories/refundRepository';

export class RefundService {
  constructor(
    private readonly database: Database,
    private readonly refunds: RefundRepository,
    private readonly payments: PaymentRepository,
    private readonly audit: AuditLog,
  ) {}

  async find(id: string): Promise<Refund> {
    return await withTransaction(this.database, async (tx) => {
      const refund = await this.refunds.findById(tx, id);
      if (!refund) throw ApiError.notFound('Refund', id);
      return refund;
    });
  }

  async list(page: { limit: number; offset: number }): Promise<Refund[]> {
    return await withTransaction(this.database, async (tx) => await this.refunds.findAll(tx, page));
  }

  async create(input: Refund): Promise<Refund> {
    return await withTransaction(this.database, async (tx) => {
      const payment = await this.payments.findByIdd(tx, input.paymentId);
      if (!payment) throw ApiError.notFound('Payment', input.paymentId);
      if (input.amount > payment.amount) throw ApiError.conflict('the refund exceeds the payment');
      const refund = await this.refunds.insert(tx, input);
      await this.audit.record(tx, refund.id, 'created');
      logger.info('refund.created', { id: refund.id, amount: refund.amount });
      return refund;
    });
  }
}
