import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Choice, TextField } from '../../parts/field.tsx';

/** What runs are told apart by, as the API names it. */
export const FILTERS = [
  'task',
  'states',
  'trigger',
  'kind',
  'outcome',
  'tag',
  'text',
  'since',
  'until',
] as const;

const STATES = [
  ['', 'Every state'],
  ['failed', 'Failed'],
  ['succeeded', 'Succeeded'],
  ['cancelled', 'Cancelled'],
  ['waiting', 'Waiting for a person'],
  ['running', 'Running'],
  ['queued,running,retrying,held,waiting', 'Unfinished'],
] as const;
const TRIGGERS = [
  ['', 'However started'],
  ['schedule', 'By schedule'],
  ['manual', 'By hand'],
  ['webhook', 'By webhook'],
  ['task', 'By another task'],
  ['backfill', 'By backfill'],
] as const;
const KINDS = [
  ['', 'Every kind'],
  ['agent', 'Agent'],
  ['command', 'Command'],
  ['http', 'HTTP'],
  ['model', 'Model'],
  ['message', 'Message'],
  ['reminder', 'Reminder'],
] as const;
const OUTCOMES = [
  ['', 'Every outcome'],
  ['succeeded', 'Went well'],
  ['failed', 'Failed'],
  ['timed_out', 'Timed out'],
  ['cancelled', 'Cancelled'],
  ['lost', 'Lost'],
] as const;
const SINCES = [
  ['', 'Of all time'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
] as const;

type Asking = {
  readonly value: (name: string) => string | undefined;
  readonly ask: (name: string, text: string) => void;
};

export function RunFilters({ value, ask }: Asking) {
  const choice = (
    name: string,
    label: string,
    options: readonly (readonly [value: string, text: string])[],
  ) => (
    <Choice
      label={label}
      isLabelHidden
      options={withOther(options, value(name))}
      value={value(name) ?? ''}
      onChange={(event) => ask(name, event.target.value)}
    />
  );
  return (
    <div className="grid grid-cols-2 gap-2 md:grid-cols-4">
      <Typed name="text" label="In the name of the task" value={value} ask={ask} isSearch />
      <Typed name="tag" label="Tag" value={value} ask={ask} />
      {choice('states', 'State', STATES)}
      {choice('trigger', 'Trigger', TRIGGERS)}
      {choice('kind', 'Kind', KINDS)}
      {choice('outcome', 'Outcome', OUTCOMES)}
      {choice('since', 'Time', SINCES)}
      {value('until') === undefined ? null : (
        <Button onClick={() => ask('until', '')}>Until now, too</Button>
      )}
    </div>
  );
}

/** A value that came by a link is shown although nobody could choose it here. */
function withOther(
  options: readonly (readonly [value: string, text: string])[],
  value: string | undefined,
): readonly (readonly [value: string, text: string])[] {
  return value === undefined || options.some(([known]) => known === value)
    ? options
    : [...options, [value, value.replaceAll(',', ', ')]];
}

/** Asked for when it is left, or by Enter: not at every letter. */
function Typed({
  name,
  label,
  value,
  ask,
  isSearch = false,
}: Asking & { readonly name: string; readonly label: string; readonly isSearch?: boolean }) {
  const asked = value(name) ?? '';
  const [text, setText] = useState(asked);
  const [shown, setShown] = useState(asked);
  if (asked !== shown) {
    setShown(asked);
    setText(asked);
  }
  const take = (): void => {
    if (text.trim() !== asked) ask(name, text.trim());
  };
  return (
    <TextField
      label={label}
      isLabelHidden
      placeholder={label}
      type="search"
      {...(isSearch ? { 'data-filter': true } : {})}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
      }}
    />
  );
}
