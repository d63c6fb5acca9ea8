import { request, type IncomingMessage } from 'node:http';

/** A browser as far as forms, redirects and cookies go. It runs no script, for our pages have none. */
export type PageVisitor = {
  /** Follows a link of another site, and redirects within `origin`; stops at the first that leads elsewhere. */
  visit(url: string): Promise<Visited>;
  /** Sends the form of the page last seen, with what was typed into it and the button pressed. */
  submit(typed?: Readonly<Record<string, string>>): Promise<Visited>;
};

export type Visited = {
  readonly status: number;
  readonly url: string;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
  /** Where the last answer sends the browser that lies elsewhere. */
  readonly leavesTo: string | undefined;
};

type Sent = {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const HOPS_MAX = 10;
const PLAIN: Sent = { method: 'GET', headers: {}, body: '' };

export function pageVisitor(origin: string): PageVisitor {
  const jar: Cookie[] = [];
  let seen: Visited | undefined;

  const go = async (url: string, first: Sent): Promise<Visited> => {
    let next = url;
    for (let hop = 0; hop < HOPS_MAX; hop += 1) {
      const { response, text } = await send(next, hop === 0 ? first : PLAIN, jar);
      for (const one of response.headers['set-cookie'] ?? []) keepCookie(jar, one);
      const { location } = response.headers;
      const target = location === undefined ? undefined : new URL(location, next);
      if (target === undefined || target.origin !== origin) {
        const { statusCode: status = 0, headers } = response;
        seen = { status, url: next, text, headers, leavesTo: target?.href };
        return seen;
      }
      next = target.href;
    }
    throw new Error('too many redirects');
  };

  return {
    visit: (url) => go(url, { ...PLAIN, headers: { 'sec-fetch-site': 'cross-site' } }),
    submit: (typed = {}) => {
      if (seen === undefined) throw new Error('no page was seen yet');
      const [, action = seen.url] =
        /<form\s+method="post"\s+action="([^"]*)"/.exec(seen.text) ?? [];
      const form = new URLSearchParams();
      for (const [tag] of seen.text.matchAll(/<input\s[^>]*>/g)) {
        const name = /name="([^"]*)"/.exec(tag)?.[1];
        const value = /value="([^"]*)"/.exec(tag)?.[1];
        if (name !== undefined && value !== undefined) form.append(name, unescaped(value));
      }
      for (const [name, value] of Object.entries(typed)) form.set(name, value);
      return go(new URL(unescaped(action), seen.url).href, {
        method: 'POST',
        headers: {
          origin,
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: form.toString(),
      });
    },
  };
}

async function send(
  url: string,
  { method, headers, body }: Sent,
  jar: readonly Cookie[],
): Promise<{ readonly response: IncomingMessage; readonly text: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { pathname } = new URL(url);
    const shown = jar.filter(({ path }) => isBelow(pathname, path));
    const cookie = shown.map(({ name, value }) => `${name}=${value}`).join('; ');
    const sent = request(url, {
      method,
      headers: {
        accept: 'text/html',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...(cookie === '' ? {} : { cookie }),
        ...headers,
      },
    });
    sent.on('response', resolve).on('error', reject).end(body);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { response, text: Buffer.concat(chunks).toString() };
}

type Cookie = { readonly name: string; readonly value: string; readonly path: string };

function isBelow(pathname: string, path: string): boolean {
  return path === '/' || pathname === path || pathname.startsWith(`${path}/`);
}

function keepCookie(jar: Cookie[], text: string): void {
  const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
  const [name = '', value = ''] = pair.split('=', 2);
  const path = attributes.find((one) => /^path=/i.test(one))?.slice('path='.length) ?? '/';
  const at = jar.findIndex((one) => one.name === name && one.path === path);
  if (at >= 0) jar.splice(at, 1);
  const isGone = value === '' || attributes.some((one) => /^max-age=0$/i.test(one));
  if (!isGone) jar.push({ name, value, path });
}

function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
