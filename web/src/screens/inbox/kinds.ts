import {
  Bell,
  CircleDollarSign,
  CircleX,
  ClockAlert,
  type LucideIcon,
  MessageCircleQuestion,
  Search,
  ShieldQuestion,
} from 'lucide-react';

export type KindLook = {
  readonly kind: string;
  readonly one: string;
  readonly many: string;
  readonly Icon: LucideIcon;
  readonly look: string;
};

/** How each kind of item looks: a shape and a word, and a colour beside them. */
export const KINDS: readonly KindLook[] = [
  { kind: 'failure', one: 'failure', many: 'Failures', Icon: CircleX, look: 'text-bad' },
  { kind: 'missed', one: 'missed', many: 'Missed', Icon: ClockAlert, look: 'text-warn' },
  { kind: 'finding', one: 'finding', many: 'Findings', Icon: Search, look: 'text-info' },
  {
    kind: 'question',
    one: 'question',
    many: 'Questions',
    Icon: MessageCircleQuestion,
    look: 'text-bronze',
  },
  {
    kind: 'approval',
    one: 'approval',
    many: 'Approvals',
    Icon: ShieldQuestion,
    look: 'text-bronze',
  },
  { kind: 'budget', one: 'budget', many: 'Budgets', Icon: CircleDollarSign, look: 'text-warn' },
  { kind: 'reminder', one: 'reminder', many: 'Reminders', Icon: Bell, look: 'text-info' },
];

export function lookOf(kind: string): KindLook {
  return (
    KINDS.find((one) => one.kind === kind) ?? {
      kind,
      one: kind.replaceAll('_', ' '),
      many: kind,
      Icon: Bell,
      look: 'text-soft',
    }
  );
}
