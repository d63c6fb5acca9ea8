import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ReceiptView } from '../../../../src/api/receipt-view.ts';
import { Refused, send } from '../../api/request.ts';
import { useStatus } from '../../api/status.ts';
import { useNowMs } from '../../live/server-clock.ts';
import { Card } from '../../parts/card.tsx';
import { TextField } from '../../parts/field.tsx';
import { Moment } from '../../parts/moment.tsx';
import { tellFailure } from '../../parts/toasts.tsx';
import { formatMoment, toMs } from '../../time/instant.ts';
import { type Draft, textOf } from './draft.ts';
import { FieldProblem, toSent } from './field-spec.ts';
import type { Editing } from './field-view.tsx';
import { Folded } from './folded.tsx';
import { SCHEDULE_FIELDS } from './policy-fields.ts';

const PRESETS = [
  'every weekday at 9',
  'every day at 07:30',
  'every 30 minutes',
  'every hour',
  'every monday at 10',
  'in 20 minutes',
  'tomorrow at 9',
];
const TYPING_MS = 250;
const SHOWN_MAX = 5;
/** So many occurrences tell how many there are in a day. */
const LOOKED_AT = 50;

/** When it runs: one field that takes every way of saying it, and what the daemon makes of it. */
export function WhenCard({
  editing,
  onRunsPerDay,
}: {
  readonly editing: Editing;
  readonly onRunsPerDay: (runs: number | undefined) => void;
}) {
  const { draft, problem, change } = editing;
  const preview = usePreview(draft);
  const status = useStatus();
  const when = textOf(draft, 'when');
  const perDay = preview.data === undefined ? undefined : runsPerDay(preview.data);
  useEffect(() => onRunsPerDay(when.trim() === '' ? 0 : perDay), [when, perDay, onRunsPerDay]);
  const refused =
    preview.error instanceof Refused || preview.error instanceof FieldProblem
      ? preview.error.message
      : undefined;
  return (
    <Card title="When" isFlush>
      <div className="flex flex-col gap-3 px-4 pb-4">
        <div className="grid gap-4 sm:grid-cols-[2fr_1fr]">
          <div data-field="when">
            <TextField
              label="When it runs"
              hint="Words, cron, a date and time, or an interval. Empty: only when asked, or after another task."
              problem={problem?.path === 'when' ? problem.message : refused}
              placeholder="every weekday at 9"
              value={when}
              onChange={(event) => change('when', event.target.value)}
            />
          </div>
          <div data-field="timezone">
            <TextField
              label="Time zone"
              hint={`An IANA name; ${status.data?.timezone ?? 'the daemon’s own'} when empty.`}
              problem={problem?.path === 'timezone' ? problem.message : undefined}
              placeholder={status.data?.timezone ?? ''}
              list="zone-names"
              value={textOf(draft, 'timezone')}
              onChange={(event) => change('timezone', event.target.value)}
            />
            <datalist id="zone-names">
              {Intl.supportedValuesOf('timeZone').map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </div>
        </div>
        <div role="group" aria-label="Often chosen" className="flex flex-wrap gap-1.5">
          {PRESETS.map((preset) => (
            <button
              key={preset}
              type="button"
              onClick={() => change('when', preset)}
              className="min-h-7 rounded-full border border-line px-2.5 text-xs text-soft hover:border-edge hover:text-ink"
            >
              {preset}
            </button>
          ))}
        </div>
        <div aria-live="polite">
          {when.trim() === '' || preview.data === undefined ? null : (
            <Meaning receipt={preview.data} />
          )}
        </div>
        {preview.error !== null && refused === undefined ? (
          <p className="text-sm text-bad">{tellFailure(preview.error).title}</p>
        ) : null}
      </div>
      <Folded title="Limits of the schedule" specs={SCHEDULE_FIELDS} editing={editing} />
    </Card>
  );
}

function Meaning({ receipt }: { readonly receipt: ReceiptView }) {
  const nowMs = useNowMs(60_000);
  return (
    <div className="flex flex-col gap-2 rounded-md bg-sunk p-3 text-sm">
      <p className="font-medium">
        {receipt.meaning} <span className="font-normal text-soft">({receipt.timezone})</span>
      </p>
      {receipt.warnings.map((warning) => (
        <p key={warning} className="text-warn">
          {warning}
        </p>
      ))}
      {receipt.next.length === 0 ? (
        <p className="text-warn">It has no occurrence to come.</p>
      ) : (
        <ol aria-label="The next occurrences" className="flex flex-col gap-0.5">
          {receipt.next.slice(0, SHOWN_MAX).map(({ at, note }) => (
            <li key={at} className="flex flex-wrap gap-x-3">
              <span>{formatMoment(toMs(at), receipt.timezone, nowMs)}</span>
              <span className="text-soft">
                <Moment at={at} />
              </span>
              {note === null ? null : <span className="text-warn">{note}</span>}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** What the daemon makes of the schedule, asked once the typing rests. */
function usePreview(draft: Draft) {
  const asked = JSON.stringify(
    ['when', 'timezone', ...SCHEDULE_FIELDS.map(({ path }) => path)].map((path) => draft[path]),
  );
  const [rested, setRested] = useState(asked);
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(asked), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [asked]);
  const when = textOf(draft, 'when').trim();
  return useQuery({
    queryKey: ['preview', rested],
    queryFn: () => send<ReceiptView>('POST', '/schedules/preview', previewBody(draft, when)),
    enabled: when !== '' && rested === asked,
    // A preview counts from now: an old one must not come back.
    gcTime: 0,
    staleTime: 0,
    placeholderData: (before) => before,
    retry: false,
  });
}

function previewBody(draft: Draft, when: string) {
  const options = SCHEDULE_FIELDS.flatMap((spec) => {
    const sent = toSent(spec, draft[spec.path]);
    return sent === undefined ? [] : [[spec.path, sent] as const];
  });
  const timezone = textOf(draft, 'timezone').trim();
  return {
    when,
    count: LOOKED_AT,
    ...(timezone === '' ? {} : { timezone }),
    ...Object.fromEntries(options),
  };
}

const DAY_MS = 86_400_000;

/** How many runs a day it comes to, going by its next occurrences. */
function runsPerDay({ next }: ReceiptView): number | undefined {
  const [first, last] = [next[0], next.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const spanMs = toMs(last.at) - toMs(first.at);
  if (spanMs === 0) return undefined;
  return ((next.length - 1) / spanMs) * DAY_MS;
}
