import { useEffect, useState } from 'react';
import type { OutputView } from '../../../src/api/output-view.ts';
import { get } from '../api/request.ts';

/** What is known of an attempt's output so far. */
export type Output = {
  /** Another list whenever there is more. */
  readonly lines: readonly string[];
  readonly totalBytes: number;
  readonly droppedBytes: number;
  readonly isComplete: boolean;
  readonly error: unknown;
};

const PAGE_BYTES = 65_536;
const LOOK_MS = 700;
const RETRY_MS = 3_000;
/** While pages come one after the other, the window is drawn anew no more often than this. */
const DRAW_MS = 150;
const NOTHING: Output = {
  lines: [],
  totalBytes: 0,
  droppedBytes: 0,
  isComplete: false,
  error: undefined,
};

/**
 * Reads an attempt's output to its end, page after page, and goes on while the run does. What is kept of an
 * output is bounded by the daemon, so all of it fits into the page.
 */
export function useOutput(runId: string, attempt: number): Output {
  const [output, setOutput] = useState<Output>(NOTHING);
  useEffect(() => {
    setOutput(NOTHING);
    if (attempt === 0) return undefined;
    const abort = new AbortController();
    void follow(runId, attempt, setOutput, abort.signal);
    return () => abort.abort();
  }, [runId, attempt]);
  return output;
}

async function follow(
  runId: string,
  attempt: number,
  tell: (output: Output) => void,
  signal: AbortSignal,
): Promise<void> {
  let offset = 0;
  let lines: string[] = [''];
  let dropped = 0;
  let drawnAt = 0;
  while (!signal.aborted) {
    try {
      const query = { attempt, offset, bytes_max: PAGE_BYTES };
      const page = await get<OutputView>(`/runs/${runId}/output`, query, signal);
      // Kept output that has lost its middle meanwhile has other offsets: it is read anew.
      if (page.dropped_bytes !== dropped && offset > 0) {
        [offset, lines, dropped] = [0, [''], page.dropped_bytes];
        continue;
      }
      dropped = page.dropped_bytes;
      offset = page.next_offset;
      append(lines, page.text);
      const isComplete = page.is_final && !page.has_more;
      if (!page.has_more || performance.now() - drawnAt > DRAW_MS) {
        drawnAt = performance.now();
        tell({
          lines: lines.slice(0, lines.at(-1) === '' ? -1 : undefined),
          totalBytes: page.total_bytes,
          droppedBytes: dropped,
          isComplete,
          error: undefined,
        });
      }
      if (isComplete) return;
      if (!page.has_more) await wait(LOOK_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      tell({ ...NOTHING, error });
      await wait(RETRY_MS, signal);
    }
  }
}

/** The last of the lines may go on. */
function append(lines: string[], text: string): void {
  if (text === '') return;
  const [first = '', ...rest] = text.split('\n');
  lines[lines.length - 1] += first;
  // One by one: a spread of very many arguments is too much for a call.
  for (const line of rest) lines.push(line);
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      window.clearTimeout(timer);
      resolve();
    });
  });
}
