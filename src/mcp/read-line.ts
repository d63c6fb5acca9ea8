import type { Duplex } from 'node:stream';
import type { Clock } from '../ports/clock.ts';

const LINE_BYTES_MAX = 64 * 1_024;
const LINE_MS_MAX = 5_000;
const NEWLINE = 0x0a;

type Ending = 'read' | 'too_long' | 'too_slow' | 'closed';

/**
 * Hands over the first line that comes from `socket`, or why there is none. What came behind the
 * line is put back, and the socket stays paused until somebody resumes it.
 */
export function readLine(
  socket: Duplex,
  clock: Clock,
  then: (line: string | undefined, why: Ending) => void,
): void {
  let bytes = Buffer.alloc(0);
  const stop = (): void => {
    stopTimer();
    socket.pause();
    socket.off('data', take);
    socket.off('close', close);
    socket.off('end', close);
  };
  const end = (why: Ending): void => {
    stop();
    then(undefined, why);
  };
  const take = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const index = bytes.indexOf(NEWLINE);
    if ((index === -1 ? bytes.length : index) > LINE_BYTES_MAX) {
      end('too_long');
      return;
    }
    if (index === -1) return;
    // Putting back goes to whoever listens, so the listening ends first.
    stop();
    const rest = bytes.subarray(index + 1);
    if (rest.length > 0) socket.unshift(rest);
    then(bytes.toString('utf8', 0, index), 'read');
  };
  const close = (): void => end('closed');
  const stopTimer = clock.setTimer(LINE_MS_MAX, () => end('too_slow'));
  socket.on('data', take);
  socket.on('close', close);
  socket.on('end', close);
}
