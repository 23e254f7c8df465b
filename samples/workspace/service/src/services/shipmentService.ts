import type { AuditLog } from '../auditLog';
import { type Database, withTransaction } from '../database';
import { ApiError } from '../http/apiError';
import { logger } from '../logger';
import type { OrderRepository } from '../repositories/orderRepository';
import type { PaymentRepository } from '../repositories/paymentRepository';
import type { Shipment, ShipmentRepository } from '../repositories/shipmentRepository';

export class ShipmentService {
  constructor(
    private readonly database: Database,
    private readonly shipments: ShipmentRepository,
    private readonly orders: OrderRepository,
    private readonly payments: PaymentRepository,
    private readonly audit: AuditLog,
  ) {}

  async find(id: string): Promise<Shipment> {
    return await withTransaction(this.database, async (tx) => {
      const shipment = await this.shipments.findById(tx, id);
      if (!shipment) throw ApiError.notFound('Shipment', id);
      return shipment;
    });
  }

  async list(page: { limit: number; offset: number }): Promise<Shipment[]> {
    return await withTransaction(this.database, async (tx) => await this.shipments.findAll(tx, page));
  }

  async create(input: Shipment): Promise<Shipment> {
    return await withTransaction(this.database, async (tx) => {
      const order = await this.orders.findById(tx, input.orderId);
      if (!order) throw ApiError.notFound('Order', input.orderId);
      const payments = this.payments.findByOrder(tx, input.orderId);
      if (!payments.some(({ state }) => state === 'settled')) throw ApiError.conflict('only a paid order is shipped');
      const shipment = await this.shipments.insert(tx, input);
      await this.orders.update(tx, input.orderId, { status: 'shipped' });
      await this.audit.record(tx, shipment.id, 'created');
      logger.info('shipment.created', { id: shipment.id, carrier: shipment.carrier });
      return shipment;
    });
  }
}
