import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chimeWav } from '../../src/channels/chime.ts';
import type { DesktopSystem } from '../../src/channels/desktop-commands.ts';
import { bannerCommands } from '../../src/channels/desktop-commands.ts';
import { showBanner } from '../../src/channels/desktop.ts';
import type { Notice } from '../../src/ports/channels.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';
import { temporaryFolder } from '../support/real-daemon.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const NOTICE: Notice = {
  key: 'run_1',
  title: 'Stand-up',
  body: 'Room 3',
  level: 'info',
  sound: undefined,
};

/** Programs that write down what they were called with, each argument behind its length. */
function stub(name: string, exitCode = 0, says = ''): void {
  const file = join(folder, 'bin', name);
  const script = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
appendFileSync(${JSON.stringify(join(folder, 'calls'))}, JSON.stringify([${JSON.stringify(name)}, process.argv.slice(2), process.env]) + '\\n');
process.stdout.write(${JSON.stringify(says)});
process.exit(${exitCode});
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

type Call = readonly [name: string, args: readonly string[], env: Record<string, string>];

function calls(): readonly Call[] {
  const text = readFileSync(join(folder, 'calls'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Call);
}

function show(
  system: DesktopSystem,
  notice: Partial<Notice> = {},
  variables: Readonly<Record<string, string>> = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' },
) {
  const environment = { PATH: join(folder, 'bin'), SECRET_OF_THE_DAEMON: 'x', ...variables };
  const desktop = { system, environment, userId: undefined, folder: join(folder, 'sounds') };
  const signal = new AbortController().signal;
  return showBanner(desktop, { kind: 'desktop' }, { ...NOTICE, ...notice }, signal);
}

describe('a banner', () => {
  it.each([
    ['linux', 'notify-send'],
    ['macos', 'osascript'],
    ['windows', 'powershell.exe'],
    ['wsl', 'powershell.exe'],
  ] as const)('hands every hostile text to %s byte for byte', async (system, program) => {
    stub(program);
    for (const [index, text] of HOSTILE_TEXTS.entries()) {
      const notice = { title: text.slice(0, 150), body: HOSTILE_TEXTS.at(-1 - index) ?? '' };
      expect(await show(system, { ...notice, sound: 'none' })).toEqual({
        isDelivered: true,
        note: `Shown by ${program}.`,
      });
      const [name, args] = calls().at(-1) ?? [];
      expect(name).toBe(program);
      const expected = bannerCommands(system, { ...NOTICE, ...notice, sound: 'none' })[0];
      expect(args).toEqual(expected?.args);
      if (system === 'macos') expect(args?.slice(-2)).toEqual([notice.title, notice.body]);
      if (system === 'linux') expect(args?.at(-2)).toBe(notice.title);
    }
  });

  it('gets nothing of the daemon beside what a banner takes', async () => {
    stub('notify-send');
    await show('linux');
    const variables = Object.keys(calls()[0]?.[2] ?? {});
    expect(variables).toContain('DBUS_SESSION_BUS_ADDRESS');
    expect(variables).not.toContain('SECRET_OF_THE_DAEMON');
  });

  it('is tried by the bus itself when notify-send is missing or fails', async () => {
    stub('gdbus', 0, '(uint32 7,)');
    expect((await show('linux')).note).toBe('Shown by gdbus.');
    stub('notify-send', 1);
    expect((await show('linux')).note).toBe('Shown by gdbus.');
  });

  it('says so when no program could show it, and when there is none', async () => {
    expect(await show('linux')).toEqual({
      isDelivered: false,
      note: 'This machine has no notify-send and no gdbus.',
    });
    stub('notify-send', 1);
    expect(await show('linux')).toEqual({
      isDelivered: false,
      note: 'notify-send could not show it.',
    });
  });

  it('calls nothing where nobody is logged in', async () => {
    stub('notify-send');
    expect(await show('linux', {}, {})).toEqual({
      isDelivered: false,
      note: 'There is no session bus: nobody is logged in at a desktop here.',
    });
    expect(() => calls()).toThrow('ENOENT');
    expect((await show('other')).isDelivered).toBe(false);
  });

  it('finds the bus of a session that the daemon knows nothing of', async () => {
    stub('notify-send');
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', 'bus'), '');
    expect((await show('linux', {}, { XDG_RUNTIME_DIR: join(folder, 'run') })).isDelivered).toBe(
      true,
    );
    expect(calls()[0]?.[2]['DBUS_SESSION_BUS_ADDRESS']).toBe(`unix:path=${folder}/run/bus`);
  });

  it('comes with our own sound by the first player that works', async () => {
    stub('notify-send');
    stub('pw-play', 1);
    stub('aplay');
    await show('linux');
    const file = join(folder, 'sounds', 'chime.wav');
    expect(calls().map(([name, args]) => [name, ...args.slice(-1)])).toEqual([
      ['notify-send', 'Room 3'],
      ['pw-play', file],
      ['aplay', file],
    ]);
    expect(readFileSync(file).equals(chimeWav())).toBe(true);
  });

  it('leaves the sound to a notification daemon that can play it, and to none when there is to be none', async () => {
    stub('notify-send');
    stub('gdbus', 0, `(['actions', 'body', 'sound'],)`);
    stub('paplay');
    await show('linux');
    expect(calls().map(([name]) => name)).toEqual(['notify-send', 'gdbus']);
    await show('linux', { sound: 'none' });
    expect(calls().map(([name]) => name)).toEqual(['notify-send', 'gdbus', 'notify-send']);
  });
});

it('has a sound of its own that is heard', () => {
  const wav = Buffer.from(chimeWav());
  expect(wav.toString('ascii', 0, 4)).toBe('RIFF');
  expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
  expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
  let peak = 0;
  for (let at = 44; at < wav.length; at += 2) peak = Math.max(peak, Math.abs(wav.readInt16LE(at)));
  expect(peak).toBeGreaterThan(4_000);
  expect(peak).toBeLessThan(32_767);
});

const NOTIFICATION_DAEMON = `
import sys, json
from gi.repository import Gio, GLib
XML = '<node><interface name="org.freedesktop.Notifications"><method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method><method name="GetCapabilities"><arg type="as" direction="out"/></method><method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/></method></interface></node>'
def call(connection, sender, path, interface, method, arguments, invocation):
    if method == 'Notify':
        print(json.dumps(arguments.unpack()), flush=True)
        invocation.return_value(GLib.Variant('(u)', (7,)))
    elif method == 'GetCapabilities':
        invocation.return_value(GLib.Variant('(as)', (['body', 'sound'],)))
    else:
        invocation.return_value(GLib.Variant('(ssss)', ('test', 'test', '1', '1.2')))
def acquired(connection, name):
    connection.register_object('/org/freedesktop/Notifications', Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], call, None, None)
def named(connection, name):
    print(connection.get_unique_name() and 'ready', flush=True)
Gio.bus_own_name(Gio.BusType.SESSION, 'org.freedesktop.Notifications', 0, acquired, named, None)
GLib.MainLoop().run()
`;

const PYTHON = '/usr/bin/python3';
const canRun = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args).status === 0;
const hasBus = canRun('dbus-run-session', '--version') && canRun(PYTHON, '-c', 'import gi');
const senders = [
  ['notify-send', hasBus && canRun('notify-send', '--version')],
  ['gdbus', hasBus && canRun('gdbus', 'help')],
] as const;

/** One session with a real bus, a real notification daemon, and the real program that speaks to it. */
const SESSION = `
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import 'temporal-polyfill/global';
const [daemonScript, desktopModule, work] = process.argv.slice(1);
const { showBanner } = await import(desktopModule);
const { texts, path } = JSON.parse(work);
const daemon = spawn('${PYTHON}', ['-c', daemonScript], { stdio: ['ignore', 'pipe', 'inherit'] });
const lines = createInterface({ input: daemon.stdout })[Symbol.asyncIterator]();
await lines.next();
const desktop = { system: 'linux', environment: { ...process.env, PATH: path }, userId: undefined, folder: '/nonexistent' };
const seen = [];
for (const text of texts) {
  const notice = { key: 'k', title: text.slice(0, 150), body: text, level: 'urgent', sound: 'alarm-clock-elapsed' };
  const told = await showBanner(desktop, { kind: 'desktop' }, notice, new AbortController().signal);
  seen.push([told, JSON.parse((await lines.next()).value)]);
}
daemon.kill();
process.stdout.write(JSON.stringify(seen));
`;

describe('a real notification daemon on a session bus', () => {
  for (const [program, isThere] of senders) {
    const title = `gets title, body, urgency and sound from ${program}, hostile text included`;
    if (!isThere) console.warn(`SKIPPED: ${program}, dbus-run-session or python3-gi is missing`);
    it.skipIf(!isThere)(title, async () => {
      // A PATH with this one program, so that no other one is tried.
      const found = spawnSync('sh', ['-c', `command -v ${program}`])
        .stdout.toString()
        .trim();
      writeFileSync(join(folder, 'bin', program), `#!/bin/sh\nexec ${found} "$@"\n`);
      chmodSync(join(folder, 'bin', program), 0o755);
      const work = JSON.stringify({ texts: HOSTILE_TEXTS, path: join(folder, 'bin') });
      const module = new URL('../../src/channels/desktop.ts', import.meta.url).href;
      const { stdout } = await promisify(execFile)(
        'dbus-run-session',
        [
          '--',
          process.execPath,
          '--input-type=module',
          '-e',
          SESSION,
          NOTIFICATION_DAEMON,
          module,
          work,
        ],
        { env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}${delimiter}/usr/bin` } },
      );
      const seen = JSON.parse(stdout) as readonly (readonly [
        { readonly isDelivered: boolean; readonly note: string },
        readonly [string, number, string, string, string, string[], Record<string, unknown>],
      ])[];
      expect(seen.length).toBe(HOSTILE_TEXTS.length);
      for (const [index, [told, [app, , , shownTitle, body, , hints]]] of seen.entries()) {
        const text = HOSTILE_TEXTS[index] ?? '';
        expect(told.note).toBe(`Shown by ${program}.`);
        expect(app).toBe('Carillon');
        expect(shownTitle).toBe(text.slice(0, 150));
        expect(unescaped(body)).toBe(text);
        expect(hints).toMatchObject({ urgency: 2, 'sound-name': 'alarm-clock-elapsed' });
      }
    });
  }
});

/** What a notification daemon that reads markup shows. */
function unescaped(markup: string): string {
  expect(markup).not.toMatch(/[<>]/);
  return markup.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
