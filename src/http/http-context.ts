import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { Principal } from '../domain/principal.ts';

/** What the guards leave for the routes behind them. */
export type HttpEnv = {
  readonly Bindings: Partial<HttpBindings>;
  readonly Variables: { principal: Principal; body: string };
};
export type HttpApp = Hono<HttpEnv>;
export type HttpContext = Context<HttpEnv>;
