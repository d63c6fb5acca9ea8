import { connect, type Socket } from 'node:net';
import { daemonFiles } from '../installation/daemon-files.ts';
import { readDaemonNotice, type DaemonNotice } from '../installation/daemon-notice.ts';

export type Connected = { readonly socket: Socket; readonly notice: DaemonNotice };

/** Connects to the socket of the daemon of a data folder. @returns `undefined` when none answers. */
export async function connectDaemon(dataFolder: string): Promise<Connected | undefined> {
  const notice = readDaemonNotice(daemonFiles(dataFolder).notice);
  if (notice === undefined) return undefined;
  const socket = await openSocket(notice.socket);
  return socket === undefined ? undefined : { socket, notice };
}

function openSocket(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
    // A daemon that was killed leaves its notice and its socket behind.
    const onError = () => {
      socket.destroy();
      resolve(undefined);
    };
    socket.once('error', onError);
  });
}
