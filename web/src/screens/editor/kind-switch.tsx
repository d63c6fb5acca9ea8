import { BellRing, Bot, Brain, Globe, type LucideIcon, Send, Terminal } from 'lucide-react';
import { classNames } from '../../parts/class-names.ts';
import { KIND_WORDS } from './action-fields.ts';
import { type Kind, KINDS } from './draft.ts';

const ICONS: Readonly<Record<Kind, LucideIcon>> = {
  command: Terminal,
  http: Globe,
  agent: Bot,
  model: Brain,
  message: Send,
  reminder: BellRing,
};

/** What kind of thing is done. What was typed for another kind stays. */
export function KindSwitch({
  kind,
  kinds = KINDS,
  onKind,
}: {
  readonly kind: Kind;
  readonly kinds?: readonly Kind[];
  readonly onKind: (kind: Kind) => void;
}) {
  return (
    <fieldset className="min-w-0" data-field="action.kind">
      <legend className="sr-only">Kind</legend>
      <div className="flex flex-wrap gap-1.5">
        {kinds.map((one) => {
          const Icon = ICONS[one];
          return (
            <label
              key={one}
              className={classNames(
                'flex min-h-9 cursor-pointer items-center gap-1.5 rounded-md border px-3 text-sm has-focus-visible:outline-2 has-focus-visible:outline-bronze',
                one === kind
                  ? 'border-bronze bg-bronze-wash font-medium text-ink'
                  : 'border-line text-soft hover:border-edge hover:text-ink',
              )}
            >
              <input
                type="radio"
                name="kind"
                value={one}
                checked={one === kind}
                onChange={() => onKind(one)}
                className="sr-only"
              />
              <Icon aria-hidden size={16} />
              {KIND_WORDS[one][0]}
            </label>
          );
        })}
      </div>
      <p className="mt-1.5 text-xs text-soft">{KIND_WORDS[kind][1]}</p>
    </fieldset>
  );
}
