import { placesFor, type Environment } from '../installation/places.ts';
import { thisMachine } from '../installation/this-machine.ts';
import { Refusal } from '../domain/refusal.ts';
import type { ClicrontabDoor } from './clicrontab-door.ts';
import { EXIT } from './exit-codes.ts';
import { openSession, type DaemonPlace, type Session } from './open-session.ts';
import { requestIdIn } from './request-id.ts';
import { readPipeArguments, type BridgeArguments } from './pipe-arguments.ts';
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
  const place: DaemonPlace = {
    dataFolder: placesFor(given, machine).dataFolder,
    environment: {
      ...given.daemonVariables,
      ...without(machine.environment, given.profileSecrets),
    },
    config: given.config,
  };
  if (given.kind === 'sse') {
    leave(await bridge(given, place));
    return;
  }
  // A server is not left when standard input ends: nobody writes to it.
  const isServer = given.door !== undefined && !given.door.hasPipe;
  const endWatch = isServer ? () => undefined : watchClient(() => leave(EXIT.ok));
  const session = await openSession(place, given);
  if (given.kind === 'pipe' && given.credentials !== undefined) {
    const { tellCredentials } = await import('./runner-credentials.ts');
    await tellCredentials(place.dataFolder, given.config, given.credentials);
    if (given.credentials === 'reset') {
      leave(EXIT.ok);
      return;
    }
  }
  if (given.door !== undefined) {
    const { dataFolder } = place;
    await openDoor({ ...given.door, dataFolder, openSession: () => openSession(place, given) });
  }
  if (isServer) {
    session.socket.destroy();
    for (const signal of STOP_SIGNALS) process.on(signal, () => leave(EXIT.ok));
    return;
  }
  endWatch();
  carry(session, leave);
}

/** A daemon that has to be started gets them by the handshake, for this profile alone. */
function without(environment: Environment, names: Readonly<Record<string, string>>): Environment {
  const kept = Object.entries(environment).filter(([name]) => !Object.hasOwn(names, name));
  return Object.fromEntries(kept);
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

async function openDoor(door: ClicrontabDoor): Promise<void> {
  const { openClicrontabDoor } = await import('./clicrontab-door.ts');
  const { port } = await openClicrontabDoor(door);
  process.stderr.write(
    `Serving REST at ${door.host}, port ${String(port)}, below /v1/, MCP at /mcp, and a page at /.\n`,
  );
}

/** Nobody writes requests to this process, so what goes wrong is for people alone. @returns the exit code. */
async function bridge(given: BridgeArguments, place: DaemonPlace): Promise<number> {
  try {
    const { serveSse } = await import('./sse-bridge.ts');
    await serveSse(given, place);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Refusal) return sayWhy(error);
    throw error;
  }
}

function carry({ socket, rest }: Session, leave: (exitCode: number) => void): void {
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
  const exitCode = sayWhy(refusal);
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
      message: reasonOf(refusal),
      data: { code: refusal?.code ?? 'internal' },
    };
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`, () => {
      process.exit(exitCode);
    });
  };
  process.stdin.on('data', onData);
  watchClient(() => process.exit(exitCode));
}

/** @returns the exit code. */
function sayWhy(refusal: Refusal | undefined): number {
  process.stderr.write(`carillon mcp: ${reasonOf(refusal)}\n`);
  return refusal?.code === 'invalid' ? EXIT.usage : EXIT.failure;
}

function reasonOf(refusal: Refusal | undefined): string {
  if (refusal === undefined) return 'Carillon failed to start its MCP pipe.';
  const { message, hint } = refusal;
  return hint === undefined ? message : `${message} ${hint}`;
}

/** The first error that JSON-RPC leaves to implementations. */
const JSON_RPC_ERROR = -32_000;
const REQUEST_LENGTH_MAX = 10_000_000;
