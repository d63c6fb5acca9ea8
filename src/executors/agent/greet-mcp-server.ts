import { spawn } from 'node:child_process';
import { isRecord, listOf, recordOf, textOf } from '../../domain/engines/json-values.ts';
import { parseLine } from '../../domain/engines/parse-line.ts';
import type { Json } from '../../domain/json.ts';
import type { McpServerReport } from '../../ports/engines.ts';

/** A server has this long to greet. */
const GREETING_MS_MAX = 10_000;
const GREETING_CHARS_MAX = 256 * 1024;

const HELLO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'carillon-preflight', version: '1' },
  },
};

/** Starts an MCP server as an engine would, waits for its greeting, and ends it. */
export async function greetMcpServer(
  name: string,
  server: Json,
  environment: Readonly<Record<string, string>>,
  directory: string,
): Promise<McpServerReport> {
  const table = recordOf(server);
  const command = textOf(table['command']);
  if (command === undefined) {
    return { name, state: 'unknown', note: 'It is reached by a URL, which is not tried.' };
  }
  const args = listOf(table['args']).flatMap((arg) => textOf(arg) ?? []);
  const env = Object.entries(recordOf(table['env'])).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : [],
  );
  const problem = await greet(
    command,
    args,
    { ...environment, ...Object.fromEntries(env) },
    directory,
  );
  return { name, state: problem === undefined ? 'starts' : 'fails', note: problem };
}

/** @returns why there was no greeting. */
function greet(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env,
      cwd,
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    let printed = '';
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      endGroup(child.pid);
      resolve(problem);
    };
    const timer = setTimeout(() => {
      end('It did not greet within ten seconds.');
    }, GREETING_MS_MAX);
    child.once('error', () => end('Its program was not found, or may not be executed.'));
    child.once('exit', () => end('It ended without a greeting.'));
    // A server that ends early closes what we write to.
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(HELLO)}\n`);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(0, GREETING_CHARS_MAX);
      const hasGreeted = printed
        .split('\n')
        .some((line) => isRecord(parseLine(line)?.['result']) && parseLine(line)?.['id'] === 1);
      if (hasGreeted) end(undefined);
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
