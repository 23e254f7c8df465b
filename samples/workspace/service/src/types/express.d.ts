/** The part of Express that the service uses, so that it type-checks without installing anything. */
declare module 'express' {
  export interface Request {
    readonly params: Record<string, string | undefined>;
    readonly query: Record<string, string | undefined>;
    readonly headers: Record<string, string | undefined>;
    readonly body: unknown;
    readonly path: string;
    readonly method: string;
  }
  export interface Response {
    status(code: number): this;
    json(body: unknown): this;
    end(): void;
  }
  export type NextFunction = (error?: unknown) => void;
  export type Handler = (request: Request, response: Response, next: NextFunction) => void;
  export type ErrorHandler = (error: unknown, request: Request, response: Response, next: NextFunction) => void;
  export interface Router {
    get(path: string, ...handlers: Handler[]): this;
    post(path: string, ...handlers: Handler[]): this;
    patch(path: string, ...handlers: Handler[]): this;
    delete(path: string, ...handlers: Handler[]): this;
    use(path: string | Handler | ErrorHandler, ...handlers: (Handler | Router)[]): this;
  }
  export interface Application extends Router {
    listen(port: number, started?: () => void): void;
  }
  export function Router(): Router;
  export function json(): Handler;
  export default function express(): Application;
}

declare const console: {
  info(...values: unknown[]): void;
  error(...values: unknown[]): void;
};
