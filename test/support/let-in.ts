import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

/** A program elsewhere that wants to be let in by a person. */
export type Asking = {
  /** Where a browser is sent with its question. */
  readonly address: string;
  /** What came back to the program. */
  readonly answered: Promise<URL>;
};

/** Registers a program, which listens for its answer until it has it. */
export async function askToBeLetIn(origin: string, name: string): Promise<Asking> {
  let tell: (url: URL) => void;
  const answered = new Promise<URL>((done) => {
    tell = done;
  });
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('connection', 'close');
    response.end('<!doctype html><title>Connected</title><h1>Connected</h1>');
    tell(new URL(request.url ?? '/', 'http://localhost'));
    server.close();
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  server.unref();
  const redirect = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const registered = await fetch(`${origin}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: name,
      redirect_uris: [redirect],
      token_endpoint_auth_method: 'none',
    }),
  });
  const { client_id: id } = (await registered.json()) as { readonly client_id: string };
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: id,
    redirect_uri: redirect,
    code_challenge: createHash('sha256').update('v'.repeat(64)).digest('base64url'),
    code_challenge_method: 'S256',
    scope: 'tasks:read tasks:run',
  });
  return { address: `${origin}/oauth/authorize?${query.toString()}`, answered };
}

/** Does what a person does who wants it in. */
export async function letIn(page: Page, origin: string, name: string): Promise<void> {
  const { address } = await askToBeLetIn(origin, name);
  await page.goto(address);
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.getByRole('heading', { name: 'Connected' }).waitFor();
}
