import type { Surface } from '../api/surface.ts';
import type { Principal } from '../domain/principal.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ServicesFor } from '../service/services.ts';
import type { HookDoor } from '../service/webhooks/webhook-requests.ts';
import type { Dashboard } from './dashboard.ts';

/** What the HTTP door needs from the inside. */
export type HttpDeps = {
  readonly servicesFor: ServicesFor;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the package, for the description of the API. */
  readonly version: string;
  /** Zone of times that no schedule gives a zone to. */
  readonly zone: string;
  readonly auth: HttpAuth;
  /** Names under which it may be called beside the loopback ones: `host` or `host:port`. */
  readonly allowedHosts: readonly string[];
  /** MCP, answered at `/mcp`; it knows its protocol, the door does not. */
  readonly mcp: McpMount | undefined;
  readonly access?: AccessMount;
  /** Where webhooks come in, at `/hooks/…`; it wants no token. */
  readonly hooks?: HookDoor;
  /** Surfaces whose own routes are served. */
  readonly surfaces: readonly Surface[];
  /** The page for people; absent where none is served. */
  readonly dashboard?: Dashboard;
  /** Aborts when the daemon stops: streams end then. */
  readonly stopping?: AbortSignal;
};

export type HttpAuth =
  /** The daemon's own token acts for the owner; `readers` know the tokens of everybody else. */
  | {
      readonly kind: 'token';
      readonly token: string;
      readonly readers: readonly TokenReader[];
      /** Knows who sits at a browser: by a cookie, or by name and password. Asked by the API alone. */
      readonly browser?: BrowserReader;
      /** Where a caller, who knows the daemon as `host`, learns how to get a token (RFC 9728). */
      readonly metadataUrl?: (host: string | undefined) => string;
    }
  /** Everybody who reaches the port is the owner. */
  | { readonly kind: 'none' };

/** Whom a bearer token speaks for; `undefined` when it is not of the reader's kind, or not valid. */
export type TokenReader = (
  token: string,
  client: string | undefined,
) => Promise<Principal | undefined>;

export type BrowserReader = {
  read(
    request: Request,
    from: string | undefined,
    client: string | undefined,
  ): Promise<Principal | 'nobody' | 'no_csrf' | { readonly waitSeconds: number }>;
  /** Whether a browser may ask its person for name and password. */
  readonly hasBasic: boolean;
};

/** Where tokens are handed out; the door does not know how. */
export type AccessMount = {
  /** Paths that are answered without a token. */
  readonly paths: readonly string[];
  /** Those of them that a link on another site may lead to, with what lies below. */
  readonly pages: readonly string[];
  fetch(asked: {
    readonly request: Request;
    readonly body: string;
    /** The address it came from, when it is known. */
    readonly from: string | undefined;
  }): Promise<Response>;
};

export type McpMount = {
  fetch(request: Request, principal: Principal, body: unknown): Promise<Response>;
};
