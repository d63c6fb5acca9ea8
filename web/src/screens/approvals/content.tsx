import { plainly } from './plainly.ts';

/** What the arguments of a call are, by its name; the others are shown under their own names. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  update_task: ['task', ''],
  delete_task: ['task', 'revision'],
  pause_task: ['task', 'reason', 'revision'],
  resume_task: ['task', 'revision'],
  rerun: ['run', ''],
  answer_run: ['run', 'answer'],
  duplicate_task: ['task', 'name'],
  restore_version: ['task', 'version', 'revision'],
  edit_webhook: ['webhook', ''],
  remove_webhook: ['webhook'],
  cancel_run: ['run', 'reason'],
};

type Row = readonly [name: string, text: string];

/** What would be done, every value of it, one below the other. */
export function Content({
  verb,
  content,
}: {
  readonly verb: string;
  readonly content: readonly unknown[];
}) {
  const rows = content.flatMap((value, index) => rowsOf(value, NAMES[verb]?.[index] ?? ''));
  return (
    <dl className="flex flex-col gap-2 text-sm">
      <Line name="does" text={verb.replaceAll('_', ' ')} />
      {rows.map(([name, text]) => (
        <Line key={name} name={name} text={text} />
      ))}
    </dl>
  );
}

function Line({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div className="grid gap-x-3 md:grid-cols-[12rem_minmax(0,1fr)]">
      <dt className="text-soft break-words">{name}</dt>
      <dd className="min-w-0 font-mono text-[13px] break-words whitespace-pre-wrap">
        {plainly(text)}
      </dd>
    </div>
  );
}

function rowsOf(value: unknown, name: string): readonly Row[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object') return [[name, JSON.stringify(value)]];
  if (Array.isArray(value)) {
    return value.length === 0 ? [] : [[name, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    rowsOf(inner, name === '' ? wordsOf(key) : `${name} · ${wordsOf(key)}`),
  );
}

/** `fallbackModel` as people write it. Names of variables stay what they are. */
function wordsOf(key: string): string {
  return /^[a-z]+(?:[A-Z][a-z]*)+$/.test(key)
    ? key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : plainly(key);
}
