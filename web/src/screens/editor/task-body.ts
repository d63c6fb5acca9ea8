import type { TaskView } from '../../../../src/api/task-view.ts';
import { actionFieldsOf } from './action-fields.ts';
import { type Draft, type Entered, isBlank, kindOf, textOf } from './draft.ts';
import { FieldProblem, type FieldSpec, toEntered, toSent } from './field-spec.ts';
import { NAME_FIELDS, POLICY_FIELDS, SCHEDULE_FIELDS, WHEN, ZONE } from './policy-fields.ts';

export type Body = Readonly<Record<string, unknown>>;

/** Every field that the task being written has. */
export function fieldsOf(draft: Draft): readonly FieldSpec[] {
  const all = [
    ...NAME_FIELDS,
    WHEN,
    ZONE,
    ...SCHEDULE_FIELDS,
    ...actionFieldsOf(draft),
    ...POLICY_FIELDS,
  ];
  return all.filter((spec) => spec.when?.(draft) !== false);
}

/** The task as `POST /tasks` takes it. Throws `FieldProblem` for what no request can say. */
export function toBody(draft: Draft): Body {
  return bodyOf(draft, fieldsOf(draft));
}

/** The action alone, as it is sent. */
export function toActionBody(draft: Draft): Body {
  const fields = actionFieldsOf(draft).filter((spec) => spec.when?.(draft) !== false);
  return bodyOf(draft, fields)['action'] as Body;
}

function bodyOf(draft: Draft, fields: readonly FieldSpec[]): Body {
  const body: Record<string, unknown> = { action: { kind: kindOf(draft) } };
  const isScheduled = textOf(draft, 'when').trim() !== '';
  for (const spec of fields) {
    if (spec.isOnlyHere === true || (!isScheduled && ABOUT_TIME.has(spec.path))) continue;
    const sent = toSent(spec, draft[spec.path]);
    if (sent !== undefined) put(body, spec.path.split('.'), sent);
  }
  return body;
}

/** They say nothing without a schedule. */
const ABOUT_TIME = new Set(['timezone', ...SCHEDULE_FIELDS.map(({ path }) => path)]);
const SCHEDULE_KEYS = ['when', ...ABOUT_TIME];

/** How each part is taken away again; a part that is not here stays once it is said. */
const REMOVALS: Readonly<Record<string, unknown>> = {
  description: '',
  tags: [],
  after: {},
  budget: {},
  compare: { by: 'off' },
  success: {},
  gates: [],
  alerts: { on: [] },
};
/** Parts that are replaced as a whole, so that what is left out of them is gone. */
const WHOLE = new Set([
  'action',
  'after',
  'budget',
  'compare',
  'success',
  'alerts',
  ...SCHEDULE_KEYS,
]);

/** What `PATCH` takes to make the one into the other; empty when they are the same. */
export function toEdit(before: Draft, after: Draft): Body {
  const [old, wanted] = [toBody(before), toBody(after)];
  const edit: Record<string, unknown> = {};
  const isChanged = (key: string): boolean =>
    JSON.stringify(old[key]) !== JSON.stringify(wanted[key]);
  if (SCHEDULE_KEYS.some(isChanged)) Object.assign(edit, scheduleEdit(wanted));
  for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
    if (SCHEDULE_KEYS.includes(key) || !isChanged(key)) continue;
    edit[key] = wanted[key] ?? REMOVALS[key];
  }
  // Gates and what becomes of their errors are one part.
  if (isChanged('gate_error')) edit['gates'] = wanted['gates'] ?? [];
  if (isChanged('gates') && wanted['gate_error'] !== undefined) {
    edit['gate_error'] = wanted['gate_error'];
  }
  if (edit['gate_error'] === undefined) delete edit['gate_error'];
  refuseLost(before, after);
  return edit;
}

/** A schedule is set as a whole, since what is left out of it is to be gone. */
function scheduleEdit(wanted: Body): Body {
  if (wanted['when'] === undefined) return { remove_schedule: true };
  const said = SCHEDULE_KEYS.filter((key) => wanted[key] !== undefined);
  return Object.fromEntries(said.map((key) => [key, wanted[key]]));
}

/** What was said once and cannot be unsaid must not seem to be. */
function refuseLost(before: Draft, after: Draft): void {
  for (const { path, kind } of fieldsOf(after)) {
    const key = path.split('.')[0] ?? '';
    if (WHOLE.has(key) || key in REMOVALS || key === 'name' || key === 'gate_error') continue;
    if (isBlank(before[path]) || !isBlank(after[path])) continue;
    if (kind === 'tick') continue;
    throw new FieldProblem(path, 'Once said, it stays: write another value.');
  }
}

function put(into: Record<string, unknown>, [first = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const inner = { ...(into[first] as Record<string, unknown> | undefined) };
  put(inner, rest, value);
  into[first] = inner;
}

/** A task as it stands in the fields. */
export function toDraft(task: TaskView): Draft {
  const { schedule } = task;
  const session = task.action['session'];
  const source = {
    name: task.name,
    description: task.description,
    tags: task.tags,
    ...task.policies,
    ...(schedule === null
      ? {}
      : { ...schedule, jitter: schedule.jitter === '0s' ? '' : schedule.jitter }),
    after: { task: task.after?.task_id, outcomes: task.after?.outcomes },
    action: {
      ...task.action,
      session: typeof session === 'string' ? { mode: session === 'fresh' ? '' : session } : session,
    },
  };
  const start: Draft = {
    'action.kind': task.action.kind,
    'ui.program': 'argv' in task.action ? 'argv' : 'shell',
  };
  const draft: Record<string, Entered> = { ...start };
  // Fields are there or not by what others say, so all of them are filled before one is looked at.
  for (const spec of [
    ...NAME_FIELDS,
    WHEN,
    ZONE,
    ...SCHEDULE_FIELDS,
    ...actionFieldsOf(start),
    ...POLICY_FIELDS,
  ]) {
    if (spec.isOnlyHere !== true) draft[spec.path] = toEntered(spec, take(source, spec.path));
  }
  return draft;
}

function take(source: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Body)[key] : undefined),
      source,
    );
}

/** The field that a refusal speaks of, as far as its words tell. */
export function fieldNamedIn(message: string, fields: readonly FieldSpec[]): string | undefined {
  for (const [, named = ''] of message.matchAll(/"([a-z_]+(?:\.[^"\s]+)*)"/gi)) {
    const found = fields.find(({ path }) =>
      [path, path.replace(/^action\./, '')].some(
        (own) => own === named || named.startsWith(`${own}.`),
      ),
    );
    if (found !== undefined) return found.path;
  }
  const told = message.toLowerCase();
  return fields.find(({ label, said = [] }) =>
    [label.toLowerCase(), ...said].some((word) => told.startsWith(`the ${word} `)),
  )?.path;
}
