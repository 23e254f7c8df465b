import { Router } from 'express';
import { asyncHandler } from '../http/asyncHandler';
import { pageOf, requireBody, requireParam } from '../http/parameters';
import type { Refund } from '../repositories/refundRepository';
import type { RefundService } from '../services/refundService';

export function refundRoutes(refunds: RefundService): Router {
  const router = Router();

  router.get(
    '/',
    asyncHandler(async (request, response) => {
      const page = await refunds.list(pageOf(request));
      response.json(page);
    }),
  );

  router.get(
    '/:id',
    asyncHandler(async (request, response) => {
      const refund = await refunds.find(requireParam(request, 'id'));
      response.json(refund);
    }),
  );

  router.post(
    '/',
    asyncHandler(async (request, response) => {
      const input = requireBody<Refund>(request, 'id', 'paymentId', 'amount', 'reason');
      const refund = await refunds.create(input);
      response.status(201).json(refund);
    }),
  );

  return router;
}
