import { Menu } from '@base-ui/react/menu';
import { Ellipsis } from 'lucide-react';
import { classNames } from './class-names.ts';

export type MenuChoice =
  | {
      readonly kind: 'action';
      readonly text: string;
      readonly isDanger?: boolean;
      readonly isDisabled?: boolean;
      readonly act: () => void;
    }
  | { readonly kind: 'line' };

/** What can be done with a thing, behind three dots. */
export function ActionMenu({
  label,
  choices,
}: {
  readonly label: string;
  readonly choices: readonly MenuChoice[];
}) {
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={label}
        title={label}
        className="inline-flex size-9 items-center justify-center rounded-md text-soft hover:bg-sunk hover:text-ink"
      >
        <Ellipsis aria-hidden size={18} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-40">
          <Menu.Popup className="min-w-44 rounded-lg border border-line bg-sheet py-1 text-sm text-ink shadow-lg">
            {choices.map((choice, index) =>
              choice.kind === 'line' ? (
                <Menu.Separator key={`line-${index}`} className="my-1 h-px bg-line" />
              ) : (
                <Menu.Item
                  key={choice.text}
                  disabled={choice.isDisabled === true}
                  onClick={choice.act}
                  className={classNames(
                    'flex cursor-pointer items-center px-3 py-1.5 data-disabled:opacity-50 data-highlighted:bg-sunk',
                    choice.isDanger === true && 'text-bad',
                  )}
                >
                  {choice.text}
                </Menu.Item>
              ),
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
