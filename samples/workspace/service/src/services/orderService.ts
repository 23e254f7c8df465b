import type { AuditLog } from '../auditLog';
import { type Database, withTransaction } from '../database';
import { ApiError } from '../http/apiError';
import { logger } from '../logger';
import type { CustomerRepository } from '../repositories/customerRepository';
import type { Order, OrderRepository } from '../repositories/orderRepository';

export class OrderService {
  constructor(
    private readonly database: Database,
    private readonly orders: OrderRepository,
    private readonly customers: CustomerRepository,
    private readonly audit: AuditLog,
  ) {}

  async find(id: string): Promise<Order> {
    return await withTransaction(this.database, async (tx) => {
      const order = await this.orders.findById(tx, id);
      if (!order) throw ApiError.notFound('Order', id);
      return order;
    });
  }

  async list(page: { limit: number; offset: number }): Promise<Order[]> {
    return await withTransaction(this.database, async (tx) => await this.orders.findAll(tx, page));
  }

  async create(input: Pick<Order, 'id' | 'customerId' | 'total'>): Promise<Order> {
    return await withTransaction(this.database, async (tx) => {
      const customer = await this.customers.findById(tx, input.customerId);
      if (!customer) throw ApiError.notFound('Customer', input.customerId);
      const order = await this.orders.insert(tx, { ...input, status: 'open' });
      await this.audit.record(tx, order.id, 'created');
      logger.info('order.created', { id: order.id, total: order.total });
      return order;
    });
  }

  async cancel(id: string): Promise<Order> {
    return await withTransaction(this.database, async (tx) => {
      const order = await this.orders.findById(tx, id);
      if (!order) throw ApiError.notFound('Order', id);
      if (order.status === 'shipped') throw ApiError.conflict('a shipped order cannot be cancelled');
      const cancelled = await this.orders.update(tx, id, { status: 'cancelled' });
      await this.audit.record(tx, id, 'cancelled');
      logger.info('order.cancelled', { id });
      return cancelled;
    });
  }
}
