import { useEffect, useState } from 'react';
import type { OutputView } from '../../../src/api/output-view.ts';
import { get } from '../api/request.ts';

/** What is known of an attempt's output so far. */
export type Output = {
  readonly lines: readonly string[];
  readonly totalBytes: number;
  readonly droppedBytes: number;
  readonly isComplete: boolean;
  readonly error: unknown;
};

const PAGE_BYTES = 65_536;
const LOOK_MS = 700;
const RETRY_MS = 3_000;
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
      lines = appended(lines, page.text);
      const isComplete = page.is_final && !page.has_more;
      tell({
        lines: lines.at(-1) === '' ? lines.slice(0, -1) : lines,
        totalBytes: page.total_bytes,
        droppedBytes: dropped,
        isComplete,
        error: undefined,
      });
      if (isComplete) return;
      if (!page.has_more) await wait(LOOK_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      tell({ ...NOTHING, error });
      await wait(RETRY_MS, signal);
    }
  }
}

function appended(lines: readonly string[], text: string): string[] {
  if (text === '') return [...lines];
  const [first = '', ...rest] = text.split('\n');
  return [...lines.slice(0, -1), (lines.at(-1) ?? '') + first, ...rest];
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
