import { useTasks } from '../../api/tasks.ts';
import { TextField } from '../../parts/field.tsx';

export type GrantFieldTexts = {
  readonly tasks: string;
  readonly servers: string;
  readonly hosts: string;
};

/** Nothing is named, so that every task may use it. */
export const EVERYTHING: GrantFieldTexts = { tasks: '', servers: '', hosts: '' };

const OFFERED = 20;

/** What may use a secret: names that are separated by commas. */
export function GrantFields({
  fields,
  onChange,
}: {
  readonly fields: GrantFieldTexts;
  readonly onChange: (changed: Partial<GrantFieldTexts>) => void;
}) {
  const typed = fields.tasks.split(',').at(-1)?.trim() ?? '';
  const found = useTasks({ text: typed === '' ? undefined : typed, limit: OFFERED });
  return (
    <>
      <TextField
        label="Tasks"
        hint="Names, separated by commas."
        list="grant-tasks"
        value={fields.tasks}
        onChange={(event) => onChange({ tasks: event.target.value })}
      />
      <datalist id="grant-tasks">
        {(found.data?.tasks ?? []).map(({ id, name }) => (
          <option key={id} value={name} />
        ))}
      </datalist>
      <TextField
        label="Hosts"
        hint="Requests to these alone may carry it: api.example.org, *.example.org."
        value={fields.hosts}
        onChange={(event) => onChange({ hosts: event.target.value })}
      />
      <TextField
        label="MCP servers"
        hint="Tasks of agents that have one of these servers."
        value={fields.servers}
        onChange={(event) => onChange({ servers: event.target.value })}
      />
    </>
  );
}

/** As the API takes them; lists of which nothing was said are absent. */
export function grantsOf({ tasks, servers, hosts }: GrantFieldTexts) {
  const listOf = (text: string) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  const given = {
    for_tasks: listOf(tasks),
    for_servers: listOf(servers),
    for_hosts: listOf(hosts),
  };
  return Object.fromEntries(Object.entries(given).filter(([, names]) => names.length > 0));
}
