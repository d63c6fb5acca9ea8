import {
  BellRing,
  CalendarClock,
  History,
  House,
  Inbox as InboxIcon,
  KeyRound,
  type LucideIcon,
  Plug,
  Settings as SettingsIcon,
  Webhook as WebhookIcon,
  Zap,
} from 'lucide-react';
import { type ComponentType, lazy } from 'react';

/** A screen: where it is, and the part of the program that shows it, which is loaded when it is asked for. */
type Screen = { readonly path: string; readonly Show: ComponentType };

const screen = (path: string, load: () => Promise<ComponentType>): Screen => ({
  path,
  Show: lazy(async () => ({ default: await load() })),
});

/** Every screen; the first path that fits is shown. */
export const SCREENS: readonly Screen[] = [
  screen('/', async () => (await import('../screens/now/now.tsx')).Now),
  screen('/tasks', async () => (await import('../screens/tasks/tasks.tsx')).Tasks),
  screen('/tasks/new', async () => (await import('../screens/editor/editor.tsx')).NewTask),
  screen('/tasks/:id/edit', async () => (await import('../screens/editor/editor.tsx')).EditTask),
  screen('/tasks/:id/:part?', async () => (await import('../screens/task/task.tsx')).Task),
  screen('/runs', async () => (await import('../screens/runs/runs.tsx')).Runs),
  screen('/approvals', async () => (await import('../screens/approvals/approvals.tsx')).Approvals),
  screen(
    '/approvals/:id',
    async () => (await import('../screens/approvals/approval.tsx')).Approval,
  ),
  screen('/inbox', async () => (await import('../screens/inbox/inbox.tsx')).Inbox),
  screen('/runs/:id/:part?', async () => (await import('../screens/run/run.tsx')).Run),
  screen('/webhooks', async () => (await import('../screens/webhooks/webhooks.tsx')).Webhooks),
  screen('/webhooks/:id', async () => (await import('../screens/webhooks/webhook.tsx')).Webhook),
  screen('/secrets', async () => (await import('../screens/secrets/secrets.tsx')).Secrets),
  screen(
    '/connections',
    async () => (await import('../screens/connections/connections.tsx')).Connections,
  ),
  screen(
    '/notifications',
    async () => (await import('../screens/notifications/notifications.tsx')).Notifications,
  ),
  screen('/quick-run', async () => (await import('../screens/quick-run/quick-run.tsx')).QuickRun),
  screen('/welcome', async () => (await import('../screens/welcome/welcome.tsx')).Welcome),
  screen(
    '/settings/:part?',
    async () => (await import('../screens/settings/settings.tsx')).Settings,
  ),
];

/** An entry of the rail, in the order of importance. */
export type Place = {
  readonly href: string;
  readonly text: string;
  readonly Icon: LucideIcon;
  /** Pressed after `g`, it leads there. */
  readonly letter: string;
  /** Whether the bar of a phone shows it; the others are behind "More". */
  readonly isOnPhone: boolean;
};

export const PLACES: readonly Place[] = [
  { href: '/', text: 'Now', Icon: House, letter: 'n', isOnPhone: true },
  { href: '/tasks', text: 'Tasks', Icon: CalendarClock, letter: 't', isOnPhone: true },
  { href: '/runs', text: 'Runs', Icon: History, letter: 'r', isOnPhone: false },
  { href: '/inbox', text: 'Inbox', Icon: InboxIcon, letter: 'i', isOnPhone: true },
  { href: '/webhooks', text: 'Webhooks', Icon: WebhookIcon, letter: 'w', isOnPhone: false },
  { href: '/secrets', text: 'Secrets', Icon: KeyRound, letter: 'k', isOnPhone: false },
  { href: '/connections', text: 'Connections', Icon: Plug, letter: 'c', isOnPhone: false },
  { href: '/notifications', text: 'Notifications', Icon: BellRing, letter: 'a', isOnPhone: false },
  { href: '/quick-run', text: 'Quick run', Icon: Zap, letter: 'q', isOnPhone: false },
  { href: '/settings', text: 'Settings', Icon: SettingsIcon, letter: 's', isOnPhone: false },
];

/** Whether a path is of a place: the place itself, or something in it. */
export function isIn(place: Place, path: string): boolean {
  return place.href === '/'
    ? path === '/'
    : path === place.href || path.startsWith(`${place.href}/`);
}
