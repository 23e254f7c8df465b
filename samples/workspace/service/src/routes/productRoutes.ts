import { Router } from 'express';
import { asyncHandler } from '../http/asyncHandler';
import { pageOf, requireBody, requireParam } from '../http/parameters';
import type { Product } from '../repositories/productRepository';
import type { ProductService } from '../services/productService';

export function productRoutes(products: ProductService): Router {
  const router = Router();

  router.get(
    '/',
    asyncHandler(async (request, response) => {
      const page = await products.list(pageOf(request));
      response.json(page);
    }),
  );

  router.get(
    '/:id',
    asyncHandler(async (request, response) => {
      const product = await products.find(requireParam(request, 'id'));
      response.json(product);
    }),
  );

  router.post(
    '/',
    asyncHandler(async (request, response) => {
      const input = requireBody<Omit<Product, 'stock'>>(request, 'id', 'sku', 'title', 'price');
      const product = await products.create(input);
      response.status(201).json(product);
    }),
  );

  router.post(
    '/:id/restock',
    asyncHandler(async (request, response) => {
      const restocked = await products.restock(requireParam(request, 'id'), Number(request.query.amount ?? 1));
      response.json(restocked);
    }),
  );

  return router;
}
