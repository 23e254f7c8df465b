import type { Row, Transaction } from '../database';
import { Repository } from './repository';

export interface Shipment extends Row {
  readonly orderId: string;
  readonly carrier: string;
  readonly tracking: string;
}

export class ShipmentRepository extends Repository<Shipment> {
  protected readonly table = 'shipments';

  async findByOrder(tx: Transaction, orderId: string): Promise<Shipment[]> {
    return await tx.many<Shipment>(this.table, { orderId });
  }
}
