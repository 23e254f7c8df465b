import { Router } from 'express';
import { asyncHandler } from '../http/asyncHandler';
import { pageOf, requireBody, requireParam } from '../http/parameters';
import type { Customer } from '../repositories/customerRepository';
import type { CustomerService } from '../services/customerService';

export function customerRoutes(customers: CustomerService): Router {
  const router = Router();

  router.get(
    '/',
    asyncHandler(async (request, response) => {
      const page = await customers.list(pageOf(request));
      response.json(page);
    }),
  );

  router.get(
    '/:id',
    asyncHandler(async (request, response) => {
      const customer = await customers.find(requireParam(request, 'id'));
      response.json(customer);
    }),
  );

  router.post(
    '/',
    asyncHandler(async (request, response) => {
      const input = requireBody<Pick<Customer, 'id' | 'email' | 'name'>>(request, 'id', 'email', 'name');
      const customer = await customers.create(input);
      response.status(201).json(customer);
    }),
  );

  router.delete(
    '/:id',
    asyncHandler(async (request, response) => {
      const deactivated = await customers.deactivate(requireParam(request, 'id'));
      response.json(deactivated);
    }),
  );

  return router;
}
