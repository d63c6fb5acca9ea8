import type { RunPageView, ToolCallView } from '../../../../src/api/run-page-view.ts';
import { useNowMs } from '../../live/server-clock.ts';
import { Card, Empty } from '../../parts/card.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatClock } from '../../time/instant.ts';
import { formatLength } from '../../time/length.ts';
import { useZone } from '../../time/zone.ts';

/** The tools that an agent has called, in order: what it was given is its own words. */
export function ToolCalls({ run }: { readonly run: RunPageView }) {
  const attempts = run.steps.filter(({ calls }) => calls.length > 0);
  if (attempts.length === 0) {
    return (
      <Card isFlush>
        <Empty>
          {run.tool_calls === null || run.tool_calls === 0
            ? run.is_final
              ? 'It called no tools.'
              : 'It has called no tools yet.'
            : `It called tools ${run.tool_calls} times; its engine does not tell which.`}
        </Empty>
      </Card>
    );
  }
  return attempts.map(({ attempt, calls }) => (
    <Card key={attempt} title={run.attempts.length > 1 ? `Attempt ${attempt}` : 'In order'} isFlush>
      <ol className="divide-y divide-line">
        {calls.map((call, index) => (
          <Call key={index} call={call} isOver={run.is_final} />
        ))}
      </ol>
    </Card>
  ));
}

function Call({ call, isOver }: { readonly call: ToolCallView; readonly isOver: boolean }) {
  const zone = useZone();
  const nowMs = useNowMs();
  const endMs = call.ended_ms ?? (isOver ? undefined : nowMs);
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2 text-sm">
      <span className="text-xs text-soft">{formatClock(call.started_ms, zone, true)}</span>
      <span className="font-medium">{call.tool}</span>
      {call.is_denied ? <StateMark state="not_permitted" /> : null}
      <span className="ml-auto text-xs text-soft">
        {endMs === undefined ? '' : formatLength(endMs - call.started_ms)}
      </span>
      {call.input === null || call.input === '' ? null : (
        <code className="basis-full font-mono text-[13px] text-soft">{call.input}</code>
      )}
    </li>
  );
}
