import {
  Bell,
  Bot,
  Globe,
  type LucideIcon,
  MessageSquare,
  Sparkles,
  SquareTerminal,
} from 'lucide-react';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  command: SquareTerminal,
  http: Globe,
  agent: Bot,
  model: Sparkles,
  message: MessageSquare,
  reminder: Bell,
};

/** What kind of action a task has, as a sign; the word is read aloud and shown as a hint. */
export function KindIcon({ kind }: { readonly kind: string }) {
  const Icon = ICONS[kind] ?? SquareTerminal;
  return (
    <span role="img" aria-label={kind} title={kind} className="inline-flex shrink-0 text-soft">
      <Icon aria-hidden size={16} />
    </span>
  );
}
