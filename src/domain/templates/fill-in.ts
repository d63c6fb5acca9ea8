import type { Action } from '../action.ts';
import type { Json } from '../json.ts';
import type { Run } from '../run.ts';
import { fillAction } from './action-texts.ts';
import { parseTemplate, placeholdersOf } from './parse-template.ts';
import { renderTemplate, type TemplateValues } from './render-template.ts';

/** The action with its templates filled in. Refuses values that would lead an address elsewhere. */
export function fillIn<Kind extends Action>(action: Kind, values: TemplateValues): Kind {
  return fillAction(action, (text, { name, context }) =>
    context === 'literal' ? text : renderTemplate(parseTemplate(text, name), values, context),
  );
}

/** Whether a template of the action tells of the last run of the task, or of the run that it comes after. */
export function asksFor(action: Action, about: 'last' | 'after'): boolean {
  let asks = false;
  fillAction(action, (text, { name, context }) => {
    if (context !== 'literal' && !asks) {
      asks = placeholdersOf(parseTemplate(text, name)).some(({ path }) => path[0] === about);
    }
    return text;
  });
  return asks;
}

/** What a run knows beside itself. */
export type TemplateFacts = {
  readonly payload: Json | undefined;
  /** The run of the task that ended last, if there is one. */
  readonly last: Run | undefined;
  /** The run that started it, when another task did. */
  readonly after: AfterValues | undefined;
  /** In which times are written; UTC when absent. */
  readonly zone: string | undefined;
};

/** What is told of the run that started another. */
export type AfterValues = {
  readonly run_id: string;
  readonly outcome: string;
  /** From outside. */
  readonly result: string | null;
};

/** What the templates of a run can say. */
export function templateValues(
  run: Run,
  { payload, last, after, zone }: TemplateFacts,
): TemplateValues {
  const time = (instant: Temporal.Instant | undefined): string | null =>
    instant === undefined
      ? null
      : instant
          .toZonedDateTimeISO(zone ?? 'UTC')
          .toString(TIME_FORMAT)
          .replace('+00:00', 'Z');
  return {
    mark: run.id.slice(run.id.indexOf('_') + 1),
    values: {
      scheduled_for: time(run.scheduledFor),
      covers_since: time(run.coversSince),
      missed_count: run.missedCount,
      last: { result: lastResult(last), finished_at: time(last?.endedAt) },
      run: { id: run.id },
      task: { name: run.taskName },
      ...(after === undefined ? {} : { after }),
      payload: payload ?? null,
    },
  };
}

const TIME_FORMAT = { timeZoneName: 'never', smallestUnit: 'second' } as const;

/** What the run answered; without an answer, how it ended. */
function lastResult(last: Run | undefined): Json {
  const answer = last?.result?.answer;
  return answer?.text ?? answer?.data ?? last?.message ?? last?.outcome ?? null;
}
