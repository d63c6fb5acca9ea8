import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';

export type PipeServer = {
  /** Takes no new pipes; those that are open go on. */
  stopListening(): void;
  /** Ends every pipe. */
  close(): void;
};

/** Listens for the pipes of MCP clients. Whoever holds the lock may replace a socket that was left behind. */
export async function listenPipes(
  path: string,
  onPipe: (socket: Socket) => void,
): Promise<PipeServer> {
  const sockets = new Set<Socket>();
  // A client that has said all is still answered; who serves it closes our side.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (sockets.size >= PIPES_MAX) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A client that dies in the middle of a line is nothing to stop for.
    socket.on('error', () => undefined);
    onPipe(socket);
  });
  if (process.platform !== 'win32') rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return {
    stopListening: () => {
      server.close();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Clients start one pipe each; far more than that is a mistake somewhere. */
const PIPES_MAX = 500;
