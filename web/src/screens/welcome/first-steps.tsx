import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type SeenClient, useClients } from '../../api/clients.ts';
import { useStatus } from '../../api/status.ts';
import { counted } from '../../parts/amount.ts';
import { Card } from '../../parts/card.tsx';
import { classNames } from '../../parts/class-names.ts';
import { Snippet } from '../../parts/copy-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { type Connectable, CONNECTABLE } from './clients.ts';
import { TEMPLATES } from './templates.ts';

const AT_LOGIN = "(crontab -l 2>/dev/null; echo '@reboot carillon up') | crontab -";

/** What to do first; each step is ticked off by itself as soon as it is done. */
export function FirstSteps() {
  const status = useStatus();
  const clients = useClients(true);
  const { active = 0, paused = 0, ended = 0 } = status.data?.tasks ?? {};
  const tasks = active + paused + ended;
  const seen = clients.data?.clients ?? [];
  return (
    <Card title="First steps" isFlush>
      <ol className="divide-y divide-line">
        <Step
          number={1}
          title="Connect an assistant"
          isDone={seen.length > 0}
          done={seen.length === 0 ? '' : `First call received from ${seen.map(said).join(', ')}`}
        >
          <Connect seen={seen} />
        </Step>
        <Step
          number={2}
          title="Make a first task"
          isDone={tasks > 0}
          done={`There ${tasks === 1 ? 'is' : 'are'} ${counted(tasks, 'task')}`}
        >
          <ul className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
            {TEMPLATES.map(({ title, note, fields }) => (
              <li key={title}>
                <Link
                  href={`/tasks/new?${new URLSearchParams(fields).toString()}`}
                  className="block h-full rounded-md border border-line p-3 text-sm hover:border-edge"
                >
                  <span className="font-medium">{title}</span>
                  <span className="mt-0.5 block text-soft">{note}</span>
                </Link>
              </li>
            ))}
          </ul>
          <p className="text-sm text-soft">
            Or ask the assistant: “every weekday at 9, look at yesterday’s commits”.
          </p>
        </Step>
        <Step number={3} title="Start with the machine" isDone={false} done="">
          <p className="text-sm text-soft">
            An assistant starts the daemon by itself. So that tasks run before one is opened, let
            the machine start it: on Linux with this line, on macOS and Windows with{' '}
            <code>carillon up</code> among what is opened at login.
          </p>
          <Snippet label="Start with the machine" text={AT_LOGIN} />
        </Step>
      </ol>
    </Card>
  );
}

function said({ name, version }: SeenClient): string {
  return version === null ? name : `${name} ${version}`;
}

function Step({
  number,
  title,
  isDone,
  done,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly isDone: boolean;
  readonly done: string;
  readonly children: ReactNode;
}) {
  return (
    <li className="flex gap-3 px-4 py-4">
      <span
        aria-hidden
        className={classNames(
          'flex size-7 shrink-0 items-center justify-center rounded-full text-sm font-medium',
          isDone ? 'bg-good-wash text-good' : 'bg-sunk text-soft',
        )}
      >
        {isDone ? <Check size={16} strokeWidth={2.5} /> : number}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-3">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <h3 className="text-sm font-semibold">{title}</h3>
          <p role="status" className="text-sm text-good">
            {isDone ? `${done} ✓` : ''}
          </p>
        </div>
        {children}
      </div>
    </li>
  );
}

/** How each client is connected, and whether it has called. */
function Connect({ seen }: { readonly seen: readonly SeenClient[] }) {
  const [search, setSearch] = useSearchParams();
  const key = search.get('client') ?? 'claude-code';
  const chosen = CONNECTABLE.find((one) => one.key === key) ?? CONNECTABLE[0];
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div role="group" aria-label="Client" className="flex flex-wrap gap-1.5">
        {CONNECTABLE.map((one) => (
          <button
            key={one.key}
            type="button"
            aria-pressed={one === chosen}
            onClick={() => setSearch({ client: one.key }, { replace: true })}
            className={classNames(
              'flex min-h-8 items-center gap-1.5 rounded-md border px-2.5 text-sm',
              one === chosen
                ? 'border-bronze bg-bronze-wash font-medium text-ink'
                : 'border-line text-soft hover:border-edge hover:text-ink',
            )}
          >
            {one.name}
            {callOf(one, seen) === undefined ? null : (
              <>
                <Check aria-hidden size={14} className="text-good" />
                <span className="sr-only"> has called</span>
              </>
            )}
          </button>
        ))}
      </div>
      {chosen === undefined ? null : <HowToConnect client={chosen} call={callOf(chosen, seen)} />}
    </div>
  );
}

function callOf({ calls }: Connectable, seen: readonly SeenClient[]): SeenClient | undefined {
  return seen.find(({ name }) => calls.test(name));
}

function HowToConnect({
  client,
  call,
}: {
  readonly client: Connectable;
  readonly call: SeenClient | undefined;
}) {
  return (
    <div className="flex min-w-0 flex-col gap-2 text-sm">
      <p>{client.how}</p>
      <Snippet label={`For ${client.name}`} text={client.text} />
      <p className="text-soft">
        Where <code>carillon</code> is not on its PATH, write the whole path. Over HTTP:{' '}
        <code>{`${window.location.origin}/mcp`}</code>, with the token that{' '}
        <code>carillon token</code> tells.
      </p>
      <p className={call === undefined ? 'text-soft' : 'text-good'}>
        {call === undefined ? (
          `Waiting for the first call of ${client.name}…`
        ) : (
          <>
            It has called, last <Moment at={call.last_at} />.
          </>
        )}
      </p>
    </div>
  );
}
