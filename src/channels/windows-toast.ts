import type { DesktopCommand, ShownNotice } from './desktop-commands.ts';

/** Windows PowerShell as an application that may show toasts: every Windows has it registered. */
const APP_ID = String.raw`{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe`;

/**
 * A toast by Windows PowerShell, which alone can reach WinRT; `pwsh` cannot. The script is handed over
 * encoded, and the texts in it are base64, decoded there and set as text of the XML.
 */
export function toastCommand(shown: ShownNotice, sound: string | undefined): DesktopCommand {
  const script = toastScript(shown, sound);
  return {
    program: 'powershell.exe',
    args: [
      '-NoProfile',
      '-NonInteractive',
      '-EncodedCommand',
      Buffer.from(script, 'utf16le').toString('base64'),
    ],
  };
}

export function toastScript({ title, body }: ShownNotice, sound: string | undefined): string {
  const audio =
    sound === undefined
      ? '<audio silent="true"/>'
      : `<audio src="ms-winsoundevent:${sound.replaceAll(' ', '')}"/>`;
  return [
    `$ErrorActionPreference = 'Stop'`,
    `[Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime] | Out-Null`,
    `[Windows.Data.Xml.Dom.XmlDocument, Windows.Data.Xml.Dom.XmlDocument, ContentType = WindowsRuntime] | Out-Null`,
    `$xml = New-Object Windows.Data.Xml.Dom.XmlDocument`,
    `$xml.LoadXml('<toast><visual><binding template="ToastGeneric"><text/><text/></binding></visual>${audio}</toast>')`,
    `$texts = $xml.GetElementsByTagName('text')`,
    ...[title, body].map((text, index) => appendText(index, text)),
    `$toast = New-Object Windows.UI.Notifications.ToastNotification $xml`,
    `[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier('${APP_ID}').Show($toast)`,
  ].join('\n');
}

function appendText(index: number, text: string): string {
  const data = Buffer.from(asXmlText(text)).toString('base64');
  return `$texts.Item(${index}).AppendChild($xml.CreateTextNode([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${data}')))) | Out-Null`;
}

/** XML has no way to write most control characters. */
function asXmlText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is left out
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
}
