/** Texts that something on the way to a person may read as more than a text. */
export const HOSTILE_TEXTS: readonly string[] = [
  '-i --help',
  '--hint=string:x:y',
  '$(touch /tmp/owned) `id` ${HOME} %PATH% !!',
  `it's "quoted" \\ and \\n and \\t and \\x41 \\101`,
  "'; Remove-Item C:\\ -Recurse; '",
  '" & (do shell script "id") & "',
  '<b>bold</b> & <a href="https://evil.example">link</a> &amp; <!channel> <@U1>',
  'two\nlines\r\nand\ttab',
  '😀 Grüße, 世界 \u202e reversed',
  '{{scheduled_for}} @everyone **stars** [a](b)',
  "[<'variant'>] (uint32 5,) @as []",
  'a'.repeat(900),
];
