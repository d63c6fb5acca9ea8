import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { Refused, Unreachable } from '../api/request.ts';
import { buttonClass } from './button.tsx';
import { classNames } from './class-names.ts';

const manager = Toast.createToastManager();
let onUndone: () => void = () => undefined;
const UNDO_MS = 10_000;
const READ_MS = 5_000;

/** Called after something was taken back, also in vain: what the page shows may be out of date. */
export function afterUndo(refresh: () => void): void {
  onUndone = refresh;
}

/** Says that something was done, and offers to take it back. */
export function say(title: string, undo?: () => Promise<unknown>): void {
  const id = manager.add({
    title,
    timeout: undo === undefined ? READ_MS : UNDO_MS,
    ...(undo === undefined
      ? {}
      : {
          actionProps: {
            children: 'Undo',
            onClick: () => {
              manager.close(id);
              undo()
                .then(() => say('Undone.'), sayFailure)
                .finally(onUndone);
            },
          },
        }),
  });
}

/** Says what went wrong, and what to do instead. */
export function sayFailure(error: unknown): void {
  const { title, hint } = tellFailure(error);
  manager.add({ title, description: hint, type: 'failure', timeout: UNDO_MS, priority: 'high' });
}

export function tellFailure(error: unknown): { readonly title: string; readonly hint?: string } {
  if (error instanceof Refused) {
    return { title: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  if (error instanceof Unreachable) {
    return {
      title: error.message,
      hint: 'Start it with "carillon up"; the page comes back by itself.',
    };
  }
  return { title: error instanceof Error ? error.message : String(error) };
}

export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-20 left-4 z-50 ml-auto flex max-w-md flex-col gap-2 md:bottom-4">
          <Shown />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Shown() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className={classNames(
        'rounded-lg border bg-sheet text-ink shadow-lg transition-opacity data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0',
        toast.type === 'failure' ? 'border-bad' : 'border-edge',
      )}
    >
      <Toast.Content className="flex items-start gap-3 p-3">
        <div className="min-w-0 flex-1 py-1 text-sm">
          <Toast.Title className="font-medium" />
          <Toast.Description className="mt-0.5 text-soft" />
        </div>
        {toast.actionProps === undefined ? null : (
          <Toast.Action className={buttonClass('plain', true)} />
        )}
        <Toast.Close
          aria-label="Dismiss"
          className="inline-flex size-7 items-center justify-center rounded-md text-soft hover:bg-sunk"
        >
          <X aria-hidden size={16} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
