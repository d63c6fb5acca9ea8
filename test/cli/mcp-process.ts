import { spawn, type ChildProcess } from 'node:child_process';

/** A process that speaks MCP on its standard streams, as a client sees it. */
export type McpProcess = {
  readonly child: ChildProcess;
  send(message: unknown): void;
  /** Writes text as it is. */
  write(text: string): void;
  /** The next line of standard output, parsed. */
  receive(): Promise<Record<string, unknown>>;
  /** Ends standard input. */
  end(): void;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stderr(): string;
};

export function spawnMcp(
  file: string,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): McpProcess {
  const child = spawn(file, words, { stdio: 'pipe', env: { ...environment } });
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let rest = '';
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    const parts = (rest + bytes.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      const take = waiting.shift();
      if (take === undefined) lines.push(line);
      else take(line);
    }
  });
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  // What the process does not read any more is not what these tests are about.
  child.stdin.on('error', () => undefined);
  const nextLine = () =>
    new Promise<string>((resolve) => {
      const line = lines.shift();
      if (line === undefined) waiting.push(resolve);
      else resolve(line);
    });
  return {
    child,
    send: (message) => child.stdin.write(`${JSON.stringify(message)}\n`),
    write: (text) => child.stdin.write(text),
    receive: async () => JSON.parse(await nextLine()) as Record<string, unknown>,
    end: () => child.stdin.end(),
    ended: new Promise((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code, signal });
      });
    }),
    stderr: () => said,
  };
}

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
};
