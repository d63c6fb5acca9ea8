import { describe, expect, it } from 'vitest';
import {
  bannerCommands,
  CAPABILITIES_COMMAND,
  desktopSystem,
  playerCommands,
} from '../../src/channels/desktop-commands.ts';
import { toastScript } from '../../src/channels/windows-toast.ts';
import type { Notice } from '../../src/ports/channels.ts';

const NOTICE: Notice = {
  key: 'run_1',
  title: '-n Stand-up & $(id)',
  body: `<b>Room</b> 3's \\n "door"`,
  level: 'info',
  sound: undefined,
};

describe('the commands that show a banner', () => {
  it('are notify-send and then the bus itself on Linux', () => {
    expect(bannerCommands('linux', NOTICE)).toEqual([
      {
        program: 'notify-send',
        args: [
          '--app-name=Carillon',
          '--urgency=normal',
          '--hint=string:sound-name:message-new-instant',
          '--',
          '-n Stand-up & $(id)',
          `&lt;b&gt;Room&lt;/b&gt; 3's \\\\n "door"`,
        ],
      },
      {
        program: 'gdbus',
        args: [
          'call',
          '--session',
          '--dest=org.freedesktop.Notifications',
          '--object-path=/org/freedesktop/Notifications',
          '--method=org.freedesktop.Notifications.Notify',
          `'Carillon'`,
          'uint32 0',
          `''`,
          `'-n Stand-up & $(id)'`,
          `'&lt;b&gt;Room&lt;/b&gt; 3\\'s \\\\n "door"'`,
          '@as []',
          `{'urgency': <byte 1>, 'sound-name': <'message-new-instant'>}`,
          'int32 -1',
        ],
      },
    ]);
  });

  it('are one osascript on macOS, with the texts as its arguments', () => {
    expect(bannerCommands('macos', NOTICE)).toEqual([
      {
        program: 'osascript',
        args: [
          '-e',
          'on run argv',
          '-e',
          'display notification (item 3 of argv) with title (item 2 of argv) sound name (item 4 of argv)',
          '-e',
          'end run',
          'carillon',
          '-n Stand-up & $(id)',
          `<b>Room</b> 3's \\n "door"`,
          'Glass',
        ],
      },
    ]);
    expect(bannerCommands('macos', { ...NOTICE, sound: 'none' })[0]?.args).toEqual([
      '-e',
      'on run argv',
      '-e',
      'display notification (item 3 of argv) with title (item 2 of argv)',
      '-e',
      'end run',
      'carillon',
      '-n Stand-up & $(id)',
      `<b>Room</b> 3's \\n "door"`,
    ]);
  });

  it('are one Windows PowerShell on Windows, which gets the texts as base64', () => {
    const [command, ...others] = bannerCommands('windows', NOTICE);
    expect(others).toEqual([]);
    expect(command?.program).toBe('powershell.exe');
    expect(command?.args.slice(0, 3)).toEqual(['-NoProfile', '-NonInteractive', '-EncodedCommand']);
    expect(Buffer.from(command?.args[3] ?? '', 'base64').toString('utf16le'))
      .toBe(`$ErrorActionPreference = 'Stop'
[Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime] | Out-Null
[Windows.Data.Xml.Dom.XmlDocument, Windows.Data.Xml.Dom.XmlDocument, ContentType = WindowsRuntime] | Out-Null
$xml = New-Object Windows.Data.Xml.Dom.XmlDocument
$xml.LoadXml('<toast><visual><binding template="ToastGeneric"><text/><text/></binding></visual><audio src="ms-winsoundevent:Notification.Reminder"/></toast>')
$texts = $xml.GetElementsByTagName('text')
$texts.Item(0).AppendChild($xml.CreateTextNode([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('LW4gU3RhbmQtdXAgJiAkKGlkKQ==')))) | Out-Null
$texts.Item(1).AppendChild($xml.CreateTextNode([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('PGI+Um9vbTwvYj4gMydzIFxuICJkb29yIg==')))) | Out-Null
$toast = New-Object Windows.UI.Notifications.ToastNotification $xml
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier('{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe').Show($toast)`);
  });

  it('are those of Windows and then those of Linux on WSL', () => {
    expect(bannerCommands('wsl', NOTICE).map(({ program }) => program)).toEqual([
      'powershell.exe',
      'notify-send',
      'gdbus',
    ]);
  });

  it('are none on a system without one', () => {
    expect(bannerCommands('other', NOTICE)).toEqual([]);
  });

  it('are urgent when the notice is, silent when it is to be, and name the sound asked for', () => {
    const [send, bus] = bannerCommands('linux', { ...NOTICE, level: 'urgent', sound: 'none' });
    expect(send?.args.slice(0, 3)).toEqual(['--app-name=Carillon', '--urgency=critical', '--']);
    expect(bus?.args.at(-2)).toBe(`{'urgency': <byte 2>}`);
    const [bell] = bannerCommands('linux', { ...NOTICE, sound: 'alarm-clock-elapsed' });
    expect(bell?.args).toContain('--hint=string:sound-name:alarm-clock-elapsed');
    expect(toastScript(NOTICE, undefined)).toContain('<audio silent="true"/>');
    // What is no name of a sound never gets into a script or a hint.
    const [odd] = bannerCommands('linux', { ...NOTICE, sound: `"/><script>` });
    expect(odd?.args).toContain('--hint=string:sound-name:message-new-instant');
  });

  it('carry no character that an argument cannot', () => {
    const [send] = bannerCommands('linux', { ...NOTICE, title: 'a\0b\ud800', body: '' });
    expect(send?.args.slice(-2)).toEqual(['ab\ufffd', '']);
  });

  it('stay under the longest command line of Windows, whatever the texts are', () => {
    const long = { ...NOTICE, title: '世'.repeat(5_000), body: '界'.repeat(50_000) };
    expect(bannerCommands('windows', long)[0]?.args.join(' ').length).toBeLessThan(32_000);
  });
});

it('asks the notification daemon what it can do, and knows four players', () => {
  expect(CAPABILITIES_COMMAND.args.at(-1)).toBe(
    '--method=org.freedesktop.Notifications.GetCapabilities',
  );
  expect(playerCommands('/x/chime.wav')).toEqual([
    { program: 'pw-play', args: ['/x/chime.wav'] },
    { program: 'paplay', args: ['/x/chime.wav'] },
    { program: 'aplay', args: ['-q', '/x/chime.wav'] },
    { program: 'ffplay', args: ['-nodisp', '-autoexit', '-loglevel', 'quiet', '/x/chime.wav'] },
  ]);
});

it('tells the systems apart', () => {
  expect(desktopSystem('darwin', '25.1.0')).toBe('macos');
  expect(desktopSystem('win32', '10.0.26100')).toBe('windows');
  expect(desktopSystem('linux', '6.12.1-arch')).toBe('linux');
  expect(desktopSystem('linux', '6.6.87.2-microsoft-standard-WSL2')).toBe('wsl');
  expect(desktopSystem('freebsd', '14')).toBe('other');
});
