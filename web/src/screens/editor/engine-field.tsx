import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { EnginesView } from '../../../../src/api/engines-view.ts';
import { get } from '../../api/request.ts';
import { Choice } from '../../parts/field.tsx';
import { textOf } from './draft.ts';
import type { Editing } from './field-view.tsx';

type Engine = EnginesView['engines'][number];

/** Which agent works, from those of this machine, and whether it can. */
export function EngineField({
  editing,
  takesFirst = false,
}: {
  readonly editing: Editing;
  /** Whether the first one that can work is chosen where none is. */
  readonly takesFirst?: boolean;
}) {
  const { draft, problem, change } = editing;
  const engines = useQuery({
    queryKey: ['engines'],
    queryFn: ({ signal }) => get<EnginesView>('/engines', undefined, signal),
  });
  const chosen = textOf(draft, 'action.engine');
  const all = engines.data?.engines ?? [];
  const known = all.find(({ name }) => name === chosen);
  const first = takesFirst && chosen === '' ? all.find(isReady)?.name : undefined;
  useEffect(() => {
    if (first !== undefined) change('action.engine', first);
    // Offered once, when the engines are known.
  }, [first]);
  const options: (readonly [string, string])[] = [
    ['', engines.isPending ? 'Looking for engines…' : 'Choose one'],
    ...all.map((engine) => [engine.name, `${engine.name} – ${saysBriefly(engine)}`] as const),
    ...(chosen !== '' && known === undefined ? [[chosen, chosen] as const] : []),
  ];
  return (
    <div data-field="action.engine" className="flex flex-col gap-1">
      <Choice
        label="Engine"
        options={options}
        value={chosen}
        problem={problem?.path === 'action.engine' ? problem.message : undefined}
        onChange={(event) => change('action.engine', event.target.value)}
      />
      {known === undefined ? null : (
        <p className={`text-xs ${isReady(known) ? 'text-soft' : 'text-warn'}`}>{says(known)}</p>
      )}
    </div>
  );
}

function isReady({ path, logged_in }: Engine): boolean {
  return path !== null && logged_in !== 'no';
}

function saysBriefly({ path, logged_in, version }: Engine): string {
  if (path === null) return 'not found';
  if (logged_in === 'no') return 'not signed in';
  return version ?? 'found';
}

const METERING: Readonly<Record<Engine['metering'], string>> = {
  live: 'its cost is known while it works',
  turn: 'its cost is known after each turn',
  end: 'its cost is known at the end, so a budget stops it late',
  none: 'it tells no cost, so no budget holds it',
};

function says({ program, path, logged_in, metering, tested }: Engine): string {
  if (path === null) return `"${program}" is not on the PATH of the daemon: its runs will fail.`;
  return [
    `It is ${path}`,
    { yes: 'signed in', no: 'not signed in: its runs will fail', unknown: 'sign-in unknown' }[
      logged_in
    ],
    METERING[metering],
    ...(tested ? [] : ['not tested with this version']),
  ]
    .join('; ')
    .concat('.');
}
