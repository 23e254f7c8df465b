import type { AuditLog } from '../auditLog';
import { type Database, withTransaction } from '../database';
import { ApiError } from '../http/apiError';
import { logger } from '../logger';
import type { Product, ProductRepository } from '../repositories/productRepository';

export class ProductService {
  constructor(
    private readonly database: Database,
    private readonly products: ProductRepository,
    private readonly audit: AuditLog,
  ) {}

  async find(id: string): Promise<Product> {
    return await withTransaction(this.database, async (tx) => {
      const product = await this.products.findById(tx, id);
      if (!product) throw ApiError.notFound('Product', id);
      return product;
    });
  }

  async list(page: { limit: number; offset: number }): Promise<Product[]> {
    return await withTransaction(this.database, async (tx) => await this.products.findAll(tx, page));
  }

  async create(input: Omit<Product, 'stock'>): Promise<Product> {
    return await withTransaction(this.database, async (tx) => {
      const [known] = await this.products.findBySku(tx, input.sku);
      if (known) throw ApiError.conflict(`${input.sku} is already listed`);
      const product = await this.products.insert(tx, { ...input, stock: 0 });
      await this.audit.record(tx, product.id, 'created');
      logger.info('product.created', { id: product.id, sku: product.sku });
      return product;
    });
  }

  async restock(id: string, amount: number): Promise<Product> {
    return await withTransaction(this.database, async (tx) => {
      const product = await this.products.findById(tx, id);
      if (!product) throw ApiError.notFound('Product', id);
      const restocked = await this.products.update(tx, id, { stock: product.stock + amount });
      await this.audit.record(tx, id, 'restocked');
      logger.info('product.restocked', { id, stock: restocked.stock });
      return restocked;
    });
  }
}
