import type { AuditLog } from '../auditLog';
import { type Database, withTransaction } from '../database';
import { ApiError } from '../http/apiError';
import { logger } from '../logger';
import type { Customer, CustomerRepository } from '../repositories/customerRepository';

export class CustomerService {
  constructor(
    private readonly database: Database,
    private readonly customers: CustomerRepository,
    private readonly audit: AuditLog,
  ) {}

  async find(id: string): Promise<Customer> {
    return await withTransaction(this.database, async (tx) => {
      const customer = await this.customers.findById(tx, id);
      if (!customer) throw ApiError.notFound('Customer', id);
      return customer;
    });
  }

  async list(page: { limit: number; offset: number }): Promise<Customer[]> {
    return await withTransaction(this.database, async (tx) => await this.customers.findAll(tx, page));
  }

  async create(input: Pick<Customer, 'id' | 'email' | 'name'>): Promise<Customer> {
    return await withTransaction(this.database, async (tx) => {
      const [known] = await this.customers.findByEmail(tx, input.email);
      if (known) throw ApiError.conflict(`${input.email} is already registered`);
      const customer = await this.customers.insert(tx, { ...input, active: true });
      await this.audit.record(tx, customer.id, 'created');
      logger.info('customer.created', { id: customer.id });
      return customer;
    });
  }

  async deactivate(id: string): Promise<Customer> {
    return await withTransaction(this.database, async (tx) => {
      const customer = await this.customers.update(tx, id, { active: false });
      await this.audit.record(tx, id, 'deactivated');
      logger.info('customer.deactivated', { id });
      return customer;
    });
  }
}
