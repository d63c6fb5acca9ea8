import { z } from 'zod';
import type { EngineListing } from '../service/list-engines.ts';

export const enginesQuery = z.strictObject({
  task: z.string().optional().describe('look at the engine and the MCP servers of this task'),
});

export const enginesView = z.object({
  engines: z.array(
    z.object({
      name: z.string(),
      program: z.string(),
      path: z.string().nullable(),
      version: z.string().nullable(),
      logged_in: z.enum(['yes', 'no', 'unknown']),
      metering: z.enum(['live', 'turn', 'end', 'none']),
      tested: z.boolean(),
    }),
  ),
  mcp_servers: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['starts', 'fails', 'unknown']),
      note: z.string().nullable(),
    }),
  ),
});
export type EnginesView = z.output<typeof enginesView>;

export function viewEngines({ engines, mcpServers }: EngineListing): EnginesView {
  return {
    engines: engines.map(({ name, program, path, version, login, metering, isTested }) => ({
      name,
      program,
      path: path ?? null,
      version: version ?? null,
      logged_in: login,
      metering,
      tested: isTested,
    })),
    mcp_servers: mcpServers.map(({ name, state, note }) => ({ name, state, note: note ?? null })),
  };
}
