import {
  boundText,
  INBOX_BODY_CHARS_MAX,
  INBOX_TITLE_CHARS_MAX,
  type InboxItem,
  type NewInboxItem,
} from '../inbox/inbox-item.ts';
import { isBudgetReason, isTaskBudget } from '../budget/say-limit.ts';
import type { LedgerEntry } from '../ledger.ts';
import type { FailureReason } from '../outcome.ts';
import type { Run } from '../run.ts';
import type { TaskDefinition } from '../task.ts';
import type { AlertKind, AlertPolicy } from './alert-policy.ts';
import { isFinding } from './is-finding.ts';

/** What happens to the inbox because of a change. */
export type AlertStep =
  | { readonly kind: 'open'; readonly item: NewInboxItem }
  /** It is going on: no new item, and nobody is told again. */
  | { readonly kind: 'again'; readonly id: number; readonly count: number }
  | { readonly kind: 'recovered'; readonly id: number; readonly isTold: boolean };

/** A run or an occurrence whose task is known. */
type Subject = Pick<Run, 'namespace' | 'taskId' | 'taskName'>;

/** The first failure of a stretch opens an item; the ones after it are counted there. */
export function onFailure(
  run: Run,
  definition: TaskDefinition,
  byDefault: AlertPolicy,
  open: readonly InboxItem[],
): AlertStep | undefined {
  // An undelivered reminder is in the inbox already.
  if (definition.action.kind === 'reminder') return undefined;
  const reason = failureReason(run);
  const kind = reason === 'budget' ? 'budget' : 'failure';
  const known = open.find((item) => item.kind === kind);
  if (known !== undefined) return { kind: 'again', id: known.id, count: 1 };
  const message = run.message ?? 'It failed.';
  return opened(run, definition, byDefault, kind, {
    cause: `${kind}:${run.id}`,
    runId: run.id,
    title: kind === 'budget' ? `${run.taskName} reached its budget` : `${run.taskName} failed`,
    body: `${message}\ncarillon runs show ${run.id}`,
  });
}

/** A success ends every stretch of the task; only one of failures is worth telling. */
export function onSuccess(
  definition: TaskDefinition,
  byDefault: AlertPolicy,
  open: readonly InboxItem[],
): readonly AlertStep[] {
  const rule = ruleOf(definition, byDefault);
  return open.map((item) => ({
    kind: 'recovered',
    id: item.id,
    isTold: isWorthRecovering(item) && rule.on.includes('recovery'),
  }));
}

/** What was missed stays so, and what only waited has not failed. */
function isWorthRecovering({ kind, cause }: InboxItem): boolean {
  return kind !== 'missed' && !cause.startsWith(HELD_CAUSE);
}

/**
 * Occurrences that were given up, oldest first. Those for which a later one stands are no loss.
 *
 * @param entries what was recorded of the task at one moment.
 */
export function onMissed(
  task: Subject,
  definition: TaskDefinition,
  byDefault: AlertPolicy,
  entries: readonly LedgerEntry[],
  open: readonly InboxItem[],
): AlertStep | undefined {
  const lost = entries.filter((one) => one.kind === 'missed' && one.reason !== 'superseded');
  const [first] = lost;
  const last = lost.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const count = lost.reduce((sum, one) => sum + one.count, 0);
  const known = open.find((item) => item.kind === 'missed');
  if (known !== undefined) return { kind: 'again', id: known.id, count };
  const zone = definition.schedule?.zone ?? 'UTC';
  const stretch =
    count === 1
      ? `The occurrence of ${say(first.from, zone)} was not run.`
      : `${lost.every((one) => one.isCountExact) ? '' : 'At least '}${count} occurrences from ${say(first.from, zone)} to ${say(last.to, zone)} were not run.`;
  return opened(task, definition, byDefault, 'missed', {
    cause: `missed:${task.taskId}:${first.from.epochMilliseconds}`,
    runId: undefined,
    title: `${task.taskName} was missed`,
    body: `${stretch}\ncarillon explain ${task.taskId}`,
  });
}

/** What a run has to report is kept and told only where somebody wants to know of it. */
export function onFinding(
  run: Run,
  definition: TaskDefinition,
  byDefault: AlertPolicy,
): AlertStep | undefined {
  if (!ruleOf(definition, byDefault).on.includes('finding')) return undefined;
  if (!isFinding(run, definition.action.kind)) return undefined;
  return opened(run, definition, byDefault, 'finding', {
    cause: `finding:${run.id}`,
    runId: run.id,
    title: `${run.taskName} has something to report`,
    body: reportOf(run),
  });
}

/** What it answered, by itself: that text is from outside. */
function reportOf({ id, result }: Run): string {
  const { difference } = result ?? {};
  if (difference?.kind === 'changed') return boundText(difference.text, REPORT_CHARS_MAX);
  const text = result?.answer?.text?.trim();
  if (text !== undefined && text !== '') return boundText(text, REPORT_CHARS_MAX);
  if (result?.answer !== undefined) return `It gave an answer.\ncarillon runs show ${id}`;
  return `It printed ${result?.outputBytes ?? 0} bytes.\ncarillon runs logs ${id}`;
}

/** As much of an answer as a notice can carry; the run has all of it. */
const REPORT_CHARS_MAX = 1_000;

/** A run that waits for a budget. The budget of a tag or of the daemon is told once for all tasks. */
export function onHeld(
  run: Run,
  definition: TaskDefinition,
  byDefault: AlertPolicy,
  open: readonly InboxItem[],
): AlertStep | undefined {
  const { stateReason, heldUntil } = run;
  if (stateReason === undefined || heldUntil === undefined || !isBudgetReason(stateReason)) {
    return undefined;
  }
  const known = open.find((item) => item.kind === 'budget');
  if (known !== undefined) return { kind: 'again', id: known.id, count: 1 };
  const whose = isTaskBudget(stateReason) ? `${run.taskId}:` : '';
  const until = say(heldUntil, definition.schedule?.zone ?? 'UTC');
  return opened(run, definition, byDefault, 'budget', {
    cause: `${HELD_CAUSE}${whose}${stateReason}:${heldUntil.epochMilliseconds}`,
    runId: run.id,
    title: `${run.taskName} waits for its budget`,
    body: `It is held until ${until}, because ${stateReason}.\ncarillon runs show ${run.id}`,
  });
}

const HELD_CAUSE = 'held:';

function ruleOf(definition: TaskDefinition, byDefault: AlertPolicy): AlertPolicy {
  return definition.policies.alerts ?? byDefault;
}

function opened(
  subject: Subject,
  definition: TaskDefinition,
  byDefault: AlertPolicy,
  kind: Extract<AlertKind, NewInboxItem['kind']>,
  words: Pick<NewInboxItem, 'cause' | 'runId' | 'title' | 'body'>,
): Extract<AlertStep, { kind: 'open' }> {
  const rule = ruleOf(definition, byDefault);
  return {
    kind: 'open',
    item: {
      ...words,
      kind,
      namespace: subject.namespace,
      taskId: subject.taskId,
      taskName: subject.taskName,
      title: boundText(words.title, INBOX_TITLE_CHARS_MAX),
      body: boundText(words.body, INBOX_BODY_CHARS_MAX),
      notice: {
        channels: rule.channels,
        level: kind === 'finding' ? 'info' : 'warning',
        sound: undefined,
      },
      deliveries: [],
      isTold: rule.on.includes(kind),
    },
  };
}

/** A run remembers why it failed where the reason is one that policies ask for. */
function failureReason(run: Run): FailureReason | undefined {
  return run.stateReason === 'budget' ? 'budget' : undefined;
}

function say(instant: Temporal.Instant, zone: string): string {
  return instant
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });
}
