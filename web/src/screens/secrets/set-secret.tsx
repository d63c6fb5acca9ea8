import { useState } from 'react';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { TextField } from '../../parts/field.tsx';
import { Warnings } from '../../parts/notes.tsx';
import { say } from '../../parts/toasts.tsx';
import { EVERYTHING, GrantFields, grantsOf } from './grant-fields.tsx';

/** Sets a secret, or gives it another value. */
export function SetSecret({
  name,
  known,
  onClose,
}: {
  /** Empty for one that has no name yet; absent while nothing is set. */
  readonly name: string | undefined;
  readonly known: readonly string[];
  readonly onClose: () => void;
}) {
  const isReplaced = name !== undefined && known.includes(name);
  return (
    <DialogSheet
      title={isReplaced ? `Replace ${name}` : 'New secret'}
      side="right"
      isOpen={name !== undefined}
      onClose={onClose}
    >
      <Form key={name} name={name ?? ''} known={known} onClose={onClose} />
    </DialogSheet>
  );
}

type Answer = { readonly name: string; readonly warnings: readonly string[] };

function Form({
  name: given,
  known,
  onClose,
}: {
  readonly name: string;
  readonly known: readonly string[];
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(given);
  const [value, setValue] = useState('');
  const [fields, setFields] = useState(EVERYTHING);
  const [isKnown] = useState(known.includes(given));
  const set = useAct(
    () =>
      send<Answer>('PUT', `/secrets/${encodeURIComponent(name)}`, {
        value,
        ...(isKnown ? {} : grantsOf(fields)),
      }),
    ({ warnings }) => {
      setValue('');
      say(isKnown ? `${name} has another value.` : `${name} is set.`);
      if (warnings.length === 0) onClose();
    },
  );
  if (set.data !== undefined && set.data.warnings.length > 0) {
    return (
      <div className="flex flex-col items-start gap-3">
        <p className="text-sm">
          <code>{set.data.name}</code> is set. But:
        </p>
        <Warnings texts={set.data.warnings} />
        <div className="flex gap-2">
          <Button look="main" onClick={() => set.reset()}>
            Set another value
          </Button>
          <Button onClick={onClose}>Leave it so</Button>
        </div>
      </div>
    );
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate(undefined);
      }}
    >
      <TextField
        label="Name"
        hint="A letter or _, then up to 63 letters, digits, and _ . -"
        required
        pattern="[A-Za-z_][A-Za-z0-9_.\-]{0,63}"
        readOnly={isKnown}
        value={name}
        onChange={(event) => setName(event.target.value.trim())}
      />
      <TextField
        label={isKnown ? 'New value' : 'Value'}
        hint="It is sealed at once; neither this page nor anybody else can show it again."
        required
        type="password"
        autoComplete="new-password"
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      {isKnown ? (
        <p className="text-sm text-soft">What may use it stays as it is.</p>
      ) : (
        <fieldset className="flex flex-col gap-4">
          <legend className="mb-1 text-sm font-semibold">
            What may use it (nothing named: every task)
          </legend>
          <GrantFields
            fields={fields}
            onChange={(changed) => setFields({ ...fields, ...changed })}
          />
        </fieldset>
      )}
      <div>
        <Button look="main" type="submit" isBusy={set.isPending}>
          {isKnown ? 'Replace the value' : 'Set the secret'}
        </Button>
      </div>
    </form>
  );
}
