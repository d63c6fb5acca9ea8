import { toPlainText } from '../../domain/masking/plain-text.ts';
import { isFinal, type Run } from '../../domain/run.ts';
import type { Services } from '../../service/services.ts';

const PAGE_BYTES = 65_536;
/** What a log comes to at most: an answer must fit a client. */
const LOG_BYTES_MAX = 4 * PAGE_BYTES;
/** How often a log that is followed is looked at, in milliseconds; as in the older system. */
const LOOK_MS = 500;

type LogPart = {
  readonly text: string;
  /** Of which attempt it is, and where that one goes on. */
  readonly attempt: number;
  readonly offset: number;
};

/** What the run printed, or its last lines. */
export async function readLog(services: Services, run: Run, tail: number): Promise<LogPart> {
  let text = '';
  let { attempt } = run;
  let offset = tail > 0 ? -LOG_BYTES_MAX : 0;
  for (let read = 0; read < LOG_BYTES_MAX; read += PAGE_BYTES) {
    const page = await services.readOutput({ run: run.id, offset, bytesMax: PAGE_BYTES });
    text += page.text;
    ({ attempt } = page);
    const isOver = page.nextOffset <= offset || page.text === '';
    offset = page.nextOffset;
    if (isOver) break;
  }
  const plain = toPlainText(text);
  return { text: tail > 0 ? lastLines(plain, tail) : plain, attempt, offset };
}

/** The same, and what the run goes on to print until it ends; of a new attempt from its beginning. */
export async function* followLog(
  services: Services,
  run: Run,
  tail: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const beginning = await readLog(services, run, tail);
  let { attempt, offset } = beginning;
  yield beginning.text;
  while (!signal.aborted) {
    // Looked at first: what is printed before the end is read after it.
    const isOver = isFinal((await services.waitForRun(run.id, LOOK_MS, signal)).run.state);
    for (;;) {
      const page = await services.readOutput({ run: run.id, offset, bytesMax: PAGE_BYTES });
      const isSame = page.attempt === attempt;
      if (isSame && page.text === '') break;
      if (isSame) yield toPlainText(page.text);
      offset = isSame ? page.nextOffset : 0;
      ({ attempt } = page);
    }
    if (isOver) return;
  }
}

function lastLines(text: string, count: number): string {
  const ending = text.endsWith('\n') ? '\n' : '';
  const lines = text.slice(0, text.length - ending.length).split('\n');
  return `${lines.slice(-count).join('\n')}${ending}`;
}
