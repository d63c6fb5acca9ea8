import { X } from 'lucide-react';
import { Fragment, useState } from 'react';
import { Link } from 'wouter';
import type { SecretUsesView, SecretView } from '../../../../src/api/secret-view.ts';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { ActionMenu } from '../../parts/action-menu.tsx';
import { Button } from '../../parts/button.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { Moment } from '../../parts/moment.tsx';
import { say } from '../../parts/toasts.tsx';
import { GrantSecret } from './grant-secret.tsx';

/** The lists of a secret that say what may use it. */
export const GRANTS = [
  ['for_tasks', 'task'],
  ['for_servers', 'MCP server'],
  ['for_hosts', 'host'],
] as const;
export type GrantList = (typeof GRANTS)[number][0];

type Sheet = 'grant' | 'remove';

export function SecretRow({
  secret,
  tasks,
  onReplace,
}: {
  readonly secret: SecretView;
  readonly tasks: SecretUsesView['tasks'];
  readonly onReplace: () => void;
}) {
  const [sheet, setSheet] = useState<Sheet>();
  const close = (): void => setSheet(undefined);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <div className="flex min-w-0 flex-1 basis-72 flex-col gap-1">
        <code className="font-medium">{secret.name}</code>
        <GrantChips secret={secret} />
        <p className="text-xs text-soft">
          {tasks.length === 0 ? (
            'No task names it.'
          ) : (
            <>
              Named by <TaskNames tasks={tasks} />.
            </>
          )}
        </p>
      </div>
      <p className="min-w-0 basis-48 text-xs text-soft">
        value set <Moment at={secret.updated_at} />
        <br />
        {secret.last_used === null ? (
          'never used'
        ) : (
          <>
            used{' '}
            <Link href={`/runs/${secret.last_used.run_id}`} className="hover:underline">
              <Moment at={secret.last_used.at} /> by {secret.last_used.task_name}
            </Link>
          </>
        )}
      </p>
      <div className="flex items-center gap-1">
        <Button isSmall aria-label={`Replace the value of ${secret.name}`} onClick={onReplace}>
          Replace
        </Button>
        <ActionMenu
          label={`What to do with ${secret.name}`}
          choices={[
            { kind: 'action', text: 'Grant it to…', act: () => setSheet('grant') },
            { kind: 'line' },
            { kind: 'action', text: 'Remove', isDanger: true, act: () => setSheet('remove') },
          ]}
        />
      </div>
      <GrantSecret secret={secret} isOpen={sheet === 'grant'} onClose={close} />
      <RemoveSecret secret={secret} tasks={tasks} isOpen={sheet === 'remove'} onClose={close} />
    </li>
  );
}

/** What may use it; each can be taken away again. */
function GrantChips({ secret }: { readonly secret: SecretView }) {
  const revoke = useAct(
    ({ list, name }: { readonly list: GrantList; readonly name: string }) =>
      send('POST', `/secrets/${secret.name}/revoke`, { [list]: [name] }),
    (_, { list, name }) =>
      say(`"${name}" may not use ${secret.name} any more.`, () =>
        send('POST', `/secrets/${secret.name}/grant`, { [list]: [name] }),
      ),
  );
  const granted = GRANTS.flatMap(([list, kind]) =>
    secret[list].map((name) => ({ list, kind, name })),
  );
  if (granted.length === 0) {
    return <p className="text-xs text-warn">Every task may use it.</p>;
  }
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label={`What may use ${secret.name}`}>
      {granted.map(({ list, kind, name }) => (
        <li
          key={`${list} ${name}`}
          className="inline-flex items-center gap-1 rounded-full bg-sunk py-0.5 pr-0.5 pl-2 text-xs"
        >
          <span className="text-soft">{kind}</span> {name}
          <button
            type="button"
            aria-label={`Take ${secret.name} from ${name}`}
            title="Take it away"
            disabled={revoke.isPending}
            onClick={() => revoke.mutate({ list, name })}
            className="inline-flex size-6 items-center justify-center rounded-full text-soft hover:bg-line hover:text-ink"
          >
            <X aria-hidden size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}

const NAMES_SHOWN = 5;

export function TaskNames({ tasks }: { readonly tasks: SecretUsesView['tasks'] }) {
  const more = tasks.length - NAMES_SHOWN;
  return (
    <>
      {tasks.slice(0, NAMES_SHOWN).map(({ id, name }, index) => (
        <Fragment key={id}>
          {index === 0 ? '' : ', '}
          <Link
            href={`/tasks/${id}`}
            className="text-ink underline decoration-edge underline-offset-2"
          >
            {name}
          </Link>
        </Fragment>
      ))}
      {more > 0 ? ` and ${more} more` : ''}
    </>
  );
}

/** A value that is gone cannot come back: nobody but its owner knows it. */
function RemoveSecret({
  secret,
  tasks,
  isOpen,
  onClose,
}: {
  readonly secret: SecretView;
  readonly tasks: SecretUsesView['tasks'];
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const remove = useAct(
    () => send('DELETE', `/secrets/${secret.name}`),
    () => {
      say(`${secret.name} is removed.`);
      onClose();
    },
  );
  return (
    <DialogSheet
      title={`Remove ${secret.name}?`}
      isOpen={isOpen}
      onClose={onClose}
      footer={
        <Button look="danger" isBusy={remove.isPending} onClick={() => remove.mutate(undefined)}>
          Remove it for good
        </Button>
      }
    >
      <p className="text-sm">
        Its value is kept nowhere else, so this cannot be undone.{' '}
        {tasks.length === 0 ? (
          'No task names it.'
        ) : (
          <>
            Runs of <TaskNames tasks={tasks} /> will fail until it is set again.
          </>
        )}
      </p>
    </DialogSheet>
  );
}
