import express, { type Application, json } from 'express';
import { AuditLog } from './auditLog';
import type { Database } from './database';
import { errorMiddleware } from './http/errorMiddleware';
import { CouponRepository } from './repositories/couponRepository';
import { CustomerRepository } from './repositories/customerRepository';
import { InvoiceRepository } from './repositories/invoiceRepository';
import { OrderRepository } from './repositories/orderRepository';
import { PaymentRepository } from './repositories/paymentRepository';
import { ProductRepository } from './repositories/productRepository';
import { RefundRepository } from './repositories/refundRepository';
import { ShipmentRepository } from './repositories/shipmentRepository';
import { couponRoutes } from './routes/couponRoutes';
import { customerRoutes } from './routes/customerRoutes';
import { invoiceRoutes } from './routes/invoiceRoutes';
import { orderRoutes } from './routes/orderRoutes';
import { paymentRoutes } from './routes/paymentRoutes';
import { productRoutes } from './routes/productRoutes';
import { refundRoutes } from './routes/refundRoutes';
import { shipmentRoutes } from './routes/shipmentRoutes';
import { CouponService } from './services/couponService';
import { CustomerService } from './services/customerService';
import { InvoiceService } from './services/invoiceService';
import { OrderService } from './services/orderService';
import { PaymentService } from './services/paymentService';
import { ProductService } from './services/productService';
import { RefundService } from './services/refundService';
import { ShipmentService } from './services/shipmentService';

export function createApp(database: Database): Application {
  const audit = new AuditLog();
  const orders = new OrderRepository();
  const customers = new CustomerRepository();
  const payments = new PaymentRepository();

  const app = express();
  app.use(json());
  app.use('/orders', orderRoutes(new OrderService(database, orders, customers, audit)));
  app.use('/customers', customerRoutes(new CustomerService(database, customers, audit)));
  app.use('/products', productRoutes(new ProductService(database, new ProductRepository(), audit)));
  app.use('/payments', paymentRoutes(new PaymentService(database, payments, orders, audit)));
  app.use('/invoices', invoiceRoutes(new InvoiceService(database, new InvoiceRepository(), orders, audit)));
  app.use('/shipments', shipmentRoutes(new ShipmentService(database, new ShipmentRepository(), orders, payments, audit)));
  app.use('/refunds', refundRoutes(new RefundService(database, new RefundRepository(), payments, audit)));
  app.use('/coupons', couponRoutes(new CouponService(database, new CouponRepository(), audit)));
  app.use(errorMiddleware);
  return app;
}
