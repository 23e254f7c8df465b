import { Router } from 'express';
import { asyncHandler } from '../http/asyncHandler';
import { pageOf, requireBody, requireParam } from '../http/parameters';
import type { Invoice } from '../repositories/invoiceRepository';
import type { InvoiceService } from '../services/invoiceService';

export function invoiceRoutes(invoices: InvoiceService): Router {
  const router = Router();

  router.get(
    '/',
    asyncHandler(async (request, response) => {
      const page = await invoices.list(pageOf(request));
      response.json(page);
    }),
  );

  router.get(
    '/:id',
    asyncHandler(async (request, response) => {
      const invoice = await invoices.find(requireParam(request, 'id'));
      response.json(invoice);
    }),
  );

  router.post(
    '/',
    asyncHandler(async (request, response) => {
      const input = requireBody<Pick<Invoice, 'id' | 'orderId' | 'number'>>(request, 'id', 'orderId', 'number');
      const invoice = await invoices.create(input);
      response.status(201).json(invoice);
    }),
  );

  router.post(
    '/:id/send',
    asyncHandler(async (request, response) => {
      const sent = await invoices.send(requireParam(request, 'id'));
      response.json(sent);
    }),
  );

  return router;
}
