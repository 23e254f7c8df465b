import type { AuditLog } from '../auditLog';
import { type Database, withTransaction } from '../database';
import { ApiError } from '../http/apiError';
import { logger } from '../logger';
import type { OrderRepository } from '../repositories/orderRepository';
import type { Payment, PaymentRepository } from '../repositories/paymentRepository';

export class PaymentService {
  constructor(
    private readonly database: Database,
    private readonly payments: PaymentRepository,
    private readonly orders: OrderRepository,
    private readonly audit: AuditLog,
  ) {}

  async find(id: string): Promise<Payment> {
    return await withTransaction(this.database, async (tx) => {
      const payment = await this.payments.findById(tx, id);
      if (!payment) throw ApiError.notFound('Payment', id);
      return payment;
    });
  }

  async list(page: { limit: number; offset: number }): Promise<Payment[]> {
    return await withTransaction(this.database, async (tx) => await this.payments.findAll(tx, page));
  }

  async create(input: Pick<Payment, 'id' | 'orderId' | 'amount'>): Promise<Payment> {
    return await withTransaction(this.database, async (tx) => {
      const order = await this.orders.findById(tx, input.orderId);
      if (!order) throw ApiError.notFound('Order', input.orderId);
      if (order.total !== input.amount) throw ApiError.conflict('the amount is not the total of the order');
      const payment = await this.payments.insert(tx, { ...input, state: 'pending' });
      await this.audit.record(tx, payment.id, 'created');
      logger.info('payment.created', { id: payment.id, amount: payment.amount });
      return payment;
    });
  }

  async settle(id: string): Promise<Payment> {
    return await withTransaction(this.database, async (tx) => {
      const payment = await this.payments.findById(tx, id);
      if (!payment) throw ApiError.notFound('Payment', id);
      const settled = await this.payments.update(tx, id, { state: 'settled' });
      await this.orders.update(tx, payment.orderId, { status: 'paid' });
      await this.audit.record(tx, id, 'settled');
      logger.info('payment.settled', { id });
      return settled;
    });
  }
}
