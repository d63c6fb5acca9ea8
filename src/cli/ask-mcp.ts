import type { Json, JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import { packageVersion } from '../installation/package.ts';
import type { Session } from './open-session.ts';
import { splitLines } from './split-lines.ts';

/** What the daemon answers to a request: a result or an error. */
export type McpAnswer = {
  readonly result?: Json;
  readonly error?: Json;
};

const PROTOCOL_VERSION = '2025-06-18';

/** Asks the daemon one thing over MCP, after introducing itself, and ends the session. */
export async function askMcp(
  { socket, rest }: Session,
  method: string,
  params: JsonObject | undefined,
  waitMsMax: number = ANSWER_MS_MAX,
): Promise<McpAnswer> {
  const send = (message: JsonObject) =>
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const ask = () => send({ id: ASKED_ID, method, ...(params === undefined ? {} : { params }) });
  const isIntroduction = method === 'initialize';
  const answered = new Promise<McpAnswer>((resolve, reject) => {
    const fail = () => {
      reject(new Refusal('unavailable', 'The daemon did not answer.'));
    };
    const timer = setTimeout(fail, waitMsMax);
    const take = splitLines(LINE_BYTES_MAX, (line) => {
      const { id, ...answer } = readAnswer(line);
      if (id === INITIALIZE_ID) {
        send({ method: 'notifications/initialized' });
        ask();
      } else if (id === ASKED_ID) resolve(answer);
    });
    const onData = (bytes: Buffer) => {
      if (!take(bytes)) fail();
    };
    socket.on('data', onData).once('close', () => {
      clearTimeout(timer);
      fail();
    });
    if (rest.length > 0) onData(rest);
    if (isIntroduction) ask();
    else send({ id: INITIALIZE_ID, method: 'initialize', params: introduction() });
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
const ASKED_ID = 2;

/** @param clientInfo of the program that is spoken for; our own when absent. */
export function introduction(clientInfo?: Json): JsonObject {
  return {
    protocolVersion: PROTOCOL_VERSION,
    capabilities: {},
    clientInfo: clientInfo ?? { name: 'carillon', version: packageVersion() },
  };
}

function readAnswer(line: string): McpAnswer & { readonly id?: Json } {
  try {
    const answer = JSON.parse(line) as Json;
    return typeof answer === 'object' && answer !== null ? (answer as JsonObject) : {};
  } catch {
    return {};
  }
}
