import type { Sink } from '../../ports/executor.ts';

/** Counts what a check prints, and keeps nothing of it. */
export function blindSink(): Sink {
  let bytes = 0;
  return {
    write(_stream, written) {
      bytes += written.length;
    },
    skip(_stream, count) {
      bytes += count;
    },
    isHeadFull: true,
    get bytes() {
      return bytes;
    },
    isCut: true,
    restart() {
      bytes = 0;
    },
    observe() {},
  };
}
