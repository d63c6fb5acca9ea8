import type { RunPageView, StepsView } from '../../../../src/api/run-page-view.ts';
import { useNowMs } from '../../live/server-clock.ts';
import { classNames } from '../../parts/class-names.ts';
import { toneOf } from '../../parts/state-mark.tsx';
import { formatLength } from '../../time/length.ts';

type Span = {
  readonly key: string;
  readonly text: string;
  readonly hint?: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly fill: string;
  /** Whether it is a part of the one above. */
  readonly isPart?: boolean;
};

const FILLS: Readonly<Record<string, string>> = {
  good: 'bg-good',
  bad: 'bg-bad',
  warn: 'bg-warn',
  info: 'bg-info',
  calm: 'bg-edge',
};
const WIDTH_MIN_PERCENT = 0.5;
/** A shorter wait for the model is no turn worth a row. */
const TURN_MS_MIN = 50;
const SPANS_MAX = 60;

/** Where the time went: queue, gates, each attempt with its turns and tools, pauses, on one scale. */
export function Waterfall({ run }: { readonly run: RunPageView }) {
  const nowMs = useNowMs(run.is_final ? 60_000 : 1_000);
  const all = spansOf(run, run.ended_ms ?? nowMs);
  const spans = all.slice(0, SPANS_MAX);
  const from = Math.min(...spans.map((span) => span.fromMs));
  const whole = Math.max(1, Math.max(...all.map((span) => span.toMs)) - from);
  return (
    <>
      <ol className="flex flex-col gap-1 text-sm">
        {spans.map((span) => (
          <li
            key={span.key}
            className="grid grid-cols-[minmax(0,7rem)_minmax(0,1fr)_4rem] items-center gap-2 md:max-xl:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_4rem]"
          >
            <span
              className={classNames('truncate', span.isPart && 'pl-3 text-soft')}
              title={span.hint}
            >
              {span.text}
            </span>
            <span
              aria-hidden
              className={classNames('relative rounded-xs bg-sunk', span.isPart ? 'h-2' : 'h-3')}
            >
              <span
                className={classNames('absolute inset-y-0 rounded-xs', span.fill)}
                style={{
                  left: `${Math.min(100 - WIDTH_MIN_PERCENT, ((span.fromMs - from) / whole) * 100)}%`,
                  width: `${Math.max(WIDTH_MIN_PERCENT, ((span.toMs - span.fromMs) / whole) * 100)}%`,
                }}
              />
            </span>
            <span className="text-right text-soft">{formatLength(span.toMs - span.fromMs)}</span>
          </li>
        ))}
      </ol>
      {all.length === spans.length ? null : (
        <p className="mt-2 text-xs text-soft">
          {all.length - spans.length} more steps are in the list of tool calls.
        </p>
      )}
    </>
  );
}

/** Waiting before the first attempt, every attempt with its parts, and the pauses between them. */
function spansOf(run: RunPageView, endMs: number): readonly Span[] {
  const spans: Span[] = [];
  let reachedMs = run.scheduled_ms ?? run.created_ms;
  for (const steps of run.steps) {
    const key = String(steps.attempt);
    spans.push({
      key: `wait-${key}`,
      text: steps.attempt === 1 ? 'in the queue' : 'waited',
      fromMs: reachedMs,
      toMs: Math.max(reachedMs, steps.started_ms),
      fill: 'bg-edge',
    });
    reachedMs = steps.ended_ms ?? endMs;
    const outcome = run.attempts.find((one) => one.attempt === steps.attempt)?.outcome;
    spans.push({
      key,
      text: `attempt ${key}`,
      fromMs: steps.started_ms,
      toMs: reachedMs,
      fill: FILLS[toneOf(outcome ?? 'running')] ?? 'bg-edge',
    });
    spans.push(...partsOf(steps, reachedMs, run.gate !== null));
  }
  const isUnderWay = run.steps.some((steps) => steps.ended_ms === null);
  if (!isUnderWay && (!run.is_final || spans.length === 0)) {
    spans.push({
      key: 'rest',
      text: run.state.replaceAll('_', ' '),
      fromMs: reachedMs,
      toMs: Math.max(reachedMs, endMs),
      fill: 'bg-warn',
    });
  }
  return spans;
}

/** What stands between two tool calls is the model. */
function partsOf(steps: StepsView, endMs: number, isGated: boolean): readonly Span[] {
  const spans: Span[] = [];
  const { attempt, begun_ms: begunMs, calls } = steps;
  if (begunMs === null) return spans;
  if (isGated) {
    spans.push({
      key: `gates-${attempt}`,
      text: 'gates',
      fromMs: steps.started_ms,
      toMs: begunMs,
      fill: 'bg-bronze',
      isPart: true,
    });
  }
  let reachedMs = begunMs;
  const turnUntil = (toMs: number, index: number): void => {
    if (toMs - reachedMs < TURN_MS_MIN) return;
    spans.push({
      key: `turn-${attempt}-${index}`,
      text: 'model',
      fromMs: reachedMs,
      toMs,
      fill: 'bg-info',
      isPart: true,
    });
  };
  for (const [index, call] of calls.entries()) {
    turnUntil(call.started_ms, index);
    const toMs = call.ended_ms ?? call.started_ms;
    spans.push({
      key: `call-${attempt}-${index}`,
      text: call.is_denied ? `${call.tool}, not permitted` : call.tool,
      ...(call.input === null ? {} : { hint: call.input }),
      fromMs: call.started_ms,
      toMs,
      fill: call.is_denied ? 'bg-bad' : 'bg-bronze',
      isPart: true,
    });
    reachedMs = Math.max(reachedMs, toMs);
  }
  if (calls.length > 0) turnUntil(endMs, calls.length);
  return spans;
}
