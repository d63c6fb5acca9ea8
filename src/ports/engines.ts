import type { AgentAction } from '../domain/action.ts';
import type { JsonObject } from '../domain/json.ts';

/** What can be told of an engine without spending anything. */
export type EngineReport = {
  readonly name: string;
  readonly program: string;
  /** Where its program was found along the PATH of the daemon. */
  readonly path: string | undefined;
  /** In its own words. */
  readonly version: string | undefined;
  /** By its own status command; `unknown` when it has none, or did not answer. */
  readonly login: 'yes' | 'no' | 'unknown';
  /** When its figures come. */
  readonly metering: 'live' | 'turn' | 'end' | 'none';
  /** Whether the project has run it for real. */
  readonly isTested: boolean;
};

export type McpServerReport = {
  readonly name: string;
  /** `unknown`: it is reached by a URL, which is not tried. */
  readonly state: 'starts' | 'fails' | 'unknown';
  readonly note: string | undefined;
};

/** The agent command lines that tasks can name. */
export type Engines = {
  /** Why no run could carry the action out, in a sentence; `undefined` when one could. */
  problemWith(action: AgentAction): string | undefined;
  list(): Promise<readonly EngineReport[]>;
  /** @returns `undefined` when there is no engine of this name. An answer may be a minute old. */
  find(name: string): Promise<EngineReport | undefined>;
  /** Starts the servers that are programs, as an engine would, and asks each for its greeting. */
  tryMcpServers(
    servers: JsonObject,
    directory: string | undefined,
  ): Promise<readonly McpServerReport[]>;
};
