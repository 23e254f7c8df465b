import { Router } from 'express';
import { asyncHandler } from '../http/asyncHandler';
import { pageOf, requireBody, requireParam } from '../http/parameters';
import type { Order } from '../repositories/orderRepository';
import type { OrderService } from '../services/orderService';

export function orderRoutes(orders: OrderService): Router {
  const router = Router();

  router.get(
    '/',
    asyncHandler(async (request, response) => {
      const page = await orders.list(pageOf(request));
      response.json(page);
    }),
  );

  router.get(
    '/:id',
    asyncHandler(async (request, response) => {
      const order = await orders.find(requireParam(request, 'id'));
      response.json(order);
    }),
  );

  router.post(
    '/',
    asyncHandler(async (request, response) => {
      const input = requireBody<Pick<Order, 'id' | 'customerId' | 'total'>>(request, 'id', 'customerId', 'total');
      const order = await orders.create(input);
      response.status(201).json(order);
    }),
  );

  router.delete(
    '/:id',
    asyncHandler(async (request, response) => {
      const cancelled = await orders.cancel(requireParam(request, 'id'));
      response.json(cancelled);
    }),
  );

  return router;
}
