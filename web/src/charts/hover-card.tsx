import { type ReactNode, useState } from 'react';

const WIDTH = 240;
const GAP = 6;

type Shown = { readonly text: ReactNode; readonly left: number; readonly top: number };

/**
 * A card beside the mark of a picture that is pointed at or focused. It repeats what the label of the mark
 * says, so it is hidden from screen readers.
 */
export function useHoverCard() {
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const showAt = (element: HTMLElement, text: ReactNode): void => {
    const { left, width, bottom } = element.getBoundingClientRect();
    const middle = left + width / 2 - WIDTH / 2;
    const most = document.documentElement.clientWidth - WIDTH - GAP;
    setShown({ text, left: Math.max(GAP, Math.min(middle, most)), top: bottom + GAP });
  };
  const hide = (): void => setShown(undefined);
  const handlersFor = (text: ReactNode) => ({
    onPointerEnter: (event: { readonly currentTarget: HTMLElement }) =>
      showAt(event.currentTarget, text),
    onFocus: (event: { readonly currentTarget: HTMLElement }) => showAt(event.currentTarget, text),
    onPointerLeave: hide,
    onBlur: hide,
  });
  const card =
    shown === undefined ? null : (
      <div
        aria-hidden
        className="pointer-events-none fixed z-30 rounded-md border border-line bg-sheet px-3 py-2 text-xs text-ink shadow-lg"
        style={{ left: shown.left, top: shown.top, width: WIDTH }}
      >
        {shown.text}
      </div>
    );
  return { card, handlersFor };
}
