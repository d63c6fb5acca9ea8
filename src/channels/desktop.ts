import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Notice } from '../ports/channels.ts';
import type { Told } from './channel-request.ts';
import { chimeWav } from './chime.ts';
import {
  bannerCommands,
  CAPABILITIES_COMMAND,
  playerCommands,
  soundOf,
  type DesktopSystem,
} from './desktop-commands.ts';
import { runProgram } from './run-program.ts';
import { soundName } from './setting-shapes.ts';

export const desktopSettings = z.strictObject({
  kind: z.literal('desktop'),
  sound: soundName.optional(),
});

export type Desktop = {
  readonly system: DesktopSystem;
  /** Variables of the daemon; only those that a banner takes are handed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** Number of the user the daemon runs as, where there is one. */
  readonly userId: number | undefined;
  /** Where the sound is kept. */
  readonly folder: string;
};

/** Shows a banner with a sound on the desktop of the user the daemon runs as. */
export async function showBanner(
  desktop: Desktop,
  settings: z.output<typeof desktopSettings>,
  given: Notice,
  signal: AbortSignal,
): Promise<Told> {
  const notice = { ...given, sound: given.sound ?? settings.sound };
  const environment = environmentOf(desktop);
  const commands = bannerCommands(desktop.system, notice).filter(
    ({ program }) => hasBus(environment) || !NEEDS_BUS.has(program),
  );
  if (commands.length === 0) return { isDelivered: false, note: whyNone(desktop.system) };
  let note = `This machine has no ${commands.map(({ program }) => program).join(' and no ')}.`;
  for (const command of commands) {
    const end = await runProgram(command, environment, signal);
    if (end.kind === 'not_found') continue;
    if (end.isOk) {
      if (NEEDS_BUS.has(command.program)) await playSound(desktop, environment, notice, signal);
      return { isDelivered: true, note: `Shown by ${command.program}.` };
    }
    note = `${command.program} could not show it.`;
  }
  return { isDelivered: false, note };
}

const NEEDS_BUS: ReadonlySet<string> = new Set(['notify-send', 'gdbus']);

function whyNone(system: DesktopSystem): string {
  return system === 'other'
    ? 'There is no way to show a banner on this system.'
    : 'There is no session bus: nobody is logged in at a desktop here.';
}

const VARIABLES: ReadonlySet<string> = new Set([
  'PATH',
  'Path',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'TMPDIR',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'PULSE_SERVER',
  'PIPEWIRE_REMOTE',
  'WSL_INTEROP',
  'WSL_DISTRO_NAME',
  'SystemRoot',
  'SYSTEMROOT',
  'windir',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
]);

/** A daemon that the system started knows nothing of the session; its bus lies where systemd puts it. */
function environmentOf(desktop: Desktop): Readonly<Record<string, string>> {
  const kept = Object.fromEntries(
    Object.entries(desktop.environment).filter(
      ([name, value]) => value !== '' && (VARIABLES.has(name) || /^LC_[A-Z]+$/.test(name)),
    ),
  );
  if (kept['DBUS_SESSION_BUS_ADDRESS'] !== undefined) return kept;
  const folder =
    kept['XDG_RUNTIME_DIR'] ??
    (desktop.userId === undefined ? undefined : `/run/user/${desktop.userId}`);
  if (folder === undefined || !existsSync(join(folder, 'bus'))) return kept;
  return {
    ...kept,
    XDG_RUNTIME_DIR: folder,
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}`,
  };
}

function hasBus(environment: Readonly<Record<string, string>>): boolean {
  return environment['DBUS_SESSION_BUS_ADDRESS'] !== undefined;
}

/** Few notification daemons of Linux play the sound that they are named; for the others it is ours. */
async function playSound(
  desktop: Desktop,
  environment: Readonly<Record<string, string>>,
  notice: Notice,
  signal: AbortSignal,
): Promise<void> {
  if (soundOf('linux', notice) === undefined) return;
  const asked = await runProgram(CAPABILITIES_COMMAND, environment, signal);
  if (asked.kind === 'ended' && asked.isOk && asked.stdout.includes("'sound'")) return;
  const file = await chimeFile(desktop.folder);
  if (file === undefined) return;
  for (const player of playerCommands(file)) {
    const end = await runProgram(player, environment, signal);
    if (end.kind === 'ended' && end.isOk) return;
  }
}

/** A banner without a sound is better than none, so a folder that cannot be written is no failure. */
async function chimeFile(folder: string): Promise<string | undefined> {
  const file = join(folder, 'chime.wav');
  if (existsSync(file)) return file;
  try {
    await mkdir(folder, { recursive: true });
    const fresh = `${file}.${process.pid}`;
    await writeFile(fresh, chimeWav());
    await rename(fresh, file);
    return file;
  } catch {
    return undefined;
  }
}
