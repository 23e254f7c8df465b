import type { Handler, Request, Response } from 'express';

/** Lets a route be an async function: a rejection goes to the error middleware instead of getting lost. */
export function asyncHandler(route: (request: Request, response: Response) => Promise<void>): Handler {
  return (request, response, next) => {
    route(request, response).catch(next);
  };
}
