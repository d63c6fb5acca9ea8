import type { Sink } from '../../ports/executor.ts';

/** As many bytes as are held back once the head is full: at least what is kept of the end. */
const TAIL_BYTES = 256 * 1024;

export type TailWriter = {
  readonly write: (bytes: Uint8Array) => void;
  /** Hands over what was held back. */
  readonly end: () => void;
};

/** Writes to standard output; once its head is full, only the last bytes, and tells of the others. */
export function tailWriter(sink: Sink): TailWriter {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const write = (bytes: Uint8Array): void => {
    if (!sink.isHeadFull) {
      sink.write('stdout', bytes);
      return;
    }
    // A copy: the connection may use the memory of the chunk again.
    held.push(bytes.slice());
    heldBytes += bytes.length;
    for (let first = held[0]; first && heldBytes - first.length >= TAIL_BYTES; first = held[0]) {
      sink.skip('stdout', first.length);
      heldBytes -= first.length;
      held.shift();
    }
  };
  const end = (): void => {
    for (const bytes of held) sink.write('stdout', bytes);
    held = [];
  };
  return { write, end };
}
