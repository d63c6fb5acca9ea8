import {
  Ban,
  Check,
  CircleDashed,
  CirclePause,
  Clock,
  Hand,
  type LucideIcon,
  Play,
  RotateCw,
  TriangleAlert,
  X,
} from 'lucide-react';
import { classNames } from './class-names.ts';

type Tone = 'good' | 'bad' | 'warn' | 'info' | 'calm';

const TONES: Readonly<Record<Tone, string>> = {
  good: 'text-good bg-good-wash',
  bad: 'text-bad bg-bad-wash',
  warn: 'text-warn bg-warn-wash',
  info: 'text-info bg-info-wash',
  calm: 'text-soft bg-sunk',
};

/** How each state looks: a colour, a shape and its word, so that colour is never the only sign. */
const MARKS: Readonly<Record<string, readonly [Tone, LucideIcon]>> = {
  succeeded: ['good', Check],
  failed: ['bad', X],
  timed_out: ['bad', Clock],
  lost: ['bad', TriangleAlert],
  cancelled: ['calm', Ban],
  running: ['info', Play],
  queued: ['calm', CircleDashed],
  retrying: ['warn', RotateCw],
  held: ['warn', CirclePause],
  waiting: ['warn', Hand],
  missed: ['warn', TriangleAlert],
  skipped: ['calm', Ban],
  active: ['good', Check],
  paused: ['warn', CirclePause],
  ended: ['calm', Ban],
  pending: ['warn', Hand],
  approved: ['good', Check],
  denied: ['bad', X],
  expired: ['calm', Clock],
  passed: ['good', Check],
  delivered: ['good', Check],
  not_delivered: ['bad', X],
  not_permitted: ['bad', Ban],
};

export function toneOf(state: string): Tone {
  return MARKS[state]?.[0] ?? 'calm';
}

export function StateMark({
  state,
  isBrief = false,
}: {
  readonly state: string;
  readonly isBrief?: boolean;
}) {
  const [tone, Icon] = MARKS[state] ?? ['calm', CircleDashed];
  const word = state.replaceAll('_', ' ');
  return (
    <span
      className={classNames(
        'inline-flex items-center gap-1 rounded-full text-xs font-medium whitespace-nowrap',
        isBrief ? 'size-5 justify-center' : 'px-2 py-0.5',
        TONES[tone],
      )}
      {...(isBrief ? { role: 'img', 'aria-label': word, title: word } : {})}
    >
      <Icon aria-hidden size={12} strokeWidth={2.5} />
      {isBrief ? null : word}
    </span>
  );
}
