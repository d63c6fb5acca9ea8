import type { Json, JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import { packageVersion } from '../installation/package.ts';
import type { Session } from './open-session.ts';
import { splitLines } from './split-lines.ts';

/** A tool as a server lists it. */
export type ListedTool = {
  readonly name: string;
  readonly description: string;
  readonly inputJson: JsonObject;
};

/** Asks the daemon for the tools that a client of this session sees, and ends the session. */
export async function askTools({ socket, rest }: Session): Promise<readonly ListedTool[]> {
  const send = (message: JsonObject) =>
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const answered = new Promise<readonly ListedTool[]>((resolve, reject) => {
    const fail = () => {
      reject(new Refusal('unavailable', 'The daemon did not list its tools.'));
    };
    const timer = setTimeout(fail, ANSWER_MS_MAX);
    const take = splitLines(LINE_BYTES_MAX, (line) => {
      const { id, result } = readAnswer(line);
      if (id === INITIALIZE_ID) {
        send({ method: 'notifications/initialized' });
        send({ id: LIST_ID, method: 'tools/list' });
      } else if (id === LIST_ID) resolve(toolsIn(result));
    });
    const onData = (bytes: Buffer) => {
      if (!take(bytes)) fail();
    };
    socket.on('data', onData).once('close', () => {
      clearTimeout(timer);
      fail();
    });
    if (rest.length > 0) onData(rest);
    send({ id: INITIALIZE_ID, method: 'initialize', params: introduction() });
    socket.resume();
  });
  try {
    return await answered;
  } finally {
    socket.destroy();
  }
}

const ANSWER_MS_MAX = 10_000;
const LINE_BYTES_MAX = 4_194_304;
const INITIALIZE_ID = 1;
const LIST_ID = 2;

function introduction(): JsonObject {
  return {
    protocolVersion: '2024-11-05',
    capabilities: {},
    clientInfo: { name: 'carillon', version: packageVersion() },
  };
}

function readAnswer(line: string): { readonly id?: Json; readonly result?: Json } {
  try {
    const answer = JSON.parse(line) as Json;
    return typeof answer === 'object' && answer !== null ? (answer as JsonObject) : {};
  } catch {
    return {};
  }
}

/** What the daemon lists has this form: it is the same program. */
function toolsIn(result: Json | undefined): readonly ListedTool[] {
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
