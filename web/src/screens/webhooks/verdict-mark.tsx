import { Ban, Check, type LucideIcon, Repeat2, TriangleAlert } from 'lucide-react';
import { toldVerdict } from '../../api/webhooks.ts';
import { classNames } from '../../parts/class-names.ts';

const LOOKS: Readonly<Record<string, readonly [LucideIcon, string]>> = {
  accepted: [Check, 'text-good bg-good-wash'],
  skipped: [Ban, 'text-soft bg-sunk'],
  duplicate: [Repeat2, 'text-soft bg-sunk'],
};
const TURNED_AWAY = [TriangleAlert, 'text-bad bg-bad-wash'] as const;

/** What was decided about a delivery: a colour, a shape and its word. */
export function VerdictMark({
  verdict,
  isBrief = false,
}: {
  readonly verdict: string;
  readonly isBrief?: boolean;
}) {
  const [Icon, tone] = LOOKS[verdict] ?? TURNED_AWAY;
  const word = verdict.replaceAll('_', ' ');
  const said = `${word}: ${toldVerdict(verdict)}`;
  return (
    <span
      className={classNames(
        'inline-flex items-center gap-1 rounded-full text-xs font-medium whitespace-nowrap',
        isBrief ? 'size-5 justify-center' : 'px-2 py-0.5',
        tone,
      )}
      title={said}
      {...(isBrief ? { role: 'img', 'aria-label': said } : {})}
    >
      <Icon aria-hidden size={12} strokeWidth={2.5} />
      {isBrief ? null : word}
    </span>
  );
}
