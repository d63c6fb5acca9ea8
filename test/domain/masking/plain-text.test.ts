import { describe, expect, it } from 'vitest';
import { toPlainText } from '../../../src/domain/masking/plain-text.ts';

describe('plain text', () => {
  it.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['cursor movements', 'a\u001b[2J\u001b[Hb', 'ab'],
    ['titles', '\u001b]0;title\u0007text', 'text'],
    ['links', '\u001b]8;;https://example.org\u001b\\here\u001b]8;;\u001b\\', 'here'],
    ['device strings', '\u001bPq#0;2\u001b\\x', 'x'],
    ['two-character escapes', '\u001b7\u001b(Bx\u001bc', 'x'],
    ['one-byte introducers', '\u009b31mred', 'red'],
    ['control characters', 'a\u0000b\u0008c\u007fd\u0007', 'abcd'],
    ['carriage returns', '10%\r20%\r\ndone', '10%\n20%\ndone'],
    ['changes of direction', 'a\u202eb\u2066c\u2069\u200fd', 'abcd'],
    ['invisible tags', 'a\u{e0041}\u{e007f}b', 'ab'],
  ])('loses %s', (_, text, plain) => {
    expect(toPlainText(text)).toBe(plain);
  });

  it('keeps everything else', () => {
    const text = 'tab\there\nnew line, é, 日本, 👩‍👩‍👧, \u00a0';
    expect(toPlainText(text)).toBe(text);
  });

  it('hides no text behind an escape that does not end', () => {
    expect(toPlainText('\u001b]0;never ends\nnext line')).toBe('0;never ends\nnext line');
    expect(toPlainText('\u001b')).toBe('');
  });

  it('is quick on hostile text', () => {
    const startedAt = performance.now();
    toPlainText('\u001b]'.repeat(100_000));
    toPlainText('\u001b[0'.repeat(100_000));
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
