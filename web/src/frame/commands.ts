import { chooseTheme, THEMES } from '../parts/theme.ts';
import { openKeySheet } from './key-sheet.tsx';
import { openStopAll } from './stop-all.tsx';

/** Something that is done by its name: it leads somewhere, or does it right here. */
export type Command = {
  readonly text: string;
  readonly note: string;
  readonly does:
    | { readonly kind: 'go'; readonly href: string }
    | { readonly kind: 'act'; readonly act: () => void };
};

/** What the palette offers beside places and tasks. */
export const COMMANDS: readonly Command[] = [
  { text: 'New task', note: 'action', does: { kind: 'go', href: '/tasks/new' } },
  { text: 'Quick run', note: 'q', does: { kind: 'go', href: '/quick-run' } },
  { text: 'Stop everything', note: 'action', does: { kind: 'act', act: openStopAll } },
  ...THEMES.map(([theme, text]) => ({
    text: `Theme: ${text.toLowerCase()}`,
    note: 'action',
    does: { kind: 'act' as const, act: () => chooseTheme(theme) },
  })),
  { text: 'Keys', note: '?', does: { kind: 'act', act: openKeySheet } },
];
