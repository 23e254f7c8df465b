import { Router } from 'express';
import { asyncHandler } from '../http/asyncHandler';
import { pageOf, requireBody, requireParam } from '../http/parameters';
import type { Shipment } from '../repositories/shipmentRepository';
import type { ShipmentService } from '../services/shipmentService';

export function shipmentRoutes(shipments: ShipmentService): Router {
  const router = Router();

  router.get(
    '/',
    asyncHandler(async (request, response) => {
      const page = await shipments.list(pageOf(request));
      response.json(page);
    }),
  );

  router.get(
    '/:id',
    asyncHandler(async (request, response) => {
      const shipment = await shipments.find(requireParam(request, 'id'));
      response.json(shipment);
    }),
  );

  router.post(
    '/',
    asyncHandler(async (request, response) => {
      const input = requireBody<Shipment>(request, 'id', 'orderId', 'carrier', 'tracking');
      const shipment = await shipments.create(input);
      response.status(201).json(shipment);
    }),
  );

  return router;
}
