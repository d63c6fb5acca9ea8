import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../support/chromium.ts';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

const browser: Browser | undefined = await openChromium();
const NARROW = { width: 390, height: 800 };
const PASSWORD = 'correct horse battery';

describe.skipIf(browser === undefined)('signing in with a real browser', () => {
  let daemon: RealDaemon;
  let elsewhere: Server;
  let callback: string;
  let page: Page;
  const heard: string[] = [];

  beforeAll(async () => {
    daemon = await startDaemon(temporaryFolder());
    // A program's callback, and at the same time a page of another site.
    elsewhere = createServer((request, response) => {
      heard.push(request.url ?? '');
      response.setHeader('content-type', 'text/html');
      response.end('<title>elsewhere</title><p>Connected.');
    });
    await new Promise<void>((done) => {
      elsewhere.listen(0, '127.0.0.1', done);
    });
    callback = `http://localhost:${String((elsewhere.address() as AddressInfo).port)}/callback`;
    const context = await browser?.newContext({ viewport: NARROW });
    if (context === undefined) throw new Error('no browser');
    page = await context.newPage();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    elsewhere.close();
    await daemon.kill('SIGKILL');
    removeFolder(daemon.data);
  });

  async function isFit(): Promise<void> {
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(NARROW.width);
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as {
      readonly violations: readonly { readonly id: string }[];
    };
    expect(violations.map(({ id }) => id)).toEqual([]);
  }

  it('goes from a link to a password, and out', async () => {
    const { stdout } = await carillon(['--data', daemon.data, 'open', '--quiet']);
    await page.goto(`${stdout.trim()}&next=/account`);
    await isFit();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('A password').fill(PASSWORD);
    await isFit();
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('The password is set.').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  it('lets a program in that sends the browser here, after the password', async () => {
    const registered = await fetch(`${daemon.origin}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'An assistant with <i>quite</i> a long name, to see whether it fits the page',
        redirect_uris: [callback],
        token_endpoint_auth_method: 'none',
      }),
    });
    const { client_id } = (await registered.json()) as { readonly client_id: string };
    const query = new URLSearchParams({
      response_type: 'code',
      client_id,
      redirect_uri: callback,
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
      state: 'a-state',
    });
    await page.goto(callback);
    await page.evaluate(`location.href = '${daemon.origin}/authorize?${query.toString()}'`);
    await page.getByLabel('Password').fill(PASSWORD);
    await isFit();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: /^Let An assistant/ }).waitFor();
    await isFit();
    await expect.poll(() => page.locator('.warning').textContent()).toContain('localhost');
    await page.getByLabel('Start and stop runs').uncheck();
    await page.getByRole('button', { name: 'Let it in' }).dblclick();
    await page.getByText('Connected.').waitFor();
    const answer = new URL(heard.findLast((url) => url.includes('code=')) ?? '', callback);
    expect(answer.searchParams.get('state')).toBe('a-state');
    expect(answer.searchParams.get('iss')).toBe(daemon.origin);
  });

  it('gives a page of another site nothing, though its visitor is signed in', async () => {
    await page.goto(callback);
    const reached = await page.evaluate(`(async () => {
      const tries = [
        fetch('${daemon.origin}/api/v1/tasks', { credentials: 'include' }),
        fetch('${daemon.origin}/session', { credentials: 'include' }),
        fetch('${daemon.origin}/healthz'),
        new Promise((resolve, reject) => {
          const source = new EventSource('${daemon.origin}/api/v1/events', { withCredentials: true });
          source.onopen = resolve;
          source.onerror = reject;
        }),
      ];
      return (await Promise.allSettled(tries)).map((one) => one.status);
    })()`);
    expect(reached).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    await page.evaluate(`(() => {
      const form = document.createElement('form');
      form.method = 'POST';
      form.action = '${daemon.origin}/sign-out';
      document.body.append(form);
      form.submit();
    })()`);
    await page.getByText('other sites').waitFor();
  });
});
