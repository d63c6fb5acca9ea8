import { Client as NewClient } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import type { Door } from './door.ts';

export type Fields = Readonly<Record<string, unknown>>;
export type Called = { readonly text: string; readonly data: Fields; readonly isError: boolean };

/** What the tests ask of a client, whatever its generation. */
export type Assistant = {
  /** The protocol revision it came to speak; the older SDK does not tell. */
  readonly era: string | undefined;
  tools(): Promise<readonly string[]>;
  call(name: string, args?: Fields): Promise<Called>;
  close(): Promise<void>;
};

export type Connect = (door: Door) => Promise<Assistant>;

const INFO = { name: 'test-assistant', version: '1.0' };

/** Every generation of client over every transport. */
export const CLIENTS: readonly (readonly [
  name: string,
  era: string | undefined,
  connect: Connect,
])[] = [
  [
    'a 2026-07-28 client on a pipe',
    '2026-07-28',
    (door) => newer(door, 'pipe', { pin: '2026-07-28' }),
  ],
  [
    'a 2026-07-28 client over HTTP',
    '2026-07-28',
    (door) => newer(door, 'http', { pin: '2026-07-28' }),
  ],
  ['a client that tries both eras on a pipe', '2026-07-28', (door) => newer(door, 'pipe', 'auto')],
  ['a client that tries both eras over HTTP', '2026-07-28', (door) => newer(door, 'http', 'auto')],
  ['a 2025-11-25 client on a pipe', '2025-11-25', (door) => newer(door, 'pipe', 'legacy')],
  ['a 2025-11-25 client over HTTP', '2025-11-25', (door) => newer(door, 'http', 'legacy')],
  [
    'a 2025-06-18 client on a pipe',
    '2025-06-18',
    (door) => newer(door, 'pipe', 'legacy', ['2025-06-18']),
  ],
  [
    'a 2025-06-18 client over HTTP',
    '2025-06-18',
    (door) => newer(door, 'http', 'legacy', ['2025-06-18']),
  ],
  ['the older SDK on a pipe', undefined, (door) => older(door, 'pipe')],
  ['the older SDK over HTTP', undefined, (door) => older(door, 'http')],
];

async function newer(
  door: Door,
  transport: 'pipe' | 'http',
  mode: 'auto' | 'legacy' | { pin: string },
  supportedProtocolVersions?: string[],
): Promise<Assistant> {
  const client = new NewClient(INFO, {
    versionNegotiation: { mode },
    ...(supportedProtocolVersions === undefined ? {} : { supportedProtocolVersions }),
  });
  await client.connect(transport === 'pipe' ? await door.pipe() : door.http());
  return {
    era: client.getNegotiatedProtocolVersion(),
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args = {}) => called(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

async function older(door: Door, transport: 'pipe' | 'http'): Promise<Assistant> {
  const client = new OldClient(INFO);
  const opened = transport === 'pipe' ? await door.pipe() : door.http();
  await client.connect(opened);
  return {
    era: undefined,
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args = {}) => called(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

/** What both generations of the SDK answer to a call. */
export function called(result: unknown): Called {
  const { content, structuredContent, isError } = result as {
    readonly content: readonly { readonly type: string; readonly text?: string }[];
    readonly structuredContent?: Fields;
    readonly isError?: boolean;
  };
  return {
    text: content.map((block) => block.text ?? '').join('\n'),
    data: structuredContent ?? {},
    isError: isError === true,
  };
}
