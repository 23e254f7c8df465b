import type { AuditLog } from '../auditLog';
import { type Database, withTransaction } from '../database';
import { ApiError } from '../http/apiError';
import { logger } from '../logger';
import type { Invoice, InvoiceRepository } from '../repositories/invoiceRepository';
import type { OrderRepository } from '../repositories/orderRepository';

export class InvoiceService {
  constructor(
    private readonly database: Database,
    private readonly invoices: InvoiceRepository,
    private readonly orders: OrderRepository,
    private readonly audit: AuditLog,
  ) {}

  async find(id: string): Promise<Invoice> {
    return await withTransaction(this.database, async (tx) => {
      const invoice = await this.invoices.findById(tx, id);
      if (!invoice) throw ApiError.notFound('Invoice', id);
      return invoice;
    });
  }

  async list(page: { limit: number; offset: number }): Promise<Invoice[]> {
    return await withTransaction(this.database, async (tx) => await this.invoices.findAll(tx, page));
  }

  async create(input: Pick<Invoice, 'id' | 'orderId' | 'number'>): Promise<Invoice> {
    return await withTransaction(this.database, async (tx) => {
      const order = await this.orders.findById(tx, input.orderId);
      if (!order) throw ApiError.notFound('Order', input.orderId);
      const invoice = await this.invoices.insert(tx, { ...input, sent: false });
      await this.audit.record(tx, invoice.id, 'created');
      logger.info('invoice.created', { id: invoice.id, number: invoice.number });
      return invoice;
    });
  }

  async send(id: string): Promise<Invoice> {
    return await withTransaction(this.database, async (tx) => {
      const invoice = await this.invoices.findById(tx, id);
      if (!invoice) throw ApiError.notFound('Invoice', id);
      if (invoice.sent) throw ApiError.conflict('the invoice was sent before');
      const sent = await this.invoices.update(tx, id, { sent: true });
      // The only place that does not wait for the audit log.
      this.audit.record(tx, id, 'sent');
      logger.info('invoice.sent', { id });
      return sent;
    });
  }
}
