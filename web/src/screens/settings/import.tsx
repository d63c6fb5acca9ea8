import { useState } from 'react';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { INPUT_CLASS, TextField } from '../../parts/field.tsx';
import { say } from '../../parts/toasts.tsx';

/** What `export` writes. */
type TransferFile = {
  readonly tasks: readonly object[];
  readonly secrets: readonly object[];
  readonly sealed: string | undefined;
};

type Imported = {
  readonly tasks: readonly { readonly name: string; readonly did: string }[];
  readonly secrets: readonly string[];
};

/** Requests have a bound, so a file goes in parts. */
const PART_TASKS_MAX = 50;

/** Makes and changes tasks as a file says, after showing what that would be. */
export function Import() {
  const [file, setFile] = useState<TransferFile>();
  const [problem, setProblem] = useState<string>();
  const [passphrase, setPassphrase] = useState('');
  const look = useAct((given: TransferFile) => importFile(given, passphrase, true));
  const carryOut = useAct(
    (given: TransferFile) => importFile(given, passphrase, false),
    () => {
      say('Imported.');
      setFile(undefined);
      setPassphrase('');
      look.reset();
    },
  );
  const choose = async (chosen: File | undefined): Promise<void> => {
    look.reset();
    setFile(undefined);
    setProblem(undefined);
    if (chosen === undefined) return;
    const read = readFile(await chosen.text());
    if (read === undefined) setProblem(NOT_A_FILE);
    else setFile(read);
  };
  return (
    <Card title="Import">
      <div className="flex flex-col gap-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <label className="flex flex-col gap-1 text-sm font-medium">
            A file that was exported
            <input
              type="file"
              accept=".json,application/json"
              className={INPUT_CLASS}
              onChange={(event) => void choose(event.target.files?.[0])}
            />
          </label>
          {file?.sealed === undefined ? null : (
            <TextField
              label="Its passphrase"
              type="password"
              autoComplete="off"
              value={passphrase}
              onChange={(event) => setPassphrase(event.target.value)}
            />
          )}
        </div>
        {problem === undefined ? null : (
          <p role="alert" className="text-sm text-bad">
            {problem}
          </p>
        )}
        {look.data === undefined ? (
          <div>
            <Button
              disabled={file === undefined}
              isBusy={look.isPending}
              onClick={() => file && look.mutate(file)}
            >
              See what it would change
            </Button>
          </div>
        ) : (
          <>
            <WouldChange imported={look.data} />
            <div>
              <Button
                look="main"
                isBusy={carryOut.isPending}
                onClick={() => file && carryOut.mutate(file)}
              >
                Import it
              </Button>
            </div>
          </>
        )}
      </div>
    </Card>
  );
}

const NOT_A_FILE =
  'This is not a file that was exported here. A file in YAML is read by "carillon import".';

function WouldChange({ imported }: { readonly imported: Imported }) {
  const changes = imported.tasks.filter(({ did }) => did !== 'unchanged');
  const same = imported.tasks.length - changes.length;
  return (
    <ul role="status" className="flex flex-col gap-0.5 text-sm">
      {changes.map(({ name, did }) => (
        <li key={name}>
          would be {did}: <span className="font-medium">{name}</span>
        </li>
      ))}
      {imported.secrets.map((name) => (
        <li key={`secret ${name}`}>
          would be set: <code>{name}</code>
        </li>
      ))}
      {same === 0 ? null : <li className="text-soft">{same} would stay as they are.</li>}
    </ul>
  );
}

function readFile(text: string): TransferFile | undefined {
  try {
    const read = JSON.parse(text) as Partial<Record<string, unknown>>;
    const { carillon, tasks, secrets = [], sealed } = read;
    if (carillon !== 1 || !Array.isArray(tasks) || !Array.isArray(secrets)) return undefined;
    return {
      tasks: tasks as readonly object[],
      secrets: secrets as readonly object[],
      sealed: typeof sealed === 'string' ? sealed : undefined,
    };
  } catch {
    return undefined;
  }
}

/** Secrets first: a task that names one is warned of otherwise. */
async function importFile(
  { tasks, secrets, sealed }: TransferFile,
  passphrase: string,
  isTrial: boolean,
): Promise<Imported> {
  const ask = (body: object) => send<Imported>('POST', '/import', { ...body, dry_run: isTrial });
  const set =
    sealed === undefined || passphrase === ''
      ? []
      : (await ask({ secrets, sealed, passphrase })).secrets;
  const done: Imported['tasks'][number][] = [];
  for (let at = 0; at < tasks.length; at += PART_TASKS_MAX) {
    done.push(...(await ask({ tasks: tasks.slice(at, at + PART_TASKS_MAX) })).tasks);
  }
  return { tasks: done, secrets: set };
}
