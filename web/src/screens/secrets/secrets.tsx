import { Plus } from 'lucide-react';
import { useSearchParams } from 'wouter';
import type { SecretUsesView, SecretView } from '../../../../src/api/secret-view.ts';
import { useSecrets, useSecretUses } from '../../api/secrets.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RotateKeys } from './rotate-keys.tsx';
import { SecretRow, TaskNames } from './secret-row.tsx';
import { SetSecret } from './set-secret.tsx';

/** Values that runs may be granted and nobody may read back. */
export function Secrets() {
  const [search, setSearch] = useSearchParams();
  const secrets = useSecrets();
  const uses = useSecretUses().data ?? [];
  const setting = search.get('set');
  const openSet = (name: string | undefined): void =>
    setSearch(name === undefined ? {} : { set: name });
  return (
    <Page
      title="Secrets"
      lead="Passwords and tokens that runs may be granted. A value can be set and replaced; nobody can read it back."
      actions={
        <Button look="main" onClick={() => openSet('')}>
          <Plus aria-hidden size={16} />
          New secret
        </Button>
      }
    >
      <Missing uses={uses.filter(({ is_set: isSet }) => !isSet)} onSet={openSet} />
      <Card isFlush>
        <QueryView query={secrets} what="the secrets">
          {(list) =>
            list.length === 0 ? (
              <Empty action={<Button onClick={() => openSet('')}>Set a secret</Button>}>
                There are no secrets yet. A task names one as {'{"secret": "NAME"}'} in its
                environment or its headers.
              </Empty>
            ) : (
              <ul className="divide-y divide-line">
                {list.map((secret) => (
                  <SecretRow
                    key={secret.name}
                    secret={secret}
                    tasks={uses.find(({ name }) => name === secret.name)?.tasks ?? []}
                    onReplace={() => openSet(secret.name)}
                  />
                ))}
              </ul>
            )
          }
        </QueryView>
      </Card>
      <RotateKeys />
      <HowTo cli="carillon secrets list" />
      <SetSecret
        name={setting ?? undefined}
        known={namesOf(secrets.data)}
        onClose={() => openSet(undefined)}
      />
    </Page>
  );
}

function namesOf(secrets: readonly SecretView[] | undefined): readonly string[] {
  return (secrets ?? []).map(({ name }) => name);
}

/** Tasks wait for these in vain. */
function Missing({
  uses,
  onSet,
}: {
  readonly uses: readonly SecretUsesView[];
  readonly onSet: (name: string) => void;
}) {
  if (uses.length === 0) return null;
  return (
    <Card title="Missing" aside="tasks name them, and they are not set" isFlush>
      <ul className="divide-y divide-line">
        {uses.map(({ name, tasks }) => (
          <li
            key={name}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm"
          >
            <code className="font-medium text-warn">{name}</code>
            <span className="min-w-0 flex-1 text-soft">
              wanted by <TaskNames tasks={tasks} />
            </span>
            <Button isSmall aria-label={`Set ${name}`} onClick={() => onSet(name)}>
              Set
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
