import type { RunId } from '../../src/domain/id.ts';
import type { OutputStore, OutputStream, OutputWriter } from '../../src/ports/output.ts';

type Piece = { readonly stream: OutputStream; readonly bytes: Uint8Array };

/** Keeps all output in memory and drops nothing. */
export function memoryOutput(): OutputStore {
  const kept = new Map<string, Piece[]>();
  const keyOf = (runId: RunId, attempt: number): string => `${runId}/${attempt}`;
  return {
    open: (runId, attempt) => {
      const pieces: Piece[] = [];
      kept.set(keyOf(runId, attempt), pieces);
      return writerTo(pieces);
    },
    read: async (runId, attempt, { offset, bytesMax, stream }) => {
      const pieces = (kept.get(keyOf(runId, attempt)) ?? []).filter(
        (piece) => stream === 'all' || piece.stream === stream,
      );
      const all = Buffer.concat(pieces.map((piece) => piece.bytes));
      const from = offset < 0 ? Math.max(0, all.length + offset) : Math.min(offset, all.length);
      const page = all.subarray(from, from + bytesMax);
      return {
        text: page.toString('utf8'),
        offset: from,
        nextOffset: from + page.length,
        keptBytes: all.length,
        totalBytes: all.length,
        droppedBytes: 0,
      };
    },
    remove: async (runIds) => {
      for (const key of kept.keys()) {
        if (runIds.some((runId) => key.startsWith(`${runId}/`))) kept.delete(key);
      }
    },
  };
}

function writerTo(pieces: Piece[]): OutputWriter {
  return {
    append: (stream, bytes) => {
      pieces.push({ stream, bytes: Uint8Array.from(bytes) });
    },
    skip: () => undefined,
    isHeadFull: false,
    get bytes() {
      return pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
    },
    isCut: false,
    restart: () => {
      pieces.length = 0;
    },
    close: () => undefined,
  };
}
