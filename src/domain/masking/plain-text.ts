/**
 * Text from outside without what could steer a terminal or deceive a reader: terminal escapes,
 * control characters other than newline and tab, characters that change the direction of text, and
 * invisible tag characters. A carriage return becomes a newline.
 */
export function toPlainText(text: string): string {
  if (!MAY_NEED_STRIPPING.test(text)) return text;
  return text
    .replaceAll(STRING_SEQUENCE, '')
    .replaceAll(ESCAPE_SEQUENCE, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(UNWANTED, '');
}

// Titles, links and the like, up to their terminator. One that does not end within the bound on its
// line hides nothing: only its introducer goes.
const STRING_SEQUENCE = new RegExp(
  String.raw`(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]{0,2048}(?:\u0007|\u001b\\|\u009c)`,
  'g',
);

// Colours, cursor movements, and two-character escapes.
const ESCAPE_SEQUENCE = new RegExp(
  String.raw`(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]|\u001b[ -/]{0,8}[0-~]`,
  'g',
);

const UNWANTED_CLASS =
  String.raw`\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e` +
  String.raw`\u2066-\u2069\ufff9-\ufffb\u{e0000}-\u{e007f}`;

const UNWANTED = new RegExp(`[${UNWANTED_CLASS}]`, 'gu');
const MAY_NEED_STRIPPING = new RegExp(`[${UNWANTED_CLASS}]`, 'u');
