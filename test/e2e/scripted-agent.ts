/* Stands in for an agent: it carries out the steps of its prompt with what it was handed, and prints what came of each. */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

type Fields = Readonly<Record<string, unknown>>;

/** One thing that the agent tries. */
export type Step =
  | { readonly tool: string; readonly input: Fields }
  | { readonly method: string; readonly path: string; readonly body?: Fields }
  /** Goes on when the file is there. */
  | { readonly waitFor: string }
  | { readonly say: 'token' | 'arguments' };

type Config = {
  readonly mcpServers: {
    readonly carillon: {
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    };
  };
};

const [file = ''] = process.argv.slice(2).map((argument) => argument.replace(/^--mcp=/, ''));
const { url, headers } = (JSON.parse(readFileSync(file, 'utf8')) as Config).mcpServers.carillon;
const steps = JSON.parse(readFileSync(0, 'utf8')) as readonly Step[];

const client = new Client(
  { name: 'scripted-agent', version: '1.0' },
  // Without a session, so that it can go on with the next daemon.
  { versionNegotiation: { mode: { pin: '2026-07-28' } } },
);
const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
await client.connect(transport);
/** What it was last told to wait for; `$approval` in a path. */
let approval = 'none';
for (const step of steps) console.log(JSON.stringify(await carryOut(step)));
await client.close();

async function carryOut(step: Step): Promise<unknown> {
  if ('tool' in step) {
    const answer = await client.callTool({ name: step.tool, arguments: step.input });
    const text = answer.content.map((one) => (one.type === 'text' ? one.text : '')).join('\n');
    const told: unknown = answer.structuredContent;
    if (typeof told === 'object' && told !== null && 'approval_id' in told) {
      approval = String(told.approval_id);
    }
    return { isError: answer.isError === true, data: answer.structuredContent ?? null, text };
  }
  if ('waitFor' in step) {
    while (!existsSync(step.waitFor)) await sleep(20);
    return {};
  }
  if ('say' in step) {
    return { said: step.say === 'token' ? headers['Authorization'] : process.argv };
  }
  const { method, path, body } = step;
  const response = await fetch(new URL(path.replace('$approval', approval), url), {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}
