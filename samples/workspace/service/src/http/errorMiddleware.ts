import type { ErrorHandler } from 'express';
import { logger } from '../logger';
import { ApiError } from './apiError';

export const errorMiddleware: ErrorHandler = (error, request, response, _next) => {
  if (error instanceof ApiError) {
    response.status(error.status).json({ code: error.code, message: error.message });
    return;
  }
  logger.error('unhandled', { path: request.path, error: String(error) });
  response.status(500).json({ code: 'internal', message: 'Something went wrong.' });
};
