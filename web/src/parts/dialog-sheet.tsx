import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

/** A sheet above the page: in the middle, or along the right edge; the whole screen on a phone. */
export function DialogSheet({
  title,
  isOpen,
  onClose,
  side = 'middle',
  footer,
  children,
}: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly side?: 'middle' | 'right';
  readonly footer?: ReactNode;
  readonly children: ReactNode;
}) {
  const place =
    side === 'right'
      ? 'inset-y-0 right-0 w-full max-w-2xl md:border-l'
      : 'inset-x-0 bottom-0 mx-auto max-h-[85vh] w-full max-w-lg rounded-t-xl md:top-[12vh] md:bottom-auto md:rounded-xl border';
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          className={`fixed z-40 flex flex-col border-line bg-sheet text-ink shadow-xl outline-none ${place}`}
        >
          <header className="flex items-center justify-between gap-3 border-b border-line px-4 py-2">
            <Dialog.Title className="text-base font-semibold">{title}</Dialog.Title>
            <Dialog.Close
              aria-label="Close"
              className="inline-flex size-9 items-center justify-center rounded-md text-soft hover:bg-sunk"
            >
              <X aria-hidden size={18} />
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
          {footer === undefined ? null : (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">
              {footer}
            </footer>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
