import type { McpRequestContext, McpServer } from '@modelcontextprotocol/server';
import type { Surfaces } from '../api/surface.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { Clock } from '../ports/clock.ts';
import type { SeenClient } from '../ports/seen-clients.ts';
import type { Log } from '../ports/log.ts';
import type { ServicesFor } from '../service/services.ts';

/** What the MCP door needs from the inside. */
export type McpDeps = {
  readonly servicesFor: ServicesFor;
  readonly surfaces: Surfaces;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly log: Log;
  /** Version of the daemon. */
  readonly version: string;
  /** Zone of times that no schedule gives a zone to. */
  readonly zone: string;
  /** At least 32 bytes that outlive the process: an answer may come back after a restart. */
  readonly consentKey: Uint8Array;
  /** Told of each call of a tool when it begins (1) and when it is over (-1). */
  readonly onCall?: (change: 1 | -1) => void;
  /** Told of every call of a tool, who made it. */
  readonly noteClient?: (client: SeenClient) => void;
  /** Adds to each server that is made; how a conformance suite brings its fixtures. */
  readonly extra?: (server: McpServer, context: McpRequestContext) => void;
};
