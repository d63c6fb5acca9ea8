import { Link } from 'wouter';
import type { InboxItemView } from '../../../../src/api/inbox-view.ts';
import { useAct, useSettle } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { useRun } from '../../api/run.ts';
import { ActionMenu } from '../../parts/action-menu.tsx';
import { counted } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { classNames } from '../../parts/class-names.ts';
import { Moment, Stamp } from '../../parts/moment.tsx';
import { say } from '../../parts/toasts.tsx';
import { AnswerForm } from '../run/answer-form.tsx';
import { lookOf } from './kinds.ts';

const SNOOZES = ['1h', '4h', '1d', '7d'] as const;

/** Where an item leads: to what it is about. */
export function hrefOf(item: InboxItemView): string | undefined {
  if (item.kind === 'approval') {
    const id = /\bappr_[\w-]+/.exec(item.body)?.[0];
    return id === undefined ? '/approvals' : `/approvals/${id}`;
  }
  return item.run === null ? undefined : `/runs/${item.run}`;
}

export function InboxRow({
  item,
  isHere,
  isSelected,
  onFocus,
  onSelect,
}: {
  readonly item: InboxItemView;
  /** Whether the keys mean this one. */
  readonly isHere: boolean;
  readonly isSelected: boolean;
  readonly onFocus: () => void;
  readonly onSelect: () => void;
}) {
  const { one, Icon, look } = lookOf(item.kind);
  const asked = useQuestion(item);
  const isAsked = asked !== undefined;
  const href = hrefOf(item);
  const isOver = item.recovered_at !== null || item.state === 'done';
  return (
    <li
      tabIndex={-1}
      onFocus={onFocus}
      className={classNames(
        'flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-3 outline-offset-[-2px]',
        isHere && 'bg-sunk',
      )}
    >
      {item.state === 'done' ? null : (
        <input
          type="checkbox"
          aria-label={`Select: ${item.title}`}
          checked={isSelected}
          onChange={onSelect}
          className="mt-1 size-4 accent-bronze"
        />
      )}
      <Icon
        aria-hidden
        size={18}
        className={classNames('mt-0.5 shrink-0', isOver ? 'text-soft' : look)}
      />
      <div className={classNames('min-w-0 flex-1 text-sm', isOver && 'text-soft')}>
        <p className={item.state === 'unread' && !isOver ? 'font-semibold' : 'font-medium'}>
          {href === undefined ? (
            item.title
          ) : (
            <Link href={href} className="hover:underline">
              {item.title}
            </Link>
          )}
        </p>
        {isAsked ? null : <p className="line-clamp-4 whitespace-pre-wrap text-soft">{item.body}</p>}
        <About item={item} kind={one} />
      </div>
      <Settle item={item} />
      {isAsked ? (
        <div className="basis-full md:pl-14">
          <AnswerForm run={item.run ?? ''} question={asked} />
        </div>
      ) : null}
    </li>
  );
}

/** The question as long as its run waits with it. */
function useQuestion({ kind, run, state }: InboxItemView) {
  const isOpen = kind === 'question' && run !== null && state !== 'done';
  const found = useRun(isOpen ? run : undefined);
  return isOpen ? (found.data?.question ?? undefined) : undefined;
}

function About({ item, kind }: { readonly item: InboxItemView; readonly kind: string }) {
  const undelivered = item.deliveries.filter((delivery) => !delivery.is_delivered);
  return (
    <p className="mt-1 flex flex-wrap gap-x-3 text-xs text-soft">
      <span>{kind}</span>
      {item.task === null ? null : <span>{item.task}</span>}
      <Moment at={item.created_at} />
      {item.count > 1 ? <span>{counted(item.count, 'time')}</span> : null}
      {item.snoozed_until === null ? null : (
        <span>
          snoozed until <Stamp at={item.snoozed_until} />
        </span>
      )}
      {item.recovered_at === null ? null : (
        <span className="text-good">
          works again, <Moment at={item.recovered_at} />
        </span>
      )}
      {undelivered.length === 0 ? null : (
        <span className="text-warn">
          not shown by {undelivered.map(({ channel, note }) => `${channel} (${note})`).join(', ')}
        </span>
      )}
    </p>
  );
}

function Settle({ item }: { readonly item: InboxItemView }) {
  const settle = useSettle();
  const unread = useAct(() => send('POST', `/inbox/${item.id}/settle`, { as: 'unread' }));
  const snooze = useAct(
    (until: string) => send('POST', `/inbox/${item.id}/settle`, { as: 'snooze', until }),
    (_, until) =>
      say(`Snoozed for ${until}.`, () =>
        send('POST', `/inbox/${item.id}/settle`, { as: 'unread' }),
      ),
  );
  return (
    <div className="flex items-center gap-1">
      {item.state === 'done' ? (
        <Button isSmall isBusy={unread.isPending} onClick={() => unread.mutate(undefined)}>
          Back to the inbox
        </Button>
      ) : (
        <>
          <Button isSmall isBusy={settle.isPending} onClick={() => settle.mutate(item)}>
            Done
          </Button>
          <ActionMenu
            label={`What to do with: ${item.title}`}
            choices={SNOOZES.map((until) => ({
              kind: 'action',
              text: `Snooze for ${until}`,
              act: () => snooze.mutate(until),
            }))}
          />
        </>
      )}
    </div>
  );
}
