import { useState } from 'react';
import type { SecretView } from '../../../../src/api/secret-view.ts';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { say } from '../../parts/toasts.tsx';
import { EVERYTHING, GrantFields, grantsOf } from './grant-fields.tsx';

/** Lets more use a secret. */
export function GrantSecret({
  secret,
  isOpen,
  onClose,
}: {
  readonly secret: SecretView;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const [fields, setFields] = useState(EVERYTHING);
  const grants = grantsOf(fields);
  const isEmpty = Object.keys(grants).length === 0;
  const isOpenToAll =
    secret.for_tasks.length + secret.for_servers.length + secret.for_hosts.length === 0;
  const grant = useAct(
    () => send('POST', `/secrets/${secret.name}/grant`, grants),
    () => {
      say(`${secret.name} may be used by more.`);
      setFields(EVERYTHING);
      onClose();
    },
  );
  return (
    <DialogSheet title={`Grant ${secret.name}`} isOpen={isOpen} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          grant.mutate(undefined);
        }}
      >
        {isOpenToAll ? (
          <p className="text-sm text-soft">
            Every task may use it now. With the first grant it is for what is named here alone.
          </p>
        ) : null}
        <GrantFields fields={fields} onChange={(changed) => setFields({ ...fields, ...changed })} />
        <div>
          <Button look="main" type="submit" disabled={isEmpty} isBusy={grant.isPending}>
            Grant it
          </Button>
        </div>
      </form>
    </DialogSheet>
  );
}
