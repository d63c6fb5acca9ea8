import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Choice, TextField } from '../../parts/field.tsx';
import type { Asked } from './asked.ts';

const STATES = [
  ['', 'Every state'],
  ['active', 'Active'],
  ['paused', 'Paused'],
  ['ended', 'Ended'],
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
const TYPING_MS = 200;

export function Filters({
  asked,
  makers,
  ask,
}: {
  readonly asked: Asked;
  /** Who made the tasks that are shown. */
  readonly makers: readonly string[];
  readonly ask: (changed: Readonly<Record<string, string>>) => void;
}) {
  const choices = [
    ...new Set([...makers, ...(asked.made_by === undefined ? [] : [asked.made_by])]),
  ];
  return (
    <div className="flex flex-wrap items-end gap-2">
      <div className="min-w-48 flex-1">
        <TextFilter text={asked.text ?? ''} onText={(text) => ask({ text })} />
      </div>
      <div className="w-36">
        <Choice
          label="Kind"
          isLabelHidden
          options={KINDS}
          value={asked.kind ?? ''}
          onChange={(event) => ask({ kind: event.target.value })}
        />
      </div>
      <div className="w-36">
        <Choice
          label="State"
          isLabelHidden
          options={STATES}
          value={asked.state ?? ''}
          onChange={(event) => ask({ state: event.target.value })}
        />
      </div>
      <div className="w-44">
        <Choice
          label="Made by"
          isLabelHidden
          options={[
            ['', 'Made by anyone'],
            ...choices.map((maker) => [maker, `Made by ${maker}`] as const),
          ]}
          value={asked.made_by ?? ''}
          onChange={(event) => ask({ made_by: event.target.value })}
        />
      </div>
      {asked.tag === undefined ? null : (
        <Button aria-label={`Tag ${asked.tag}: show all tags`} onClick={() => ask({ tag: '' })}>
          #{asked.tag}
          <X aria-hidden size={14} />
        </Button>
      )}
    </div>
  );
}

function TextFilter({
  text,
  onText,
}: {
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = window.setTimeout(() => onText(typed), TYPING_MS);
    return () => window.clearTimeout(timer);
    // Only what is typed starts the wait; the address follows it.
  }, [typed]);
  return (
    <TextField
      label="Find a task"
      isLabelHidden
      data-filter
      type="search"
      placeholder="Name or description ( / )"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
