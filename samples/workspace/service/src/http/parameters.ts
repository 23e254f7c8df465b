import type { Request } from 'express';
import { ApiError } from './apiError';

export function requireParam(request: Request, name: string): string {
  const value = request.params[name];
  if (!value) throw ApiError.badRequest(`${name} is missing`);
  return value;
}

export function requireBody<T extends object>(request: Request, ...keys: (keyof T & string)[]): T {
  const body = request.body as Partial<T> | undefined;
  if (!body || typeof body !== 'object') throw ApiError.badRequest('a JSON body is missing');
  for (const key of keys) if (body[key] === undefined) throw ApiError.badRequest(`${key} is missing`);
  return body as T;
}

export function pageOf(request: Request): { limit: number; offset: number } {
  const limit = Number(request.query.limit ?? 50);
  const offset = Number(request.query.offset ?? 0);
  if (!(limit > 0 && limit <= 200) || !(offset >= 0)) throw ApiError.badRequest('the page is out of range');
  return { limit, offset };
}
