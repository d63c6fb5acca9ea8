import type { Access } from '../access/open-access.ts';
import type { Surfaces } from '../api/surface.ts';
import { CLAUDE_RUNNER, claudeRunnerSurface } from '../compat/claude-runner/surface.ts';
import { CLICRONTAB, clicrontabSurface } from '../compat/clicrontab/surface.ts';
import { CONVERSATIONS, conversationsSurface } from '../compat/conversations/surface.ts';
import { CRONLYTIC, cronlyticSurface } from '../compat/cronlytic/surface.ts';
import { MCP_SCHEDULER, mcpSchedulerSurface } from '../compat/mcp-scheduler/surface.ts';
import { owner } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { createHttpApp } from '../http/app.ts';
import type { HttpApp } from '../http/http-context.ts';
import type { HttpAuth, TokenReader } from '../http/http-deps.ts';
import { listenHttp, requireSafeBinding, type HttpListener } from '../http/listen-http.ts';
import { mcpEndpoint } from '../mcp/http-endpoint.ts';
import { clientNotes } from '../service/note-client.ts';
import type { McpDeps } from '../mcp/mcp-deps.ts';
import { nativeSurface } from '../mcp/native-surface.ts';
import { servePipe } from '../mcp/serve-pipe.ts';
import { packageVersion } from '../installation/package.ts';
import type { Log } from '../ports/log.ts';
import type { ServicePorts, ServicesFor } from '../service/services.ts';
import { openRandomKey } from './random-key.ts';
import { hookDoor } from '../service/webhooks/receive-webhook.ts';
import { openClaudeRunner } from './open-claude-runner.ts';
import { openConversations } from './open-conversations.ts';
import { openDashboard } from './open-dashboard.ts';
import { listenPipes } from './pipe-server.ts';
import type { Setup } from './read-setup.ts';
import { openToken } from '../installation/token.ts';
import { prepareSocketFolder, socketPath } from './socket-path.ts';

export type Doors = {
  readonly http: { readonly host: string; readonly port: number } | undefined;
  /** Where clients of the older conversation scheduler are served, when they are. */
  readonly conversations: { readonly host: string; readonly port: number } | undefined;
  /** The same for clients of the older Claude Runner. */
  readonly claudeRunner: { readonly host: string; readonly port: number } | undefined;
  /** Path of the socket that pipes connect to. */
  readonly socket: string;
  /** Takes no new callers; those that are inside go on. */
  stopListening(): void;
  close(): Promise<void>;
};

/** Opens the doors: the socket of the pipes, and HTTP. */
export async function openDoors(
  setup: Setup,
  ports: ServicePorts,
  servicesFor: ServicesFor,
  access: Access,
  readers: readonly TokenReader[],
): Promise<Doors> {
  const mcp: McpDeps = {
    servicesFor,
    surfaces: surfaces(),
    announcer: ports.announcer,
    clock: ports.clock,
    log: ports.log,
    version: packageVersion(),
    zone: ports.settings.zone,
    consentKey: openRandomKey(setup.files.consentKey),
    noteClient: clientNotes({
      seenClients: ports.store.seenClients,
      clock: ports.clock,
      log: ports.log,
    }),
  };
  const socket = socketPath(setup.files, setup.machine);
  prepareSocketFolder(socket);
  const pipes = await listenPipes(socket, (pipe) => {
    servePipe(pipe, mcp);
  });
  try {
    const http = await openHttp(setup, ports, mcp, access, readers);
    const conversations = await openConversations(setup, mcp).catch(async (error: unknown) => {
      await http.close();
      throw error;
    });
    return {
      http: { host: http.address, port: http.port },
      conversations: conversations && { host: conversations.address, port: conversations.port },
      claudeRunner: http.claudeRunner,
      socket,
      stopListening: () => {
        pipes.stopListening();
        http.endStreams();
      },
      close: async () => {
        pipes.close();
        await conversations?.close();
        await http.close();
      },
    };
  } catch (error) {
    pipes.stopListening();
    throw error;
  }
}

type HttpDoor = HttpListener & {
  readonly claudeRunner: Doors['claudeRunner'];
  endStreams(): void;
};

async function openHttp(
  setup: Setup,
  ports: ServicePorts,
  mcp: McpDeps,
  access: Access,
  readers: readonly TokenReader[],
): Promise<HttpDoor> {
  const { config, files } = setup;
  const auth: HttpAuth = config.auth
    ? {
        kind: 'token',
        token: openToken(files.token),
        readers: [access.read, ...readers],
        browser: { read: access.readBrowser, hasBasic: access.hasBasic },
        metadataUrl: access.metadataUrl,
      }
    : { kind: 'none' };
  const allowedHosts = allowedHostsOf(setup);
  requireSafeBinding(config.host, auth, allowedHosts);
  const endpoint = mcpEndpoint(mcp);
  const stopping = new AbortController();
  const hooks = hookDoor(ports);
  const app = createHttpApp({
    servicesFor: mcp.servicesFor,
    announcer: ports.announcer,
    clock: ports.clock,
    log: ports.log,
    version: mcp.version,
    zone: mcp.zone,
    auth,
    allowedHosts,
    mcp: endpoint,
    ...(auth.kind === 'token' ? { access } : {}),
    hooks,
    surfaces: [...mcp.surfaces.values()].map((make) => make({})),
    dashboard: openDashboard(),
    stopping: stopping.signal,
  });
  const listener = await listen(app, setup, ports.log);
  access.listens(
    urlOf(listener.address, listener.port),
    auth.kind === 'none'
      ? undefined
      : (name, value, from) =>
          mcp.servicesFor({ ...owner('secret page'), from: `http ${from}` }).setSecret(name, value),
  );
  const runner = await openClaudeRunner({
    host: config.host,
    port: config.claude_runner_port,
    allowedHosts,
    auth,
    access,
    mcp,
    hooks,
  }).catch(async (error: unknown) => {
    await listener.close();
    throw error;
  });
  if (runner !== undefined) access.alsoListens(urlOf(runner.address, runner.port));
  return {
    ...listener,
    claudeRunner: runner && { host: runner.address, port: runner.port },
    endStreams: () => {
      stopping.abort();
    },
    close: async () => {
      await runner?.close();
      await endpoint.close();
      await listener.close();
    },
  };
}

/** Whoever configured a public address may call the door by it. */
export function allowedHostsOf({ config }: Setup): readonly string[] {
  const { allowed_hosts: names, public_url: publicUrl } = config;
  return publicUrl === '' ? names : [...names, new URL(publicUrl).host];
}

/** The loopback name of a daemon that listens everywhere: nobody can call it by its wildcard. */
function urlOf(address: string, port: number): string {
  const name = ['0.0.0.0', '::'].includes(address) ? '127.0.0.1' : address;
  return `http://${name.includes(':') ? `[${name}]` : name}:${String(port)}`;
}

/** A port that nobody asked for is worth less than a daemon that runs; one that was asked for is not. */
async function listen(app: HttpApp, { config, origins }: Setup, log: Log): Promise<HttpListener> {
  const { host, port } = config;
  try {
    return await listenHttp(app, { host, port });
  } catch (error) {
    const isTaken = error instanceof Refusal && error.code === 'unavailable';
    if (!isTaken || origins.port !== 'default') throw error;
    log.warn('The usual port is taken, so the daemon listens on a free one.', { port });
    return listenHttp(app, { host, port: 0 });
  }
}

function surfaces(): Surfaces {
  return new Map([
    ['native', nativeSurface(packageVersion())],
    [MCP_SCHEDULER, mcpSchedulerSurface],
    [CONVERSATIONS, conversationsSurface],
    [CLICRONTAB, clicrontabSurface],
    [CLAUDE_RUNNER, claudeRunnerSurface],
    [CRONLYTIC, cronlyticSurface],
  ]);
}
