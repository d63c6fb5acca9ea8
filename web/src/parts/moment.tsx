import { useNowMs } from '../live/server-clock.ts';
import { formatMoment, toMs } from '../time/instant.ts';
import { formatRelative, formatWhole } from '../time/length.ts';
import { useZone } from '../time/zone.ts';

/**
 * An instant as people ask for it, `in 4 m` or `3 h ago`; the moment itself with its zone is the hint.
 *
 * @param at an instant as the daemon writes it.
 */
export function Moment({ at }: { readonly at: string }) {
  const zone = useZone();
  const ms = toMs(at);
  const nowMs = useNowMs();
  return (
    <time
      dateTime={at.replace(/\[[^\]]*\]$/, '')}
      title={`${formatMoment(ms, zone, nowMs, true)} (${zone})`}
    >
      {formatRelative(ms, nowMs)}
    </time>
  );
}

/** The moment itself in the chosen zone, with how far away it is as the hint. */
export function Stamp({
  at,
  withSeconds = false,
}: {
  readonly at: string;
  readonly withSeconds?: boolean;
}) {
  const zone = useZone();
  const nowMs = useNowMs(60_000);
  const ms = toMs(at);
  return (
    <time
      dateTime={at.replace(/\[[^\]]*\]$/, '')}
      title={`${formatRelative(ms, nowMs)} (${zone})`}
      className="whitespace-nowrap"
    >
      {formatMoment(ms, zone, nowMs, withSeconds)}
    </time>
  );
}

/** How long something has gone on, counted by the daemon's clock. */
export function Elapsed({ since }: { readonly since: string }) {
  return <span className="whitespace-nowrap">{formatWhole(useNowMs() - toMs(since))}</span>;
}
