import { ANSWER_CHARS_MAX } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';
import type { OutputStore } from '../ports/output.ts';

/**
 * What a run came to, as text: its answer, or what it printed, up to ANSWER_CHARS_MAX bytes. It comes
 * from outside. Absent when it printed nothing, or when nothing of it is kept.
 */
export async function readResultText(
  output: OutputStore,
  { id, attempt, result }: Pick<Run, 'id' | 'attempt' | 'result'>,
): Promise<string | undefined> {
  const { text, data } = result?.answer ?? {};
  if (text !== undefined) return text;
  if (data !== undefined) return JSON.stringify(data);
  const query = { offset: 0, bytesMax: ANSWER_CHARS_MAX, stream: 'stdout' } as const;
  const page = await output.read(id, attempt, query).catch(() => undefined);
  return page === undefined || page.text === '' ? undefined : page.text;
}
