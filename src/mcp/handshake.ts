import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { parseArguments } from '../api/parse-arguments.ts';
import { Refusal } from '../domain/refusal.ts';

/** The first line of a pipe, before MCP: what the client's end was started with. */
export type Handshake = {
  /** Version of the program at the client's end. */
  readonly version: string;
  /** Working directory of the client. */
  readonly cwd: string | undefined;
  readonly surface: string;
  readonly toolsets: readonly string[];
  readonly isReadOnly: boolean;
  readonly settings: JsonObject;
  /** Variables by name that are secrets of the surface; never logged. */
  readonly profileSecrets: Readonly<Record<string, string>>;
};

/** Grows when a line of the old form would be misread. */
const HANDSHAKE_VERSION = 1;

const PROFILE_SECRET_CHARS_MAX = 8_192;

const handshakeInput = z.object({
  carillon: z.number(),
  version: z.string().max(100),
  cwd: z.string().max(4_096).nullish(),
  surface: z.string().max(100).default('native'),
  toolsets: z.array(z.string()).max(50).default([]),
  read_only: z.boolean().default(false),
  settings: z.record(z.string(), z.json()).default({}),
  secrets: z.record(z.string(), z.string().max(PROFILE_SECRET_CHARS_MAX)).default({}),
});

export function parseHandshake(line: string): Handshake {
  const input = parseArguments(handshakeInput, readObject(line));
  if (input.carillon !== HANDSHAKE_VERSION) {
    throw new Refusal(
      'unavailable',
      `This daemon speaks handshake ${HANDSHAKE_VERSION}, and the pipe speaks ${input.carillon}. Install the same version of Carillon at both ends, then stop the daemon; the next client starts it anew.`,
    );
  }
  return {
    version: input.version,
    cwd: input.cwd ?? undefined,
    surface: input.surface,
    toolsets: input.toolsets,
    isReadOnly: input.read_only,
    settings: input.settings,
    profileSecrets: input.secrets,
  };
}

function readObject(line: string): JsonObject {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as JsonObject;
    }
  } catch {
    // Refused below, like any other line that is no handshake.
  }
  throw new Refusal(
    'invalid',
    'The first line of the pipe is not a handshake. This socket is meant for "carillon mcp"; start that in your MCP client.',
  );
}
