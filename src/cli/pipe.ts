import type { Socket } from 'node:net';
import { placesFor } from '../installation/places.ts';
import { thisMachine } from '../installation/this-machine.ts';
import { Refusal } from '../domain/refusal.ts';
import { packageVersion } from '../installation/package.ts';
import type { ClicrontabDoor } from './clicrontab-door.ts';
import { connectDaemon } from './connect-daemon.ts';
import { EXIT } from './exit-codes.ts';
import { requestIdIn } from './request-id.ts';
import { readPipeArguments, type PipeArguments } from './pipe-arguments.ts';
import { startDaemon } from './start-daemon.ts';
import { watchClient } from './watch-client.ts';

/**
 * `carillon mcp`: carries bytes between an MCP client and the daemon, and knows nothing of MCP beyond
 * how to say that it cannot. It runs on Node 20 and leaves when its client does.
 */
export function runPipe(words: readonly string[]): void {
  pipeToDaemon(words, (exitCode) => process.exit(exitCode)).catch((error: unknown) => {
    giveUp(error instanceof Refusal ? error : undefined);
  });
}

/** @param leave ends the process; called when the client or the daemon is gone. */
export async function pipeToDaemon(
  words: readonly string[],
  leave: (exitCode: number) => void,
): Promise<void> {
  const machine = thisMachine();
  const given = await readPipeArguments(words, machine.environment);
  if (given.kind === 'text') {
    process[given.stream].write(given.text);
    leave(given.exitCode);
    return;
  }
  for (const warning of given.warnings)
    process.stderr.write(`carillon ${words.join(' ')}: ${warning}\n`);
  const { dataFolder } = placesFor(given, machine);
  // A server is not left when standard input ends: nobody writes to it.
  const isServer = given.door !== undefined && !given.door.hasPipe;
  const endWatch = isServer ? () => undefined : watchClient(() => leave(EXIT.ok));
  const { socket } =
    (await connectDaemon(dataFolder)) ??
    (await startDaemon({
      dataFolder,
      environment: machine.environment,
      serveArguments: given.config === undefined ? [] : ['--config', given.config],
    }));
  if (given.door !== undefined) {
    await openDoor({ ...given.door, dataFolder });
    if (isServer) {
      socket.destroy();
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
        process.on(signal, () => leave(EXIT.ok));
      }
      return;
    }
  }
  const rest = await shakeHands(socket, given);
  endWatch();
  carry(socket, rest, leave);
}

async function openDoor(door: ClicrontabDoor): Promise<void> {
  const { openClicrontabDoor } = await import('./clicrontab-door.ts');
  const { port } = await openClicrontabDoor(door);
  process.stderr.write(`Serving REST at ${door.host}, port ${String(port)}, below /v1/.\n`);
}

/** @returns bytes that came after the daemon's answer. */
function shakeHands(socket: Socket, given: PipeArguments): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const timer = setTimeout(() => {
      fail('The daemon did not answer.');
    }, HANDSHAKE_MS_MAX);
    const onData = (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      const end = received.indexOf(NEWLINE);
      if (end < 0) {
        if (received.length > HANDSHAKE_BYTES_MAX) fail('The daemon answered something else.');
        return;
      }
      socket.pause();
      finish();
      const refusal = refusalIn(received.subarray(0, end).toString());
      if (refusal === undefined) resolve(received.subarray(end + 1));
      else reject(refusal);
    };
    const onClose = () => {
      fail('The daemon closed the connection at once.');
    };
    const finish = () => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose).off('error', onClose);
    };
    const fail = (message: string) => {
      finish();
      reject(new Refusal('unavailable', message, 'Type: carillon status'));
    };
    socket.on('data', onData).on('close', onClose).on('error', onClose);
    socket.write(`${JSON.stringify(handshake(given))}\n`);
  });
}

const HANDSHAKE_MS_MAX = 10_000;
const HANDSHAKE_BYTES_MAX = 65_536;
const NEWLINE = 0x0a;

function handshake(given: PipeArguments): Record<string, unknown> {
  return {
    carillon: 1,
    version: packageVersion(),
    cwd: process.cwd(),
    surface: given.surface,
    toolsets: given.toolsets,
    read_only: given.isReadOnly,
    settings: given.settings,
  };
}

function refusalIn(line: string): Refusal | undefined {
  try {
    const answer = JSON.parse(line) as { ok?: unknown; message?: unknown };
    if (answer.ok === true) return undefined;
    if (typeof answer.message === 'string') return new Refusal('unavailable', answer.message);
  } catch {
    // Falls through: something else listens there.
  }
  return new Refusal(
    'unavailable',
    'Something other than Carillon answered.',
    'Type: carillon status',
  );
}

function carry(socket: Socket, rest: Buffer, leave: (exitCode: number) => void): void {
  let isClientGone = false;
  watchClient(() => {
    isClientGone = true;
    // Answers that are on their way may still arrive; the daemon closes its side after them.
    socket.end();
    setTimeout(() => {
      leave(EXIT.ok);
    }, LEAVE_MS_MAX).unref();
  });
  process.stdout.on('error', () => {
    leave(EXIT.ok);
  });
  // Whatever went wrong, the socket closes next.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (!isClientGone) {
      process.stderr.write(
        'carillon mcp: the daemon went away. Start the MCP server again in your client.\n',
      );
    }
    leave(isClientGone ? EXIT.ok : EXIT.failure);
  });
  if (rest.length > 0) process.stdout.write(rest);
  process.stdin.pipe(socket, { end: false });
  socket.pipe(process.stdout, { end: false });
}

const LEAVE_MS_MAX = 800;

/** Answers the client's first request with the reason, says it to people too, and ends. */
function giveUp(refusal: Refusal | undefined): void {
  const message = refusal?.message ?? 'Carillon failed to start its MCP pipe.';
  const hint = refusal?.hint;
  process.stderr.write(`carillon mcp: ${message}${hint === undefined ? '' : ` ${hint}`}\n`);
  const exitCode = refusal?.code === 'invalid' ? EXIT.usage : EXIT.failure;
  // A person at a terminal has read the reason, and is not going to write requests.
  if (process.stdin.isTTY) process.exit(exitCode);
  let received = '';
  const onData = (bytes: Buffer) => {
    received += bytes.toString();
    const id = requestIdIn(received);
    if (id === undefined) {
      if (received.length > REQUEST_LENGTH_MAX) process.exit(exitCode);
      return;
    }
    process.stdin.off('data', onData);
    const error = {
      code: JSON_RPC_ERROR,
      message: hint === undefined ? message : `${message} ${hint}`,
      data: { code: refusal?.code ?? 'internal' },
    };
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`, () => {
      process.exit(exitCode);
    });
  };
  process.stdin.on('data', onData);
  watchClient(() => process.exit(exitCode));
}

/** The first error that JSON-RPC leaves to implementations. */
const JSON_RPC_ERROR = -32_000;
const REQUEST_LENGTH_MAX = 10_000_000;
