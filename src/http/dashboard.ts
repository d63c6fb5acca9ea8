import type { HttpApp, HttpContext } from './http-context.ts';

/** A file of the dashboard, as it is sent. */
export type DashboardFile = {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same in brotli; absent for what is compressed by itself. */
  readonly brotli: Uint8Array<ArrayBuffer> | undefined;
};

/** The built dashboard; `undefined` for a path that is none of its files. */
export type Dashboard = (path: string) => DashboardFile | undefined;

/** The first part of every address that is a screen; the page itself knows the rest. */
const SCREENS = new Set([
  '',
  'tasks',
  'runs',
  'inbox',
  'approvals',
  'quick-run',
  'webhooks',
  'secrets',
  'connections',
  'notifications',
  'settings',
  'welcome',
]);

/** Nothing inline, nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'cache-control': 'no-cache',
} as const;
/** Their names change with what is in them. */
const ASSET_HEADERS = { 'cache-control': 'public, max-age=31536000, immutable' } as const;

/** Serves the dashboard: its files to anybody, since they say nothing; what they show comes from the API. */
export function mountDashboard(app: HttpApp, dashboard: Dashboard): void {
  app.get('*', async (c, next) => {
    const { path } = c.req;
    const file = path === '/index.html' ? undefined : dashboard(path.slice(1));
    if (file !== undefined) {
      return sendFile(c, file, 200, path.startsWith('/assets/') ? ASSET_HEADERS : PAGE_HEADERS);
    }
    if (!SCREENS.has(path.split('/')[1] ?? '')) return next();
    const page = dashboard('index.html');
    return page === undefined ? notBuilt() : sendFile(c, page, 200, PAGE_HEADERS);
  });
}

/** For a browser that was led to nowhere: the page says so by itself. */
export function lostPage(c: HttpContext, dashboard: Dashboard): Response | undefined {
  const wantsPage = c.req.method === 'GET' && c.req.header('accept')?.includes('text/html');
  const page = wantsPage === true ? dashboard('index.html') : undefined;
  return page === undefined ? undefined : sendFile(c, page, 404, PAGE_HEADERS);
}

function sendFile(
  c: HttpContext,
  file: DashboardFile,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  const takesBrotli = /\bbr\b/.test(c.req.header('accept-encoding') ?? '');
  const isBrotli = takesBrotli && file.brotli !== undefined;
  return new Response(isBrotli ? file.brotli : file.bytes, {
    status,
    headers: {
      'content-type': file.type,
      vary: 'accept-encoding',
      ...(isBrotli ? { 'content-encoding': 'br' } : {}),
      ...headers,
    },
  });
}

function notBuilt(): Response {
  return new Response(
    'The dashboard is not built. Run "npm run build" in the folder of the package; until then use the command line.\n',
    { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } },
  );
}
