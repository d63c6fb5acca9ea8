import type { Json, JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import { askMcp } from './ask-mcp.ts';
import type { Session } from './open-session.ts';

/** A tool as a server lists it. */
export type ListedTool = {
  readonly name: string;
  readonly description: string;
  readonly inputJson: JsonObject;
};

/** Asks the daemon for the tools that a client of this session sees, and ends the session. */
export async function askTools(session: Session): Promise<readonly ListedTool[]> {
  const { result } = await askMcp(session, 'tools/list', undefined);
  if (result === undefined) {
    throw new Refusal('unavailable', 'The daemon did not list its tools.');
  }
  return toolsIn(result);
}

/** What the daemon lists has this form: it is the same program. */
function toolsIn(result: Json): readonly ListedTool[] {
  const { tools } = result as {
    readonly tools: readonly {
      readonly name: string;
      readonly description?: string;
      readonly inputSchema: JsonObject;
    }[];
  };
  return tools.map(({ name, description = '', inputSchema }) => ({
    name,
    description,
    inputJson: inputSchema,
  }));
}
