import { spawn } from 'node:child_process';
import { pageVisitor } from '../../test/support/page-visitor.ts';
import { carillon, type RealDaemon } from '../../test/support/real-daemon.ts';

const CALLBACK_PORT = 38_417;

/**
 * Runs the scenarios for authorization servers, and lets the tool in where it prints an address for a
 * person to open.
 */
export async function runAuthorization(
  conformance: string,
  daemon: RealDaemon,
  results: string,
  msMax: number,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const registered = await fetch(`${daemon.origin}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Conformance',
      redirect_uris: [`http://127.0.0.1:${String(CALLBACK_PORT)}/callback`],
      token_endpoint_auth_method: 'none',
    }),
  });
  const client = (await registered.json()) as { readonly client_id: string };
  const browser = pageVisitor(daemon.origin);
  const link = await carillon(['--data', daemon.data, 'open', '--quiet']);
  await browser.visit(link.stdout.trim());
  await browser.submit({ next: '/account' });

  const child = spawn(conformance, [
    'authorization',
    '--url',
    daemon.origin,
    '--client-id',
    client.client_id,
    '--resource',
    `${daemon.origin}/mcp`,
    '--port',
    String(CALLBACK_PORT),
    '--output-dir',
    results,
  ]);
  const timer = setTimeout(() => child.kill(), msMax);
  let said = '';
  const opened = new Set<string>();
  const hear = (bytes: Buffer): void => {
    said += bytes.toString();
    for (const [url] of said.matchAll(/https?:\/\/\S+\/oauth\/authorize\?\S+(?=\s)/g)) {
      if (opened.has(url)) continue;
      opened.add(url);
      void letIn(browser, url);
    }
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { code, said };
}

async function letIn(browser: ReturnType<typeof pageVisitor>, url: string): Promise<void> {
  await browser.visit(url);
  const { leavesTo } = await browser.submit({ answer: 'approve' });
  if (leavesTo !== undefined) await fetch(leavesTo);
}
