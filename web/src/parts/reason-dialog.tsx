import { useState } from 'react';
import { Button } from './button.tsx';
import { DialogSheet } from './dialog-sheet.tsx';
import { TextField } from './field.tsx';

const REASON_CHARS_MAX = 500;

/** Asks why, since somebody will want to know; the reason may be left out. */
export function ReasonDialog({
  title,
  verb,
  hint,
  isDanger = false,
  onClose,
  onReason,
}: {
  readonly title: string;
  readonly verb: string;
  readonly hint: string;
  readonly isDanger?: boolean;
  readonly onClose: () => void;
  readonly onReason: (reason: string | undefined) => void;
}) {
  const [reason, setReason] = useState('');
  const finish = (): void => {
    onReason(reason.trim() === '' ? undefined : reason.trim());
    onClose();
  };
  return (
    <DialogSheet
      title={title}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={isDanger ? 'danger' : 'main'} onClick={finish}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          finish();
        }}
      >
        <TextField
          label="Reason (may be empty)"
          hint={hint}
          maxLength={REASON_CHARS_MAX}
          autoFocus
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </form>
    </DialogSheet>
  );
}
