import type { ExplanationView } from '../api/explanation-view.ts';
import { isRunId } from '../domain/id.ts';
import { openApi } from './api-client.ts';
import { answer, type Context } from './context.ts';
import { query } from './read-flags.ts';

/** `carillon explain`: why a run came out as it did, or why a task did or did not run. */
export async function explain(
  context: Context,
  subject: string,
  at: string | undefined,
): Promise<void> {
  const api = await openApi(context);
  const about = isRunId(subject) ? { run: subject } : { task: subject, at };
  const told = (await api.ask({
    method: 'GET',
    path: `/explain${query(about)}`,
  })) as ExplanationView;
  const { tellExplanation } = await import('../api/explanation-view.ts');
  answer(context, told, () => tellExplanation(told));
}
