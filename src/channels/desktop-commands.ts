import { boundText, type NoticeLevel } from '../domain/inbox/inbox-item.ts';
import type { Notice } from '../ports/channels.ts';
import { toastCommand } from './windows-toast.ts';

/** The systems whose means of showing a banner differ. */
export type DesktopSystem = 'linux' | 'macos' | 'windows' | 'wsl' | 'other';

/** A program with its arguments; there is never a shell. */
export type DesktopCommand = { readonly program: string; readonly args: readonly string[] };

const APP_NAME = 'Carillon';
/** A banner shows little, and a command line on Windows takes 32,767 characters. */
const TITLE_CHARS_MAX = 200;
const BODY_CHARS_MAX = 1_000;

const DEFAULT_SOUNDS: Readonly<Record<DesktopSystem, string>> = {
  linux: 'message-new-instant',
  macos: 'Glass',
  windows: 'Notification.Reminder',
  wsl: 'Notification.Reminder',
  other: 'none',
};

/** Where this program runs. Windows' Linux calls itself Linux, with Microsoft in its release. */
export function desktopSystem(platform: NodeJS.Platform, release: string): DesktopSystem {
  if (platform === 'darwin') return 'macos';
  if (platform === 'win32') return 'windows';
  if (platform !== 'linux') return 'other';
  return /microsoft/i.test(release) ? 'wsl' : 'linux';
}

/** The commands that can show the notice, the best first; the next one is tried when one fails. */
export function bannerCommands(system: DesktopSystem, notice: Notice): readonly DesktopCommand[] {
  const shown = presentable(notice);
  const sound = soundOf(system, notice);
  switch (system) {
    case 'linux':
      return linuxCommands(shown, sound);
    case 'macos':
      return [osascriptCommand(shown, sound)];
    case 'windows':
      return [toastCommand(shown, sound)];
    case 'wsl':
      return [
        toastCommand(shown, sound),
        ...linuxCommands(shown, soundOf('linux', { sound: soundLeft(notice) })),
      ];
    case 'other':
      return [];
  }
}

/** A name of a Windows sound means nothing to Linux. */
function soundLeft({ sound }: Notice): string | undefined {
  return sound === 'none' ? sound : undefined;
}

/** The sound that goes with the banner; absent for none. A name that is not one is the default. */
export function soundOf(
  system: DesktopSystem,
  { sound }: Pick<Notice, 'sound'>,
): string | undefined {
  const wanted = sound !== undefined && SOUND_NAME.test(sound) ? sound : DEFAULT_SOUNDS[system];
  return wanted === 'none' ? undefined : wanted;
}

const SOUND_NAME = /^[A-Za-z0-9 ._-]{1,64}$/;

/** The texts as an argument can carry them: no NUL, no half characters. */
function presentable({ title, body, level }: Notice): ShownNotice {
  return {
    title: boundText(asArgument(title), TITLE_CHARS_MAX),
    body: boundText(asArgument(body), BODY_CHARS_MAX),
    level,
  };
}

export type ShownNotice = Pick<Notice, 'title' | 'body' | 'level'>;

function asArgument(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

const URGENCY: Readonly<Record<NoticeLevel, 'normal' | 'critical'>> = {
  info: 'normal',
  warning: 'normal',
  urgent: 'critical',
};

function linuxCommands(shown: ShownNotice, sound: string | undefined): readonly DesktopCommand[] {
  return [notifySendCommand(shown, sound), gdbusCommand(shown, sound)];
}

function notifySendCommand(
  { title, body, level }: ShownNotice,
  sound: string | undefined,
): DesktopCommand {
  return {
    program: 'notify-send',
    args: [
      `--app-name=${APP_NAME}`,
      `--urgency=${URGENCY[level]}`,
      ...(sound === undefined ? [] : [`--hint=string:sound-name:${sound}`]),
      '--',
      title,
      // It reads backslashes in the body as those of C.
      withoutMarkup(body).replaceAll('\\', '\\\\'),
    ],
  };
}

/** The same by the bus itself. Its arguments are GVariant text, and none of ours can begin with a dash. */
function gdbusCommand(
  { title, body, level }: ShownNotice,
  sound: string | undefined,
): DesktopCommand {
  const hints = [
    `'urgency': <byte ${level === 'urgent' ? '2' : '1'}>`,
    ...(sound === undefined ? [] : [`'sound-name': <${variantText(sound)}>`]),
  ];
  return gdbusCall(
    'Notify',
    variantText(APP_NAME),
    'uint32 0',
    variantText(''),
    variantText(title),
    variantText(withoutMarkup(body)),
    '@as []',
    `{${hints.join(', ')}}`,
    'int32 -1',
  );
}

/** Asks what the notification daemon can do; one that can play sounds plays the one it is told. */
export const CAPABILITIES_COMMAND = gdbusCall('GetCapabilities');

function gdbusCall(method: string, ...args: readonly string[]): DesktopCommand {
  return {
    program: 'gdbus',
    args: [
      'call',
      '--session',
      '--dest=org.freedesktop.Notifications',
      '--object-path=/org/freedesktop/Notifications',
      `--method=org.freedesktop.Notifications.${method}`,
      ...args,
    ],
  };
}

/** A text as GVariant writes one. */
function variantText(text: string): string {
  const escaped = text.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
    /[\u0000-\u001f\u007f]/g,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
  return `'${escaped}'`;
}

/** A body may carry markup on Linux; this one has none. */
function withoutMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * The texts are arguments of the script, never a part of it. The word before them is no option, and
 * so ends the options, whatever the title begins with.
 */
function osascriptCommand({ title, body }: ShownNotice, sound: string | undefined): DesktopCommand {
  const display = 'display notification (item 3 of argv) with title (item 2 of argv)';
  return {
    program: 'osascript',
    args: [
      '-e',
      'on run argv',
      '-e',
      sound === undefined ? display : `${display} sound name (item 4 of argv)`,
      '-e',
      'end run',
      'carillon',
      title,
      body,
      ...(sound === undefined ? [] : [sound]),
    ],
  };
}

/** The programs that can play our own sound on Linux, the best first. */
export function playerCommands(file: string): readonly DesktopCommand[] {
  return [
    { program: 'pw-play', args: [file] },
    { program: 'paplay', args: [file] },
    { program: 'aplay', args: ['-q', file] },
    { program: 'ffplay', args: ['-nodisp', '-autoexit', '-loglevel', 'quiet', file] },
  ];
}
