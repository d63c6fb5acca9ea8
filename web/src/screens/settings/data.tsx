import { useState } from 'react';
import { useAct } from '../../api/actions.ts';
import { fetchFile, send } from '../../api/request.ts';
import { saveFile } from '../../api/save-file.ts';
import { counted, formatBytes } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { TextField, Tick } from '../../parts/field.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { say } from '../../parts/toasts.tsx';
import { Import } from './import.tsx';

/** Copying data out and in. */
export function Data() {
  return (
    <>
      <div className="grid gap-4 lg:grid-cols-2">
        <Backup />
        <Export />
      </div>
      <Import />
      <HowTo cli="carillon backup ~/carillon.backup" />
    </>
  );
}

function Backup() {
  const [hasOutput, setHasOutput] = useState(true);
  const make = useAct(
    () => fetchFile('/backup', { output: hasOutput }),
    ({ name, content }) => {
      saveFile(name, content);
      say(`${name}: ${formatBytes(content.size)}.`);
    },
  );
  return (
    <Card title="Backup">
      <div className="flex flex-col gap-3">
        <p className="text-sm text-soft">
          Everything as it is now in one file, for <code>carillon restore</code>. The keys are not
          in it: keep <code>keys/master.key</code> somewhere else, or its secrets stay sealed.
        </p>
        <Tick
          label="With what runs printed"
          checked={hasOutput}
          onChange={(event) => setHasOutput(event.target.checked)}
        />
        <div>
          <Button look="main" isBusy={make.isPending} onClick={() => make.mutate(undefined)}>
            {make.isPending ? 'Copying…' : 'Download a backup'}
          </Button>
        </div>
      </div>
    </Card>
  );
}

type Exported = {
  readonly tasks: readonly object[];
  readonly secrets: readonly object[];
  readonly sealed: string | null;
  readonly left_out: number;
};

function Export() {
  const [passphrase, setPassphrase] = useState('');
  const make = useAct(
    () => send<Exported>('POST', '/export', passphrase === '' ? {} : { passphrase }),
    ({ tasks, secrets, sealed, left_out: left }) => {
      const content = { carillon: 1, tasks, secrets, ...(sealed === null ? {} : { sealed }) };
      const text = JSON.stringify(content, undefined, 2);
      saveFile('carillon-tasks.json', new Blob([text], { type: 'application/json' }));
      setPassphrase('');
      say(
        `${counted(tasks.length, 'task')} written.${left === 0 ? '' : ` Left out, since they have ended or belong to a profile: ${left}.`}`,
      );
    },
  );
  return (
    <Card title="Export">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate(undefined);
        }}
      >
        <p className="text-sm text-soft">
          All tasks as a file that this or another daemon imports. Their history stays here.
        </p>
        <TextField
          label="Passphrase for the secrets"
          hint="With one, the secrets go along, sealed under it. Empty: without them."
          type="password"
          autoComplete="new-password"
          minLength={8}
          value={passphrase}
          onChange={(event) => setPassphrase(event.target.value)}
        />
        <div>
          <Button type="submit" isBusy={make.isPending}>
            Export the tasks
          </Button>
        </div>
      </form>
    </Card>
  );
}
