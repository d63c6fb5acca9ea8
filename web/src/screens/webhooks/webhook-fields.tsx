import { useTasks } from '../../api/tasks.ts';
import { Choice, TextArea, TextField } from '../../parts/field.tsx';

export type WebhookFields = {
  readonly name: string;
  readonly description: string;
  readonly task: string;
  readonly overlap: string;
  /** One address or range in each line. */
  readonly allowed: string;
};

const OVERLAPS = [
  ['queue_all', 'Each one waits for the one before'],
  ['queue_one', 'One waits, later ones are skipped'],
  ['skip', 'It is skipped'],
  ['replace', 'It takes the place of the one in progress'],
  ['allow', 'They run beside each other'],
] as const;

/** What can be said of a webhook when it is made and later. */
export function WebhookFieldset({
  fields,
  hasOwnAction,
  onChange,
}: {
  readonly fields: WebhookFields;
  /** One that has its own action keeps it. */
  readonly hasOwnAction: boolean;
  readonly onChange: (changed: Partial<WebhookFields>) => void;
}) {
  return (
    <>
      <TextField
        label="Name"
        required
        maxLength={120}
        value={fields.name}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      {hasOwnAction ? null : <TaskField task={fields.task} onTask={(task) => onChange({ task })} />}
      <TextField
        label="Description"
        value={fields.description}
        onChange={(event) => onChange({ description: event.target.value })}
      />
      <Choice
        label="When a run of the task is in progress"
        options={OVERLAPS}
        value={fields.overlap}
        onChange={(event) => onChange({ overlap: event.target.value })}
      />
      <TextArea
        label="Addresses that may call"
        hint="One address or range in each line, such as 192.0.2.0/24. Empty: every one."
        isCode
        rows={2}
        value={fields.allowed}
        onChange={(event) => onChange({ allowed: event.target.value })}
      />
    </>
  );
}

const OFFERED = 20;

function TaskField({
  task,
  onTask,
}: {
  readonly task: string;
  readonly onTask: (task: string) => void;
}) {
  const found = useTasks({ text: task === '' ? undefined : task, limit: OFFERED });
  return (
    <>
      <TextField
        label="Task that it starts"
        hint="Its name. The body of a request is the payload of the run: {{payload.some.field}} in a prompt, PAYLOAD_FILE in a command."
        required
        list="webhook-tasks"
        value={task}
        onChange={(event) => onTask(event.target.value)}
      />
      <datalist id="webhook-tasks">
        {(found.data?.tasks ?? []).map(({ id, name }) => (
          <option key={id} value={name} />
        ))}
      </datalist>
    </>
  );
}

/** The parts of a request that both making and changing send. */
export function bodyOf(fields: WebhookFields, hasOwnAction: boolean) {
  return {
    name: fields.name.trim(),
    description: fields.description.trim(),
    ...(hasOwnAction ? {} : { task: fields.task.trim() }),
    overlap: fields.overlap,
    allowed_addresses: fields.allowed.split(/[\s,]+/).filter((text) => text !== ''),
  };
}
