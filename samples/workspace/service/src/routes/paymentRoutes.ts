import { Router } from 'express';
import { asyncHandler } from '../http/asyncHandler';
import { pageOf, requireBody, requireParam } from '../http/parameters';
import type { Payment } from '../repositories/paymentRepository';
import type { PaymentService } from '../services/paymentService';

export function paymentRoutes(payments: PaymentService): Router {
  const router = Router();

  router.get(
    '/',
    asyncHandler(async (request, response) => {
      const page = await payments.list(pageOf(request));
      response.json(page);
    }),
  );

  router.get(
    '/:id',
    asyncHandler(async (request, response) => {
      const payment = await payments.find(requireParam(request, 'id'));
      response.json(payment);
    }),
  );

  router.post(
    '/',
    asyncHandler(async (request, response) => {
      const input = requireBody<Pick<Payment, 'id' | 'orderId' | 'amount'>>(request, 'id', 'orderId', 'amount');
      const payment = await payments.create(input);
      response.status(201).json(payment);
    }),
  );

  router.post(
    '/:id/settle',
    asyncHandler(async (request, response) => {
      const settled = await payments.settle(requireParam(request, 'id'));
      response.json(settled);
    }),
  );

  return router;
}
