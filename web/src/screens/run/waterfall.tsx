import type { RunDetailView } from '../../../../src/api/run-view.ts';
import { useNowMs } from '../../live/server-clock.ts';
import { classNames } from '../../parts/class-names.ts';
import { toneOf } from '../../parts/state-mark.tsx';
import { toMs } from '../../time/instant.ts';
import { formatLength } from '../../time/length.ts';

type Span = {
  readonly key: string;
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly fill: string;
};

const FILLS: Readonly<Record<string, string>> = {
  good: 'bg-good',
  bad: 'bg-bad',
  warn: 'bg-warn',
  info: 'bg-info',
  calm: 'bg-edge',
};
const WIDTH_MIN_PERCENT = 0.5;

/** Where the time went: waiting, and each attempt, on one scale. */
export function Waterfall({ run }: { readonly run: RunDetailView }) {
  const nowMs = useNowMs(run.is_final ? 60_000 : 1_000);
  const spans = spansOf(run, nowMs);
  const from = Math.min(...spans.map((span) => span.fromMs));
  const whole = Math.max(1, Math.max(...spans.map((span) => span.toMs)) - from);
  return (
    <ol className="flex flex-col gap-1.5 text-sm">
      {spans.map((span) => (
        <li key={span.key} className="grid grid-cols-[7rem_minmax(0,1fr)_5rem] items-center gap-3">
          <span className="truncate">{span.text}</span>
          <span aria-hidden className="relative h-3 rounded-xs bg-sunk">
            <span
              className={classNames('absolute inset-y-0 rounded-xs', span.fill)}
              style={{
                left: `${((span.fromMs - from) / whole) * 100}%`,
                width: `${Math.max(WIDTH_MIN_PERCENT, ((span.toMs - span.fromMs) / whole) * 100)}%`,
              }}
            />
          </span>
          <span className="text-right text-soft">{formatLength(span.toMs - span.fromMs)}</span>
        </li>
      ))}
    </ol>
  );
}

/** Waiting before the first attempt, every attempt, and the pauses between them. */
function spansOf(run: RunDetailView, nowMs: number): readonly Span[] {
  const endMs = run.ended_at === null ? nowMs : toMs(run.ended_at);
  const spans: Span[] = [];
  let reachedMs = toMs(run.scheduled_for ?? run.created_at);
  for (const attempt of run.attempts) {
    const startedMs = toMs(attempt.started_at);
    const key = String(attempt.attempt);
    spans.push({
      key: `wait-${key}`,
      text: 'waited',
      fromMs: reachedMs,
      toMs: startedMs,
      fill: 'bg-edge',
    });
    reachedMs = attempt.ended_at === null ? endMs : toMs(attempt.ended_at);
    spans.push({
      key,
      text: `attempt ${key}`,
      fromMs: startedMs,
      toMs: reachedMs,
      fill: FILLS[toneOf(attempt.outcome ?? 'running')] ?? 'bg-edge',
    });
  }
  if (spans.length === 0 || !run.is_final) {
    const isWaiting = run.attempts.at(-1)?.ended_at !== null;
    if (isWaiting)
      spans.push({ key: 'rest', text: 'waiting', fromMs: reachedMs, toMs: endMs, fill: 'bg-warn' });
  }
  return spans;
}
