import type { Socket } from 'node:net';
import { Refusal } from '../domain/refusal.ts';
import { packageVersion } from '../installation/package.ts';
import type { Environment } from '../installation/places.ts';
import { connectDaemon } from './connect-daemon.ts';
import { startDaemon } from './start-daemon.ts';

/** What a client gets to see, as the daemon is asked for it. */
export type Seat = {
  readonly surface: string;
  readonly toolsets: readonly string[];
  readonly isReadOnly: boolean;
  /** Settings of a compatibility profile. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of the client's variables those that the profile keeps as secrets. */
  readonly profileSecrets: Readonly<Record<string, string>>;
};

/** Where the daemon is found, or started when none answers. */
export type DaemonPlace = {
  readonly dataFolder: string;
  readonly environment: Environment;
  /** Configuration file of a daemon that has to be started. */
  readonly config: string | undefined;
};

/** A connection to the daemon that speaks MCP from now on; paused. */
export type Session = {
  readonly socket: Socket;
  /** Bytes that came after the daemon's answer to the handshake. */
  readonly rest: Buffer;
};

/** Refuses when no daemon can be started, and when the daemon turns the seat down. */
export async function openSession(place: DaemonPlace, seat: Seat): Promise<Session> {
  const { dataFolder, environment, config } = place;
  const { socket } =
    (await connectDaemon(dataFolder)) ??
    (await startDaemon({
      dataFolder,
      environment,
      serveArguments: config === undefined ? [] : ['--config', config],
    }));
  try {
    return { socket, rest: await shakeHands(socket, seat) };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** @returns bytes that came after the daemon's answer. */
function shakeHands(socket: Socket, seat: Seat): Promise<Buffer> {
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
      // Whatever goes wrong later, the socket closes next.
      socket.on('error', () => undefined);
    };
    const fail = (message: string) => {
      finish();
      reject(new Refusal('unavailable', message, 'Type: carillon status'));
    };
    socket.on('data', onData).on('close', onClose).on('error', onClose);
    socket.write(`${JSON.stringify(handshake(seat))}\n`);
  });
}

const HANDSHAKE_MS_MAX = 10_000;
const HANDSHAKE_BYTES_MAX = 65_536;
const NEWLINE = 0x0a;

function handshake(seat: Seat): Record<string, unknown> {
  return {
    carillon: 1,
    version: packageVersion(),
    cwd: process.cwd(),
    surface: seat.surface,
    toolsets: seat.toolsets,
    read_only: seat.isReadOnly,
    settings: seat.settings,
    secrets: seat.profileSecrets,
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
