import { Search, Zap } from 'lucide-react';
import { type ReactNode, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { useStatus } from '../api/status.ts';
import { useNowMs } from '../live/server-clock.ts';
import { liveState, onLiveState } from '../live/stream.ts';
import { Button, buttonClass } from '../parts/button.tsx';
import { classNames } from '../parts/class-names.ts';
import { formatClock, toMs } from '../time/instant.ts';
import { formatRelative } from '../time/length.ts';
import { useZone } from '../time/zone.ts';
import { openPalette } from './palette.tsx';
import { StopAll } from './stop-all.tsx';

/** How the daemon is doing, and what can be done from everywhere. */
export function TopBar() {
  return (
    <header className="sticky top-0 z-20 flex min-h-13 items-center gap-2 border-b border-line bg-paper px-4 md:px-6">
      <Health />
      <div className="ml-auto flex items-center gap-1.5">
        <ZoneChip />
        <Link href="/quick-run" title="Quick run (q)" className={buttonClass('quiet')}>
          <Zap aria-hidden size={16} />
          <span className="sr-only sm:not-sr-only">Quick run</span>
        </Link>
        <StopAll />
        <Button look="quiet" onClick={openPalette}>
          <span className="sr-only">Search and commands</span>
          <Search aria-hidden size={16} />
          <kbd className="hidden font-sans text-xs lg:inline">Ctrl K</kbd>
        </Button>
      </div>
    </header>
  );
}

function Health() {
  const status = useStatus();
  const live = useSyncExternalStore(onLiveState, liveState);
  const nowMs = useNowMs();
  const zone = useZone();
  if (live.kind === 'offline') {
    return (
      <Pill tone="bad" dot="bg-bad">
        offline since {formatClock(live.sinceMs, zone)}
      </Pill>
    );
  }
  const { data } = status;
  if (data === undefined)
    return (
      <Pill tone="calm" dot="bg-edge">
        connecting
      </Pill>
    );
  const running = data.runs.running;
  const next = data.next?.next_at ?? null;
  const said = [
    running === 0 ? 'nothing running' : `${running} running`,
    next === null ? 'nothing scheduled' : `next ${formatRelative(toMs(next), nowMs)}`,
  ].join(' · ');
  return data.alarms.length > 0 ? (
    <Pill tone="warn" dot="bg-warn">
      {data.alarms.join(', ').replaceAll('_', ' ')}
    </Pill>
  ) : (
    <Pill
      tone="calm"
      dot={live.kind === 'live' ? 'bg-good' : 'bg-edge'}
      label={live.kind === 'live' ? 'live' : 'connecting'}
    >
      {said}
    </Pill>
  );
}

function Pill({
  tone,
  dot,
  label,
  children,
}: {
  readonly tone: 'calm' | 'bad' | 'warn';
  readonly dot: string;
  readonly label?: string;
  readonly children: ReactNode;
}) {
  const look = { calm: 'text-soft', bad: 'text-bad font-medium', warn: 'text-warn font-medium' }[
    tone
  ];
  return (
    <p
      role={tone === 'calm' ? undefined : 'status'}
      className={classNames('flex min-w-0 items-center gap-2 text-sm', look)}
    >
      <span aria-hidden className={classNames('size-2 shrink-0 rounded-full', dot)} title={label} />
      <span className="truncate">{children}</span>
    </p>
  );
}

function ZoneChip() {
  const zone = useZone();
  return (
    <Link
      href="/settings"
      title="Times are shown in this zone; change it in the settings"
      className="hidden rounded-md px-2 py-1 text-xs text-soft hover:bg-sunk hover:text-ink lg:inline"
    >
      {zone.replaceAll('_', ' ')}
    </Link>
  );
}
