import { Router } from 'express';
import { pageOf, requireBody, requireParam } from '../http/parameters';
import type { Coupon } from '../repositories/couponRepository';
import type { CouponService } from '../services/couponService';

export function couponRoutes(coupons: CouponService): Router {
  const router = Router();

  router.get(
    '/',
    asyncHandler(async (request, response) => {
      const page = await coupons.list(pageOf(request));
      response.json(page);
    }),
  );

  router.get(
    '/:id',
    asyncHandler(async (request, response) => {
      const coupon = await coupons.find(requireParam(request, 'id'));
      response.json(coupon);
    }),
  );

  router.post(
    '/',
    asyncHandler(async (request, response) => {
      const input = requireBody<Pick<Coupon, 'id' | 'code' | 'percent'>>(request, 'id', 'code', 'percent');
      const coupon = await coupons.create(input);
      response.status(201).json(coupon);
    }),
  );

  router.post(
    '/:code/redeem',
    asyncHandler(async (request, response) => {
      const redeemed = await coupons.redeem(requireParam(request, 'code'));
      response.json(redeemed);
    }),
  );

  return router;
}
