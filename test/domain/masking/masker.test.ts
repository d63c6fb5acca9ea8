import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker, maskText, PATTERN_BYTES_MAX } from '../../../src/domain/masking/masker.ts';
import { secretForms } from '../../../src/domain/masking/secret-forms.ts';

const SECRET = `p@ss "w'rd" <é&/\\>$1`;

function maskChunks(chunks: readonly string[], secrets: readonly string[]): string {
  const masker = createMasker(secrets);
  const parts = chunks.map((chunk) => Buffer.from(masker.push(Buffer.from(chunk, 'latin1'))));
  parts.push(Buffer.from(masker.end()));
  return Buffer.concat(parts).toString('latin1');
}

describe('masker', () => {
  it('masks a secret as it is', () => {
    expect(maskText(`key=${SECRET}!`, [SECRET])).toBe('key=***!');
  });

  it.each([
    ['URL-encoded', encodeURIComponent(SECRET)],
    ['URL-encoded with lower-case digits', encodeURIComponent(SECRET).toLowerCase()],
    ['form-encoded', new URLSearchParams({ v: SECRET }).toString().slice(2)],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ['in HTML', `p@ss &quot;w&#39;rd&quot; &lt;é&amp;/\\&gt;$1`],
    ['in single quotes', SECRET.replaceAll("'", `'\\''`)],
    ['in double quotes of a shell', `p@ss \\"w'rd\\" <é&/\\\\>\\$1`],
    ['in lower-case hex', Buffer.from(SECRET).toString('hex')],
    ['in upper-case hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ])('masks it %s', (_, form) => {
    expect(form).not.toBe('');
    const masked = maskText(`<${form}>`, [SECRET]);
    expect(masked === '<***>' || masked === '<p@ss ***>' ? 'masked' : masked).toBe('masked');
  });

  it.each([0, 1, 2])('masks it in base64 after %i other bytes', (count) => {
    const bytes = Buffer.from(`${'x'.repeat(count)}${SECRET}${SECRET}yy`);
    for (const encoding of ['base64', 'base64url'] as const) {
      const text = bytes.toString(encoding);
      const masked = maskText(text, [SECRET]);
      expect(masked).toContain('***');
      // At most two characters on either side of each occurrence depend on the neighbours too.
      expect(masked.replaceAll('*', '').length).toBeLessThanOrEqual(16);
    }
  });

  it('masks each line of a secret that has several', () => {
    const secret = '-----BEGIN-----\nMIIEvgIBADAN\n  indented line\n-----END KEY-----\n';
    expect(maskText('a MIIEvgIBADAN b indented line c', [secret])).toBe('a *** b *** c');
  });

  it('masks what overlaps as one', () => {
    expect(maskText('abcdefghijk', ['abcdefg', 'efghij'])).toBe('***k');
    expect(maskText('aaaaaaaaaaaa', ['aaaaaa'])).toBe('***');
  });

  it('prefers the longer of two secrets that begin alike', () => {
    expect(maskText('token-abcdef-suffix', ['token-abcdef', 'token-abcdef-suffix'])).toBe('***');
  });

  it('leaves values under four characters alone, and short ones except as they are', () => {
    expect(maskText('abc', ['abc'])).toBe('abc');
    expect(maskText('1234 31323334', ['1234'])).toBe('*** 31323334');
  });

  it('masks a long secret whole', () => {
    const secret = Array.from({ length: 5000 }, (_, index) => (index * 7919).toString(36)).join('');
    expect(maskText(`<${secret}>`, [secret]).replaceAll('***', '')).toBe('<>');
    expect(
      maskText(`<${Buffer.from(secret).toString('base64')}>`, [secret]).replaceAll('***', '')
        .length,
    ).toBeLessThan(8);
  });

  it('gives the same answer however the bytes are cut', () => {
    const secrets = ['abcabcabd', 'cabdxx', 'bcabca', 'aaaaaa', '12345'];
    const piece = fc.constantFrom(...secrets, 'abc', 'ab', 'a', 'c', 'x', 'bd', '1', '2345', '61');
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(12)), (pieces, cuts) => {
        // The end of the line: nothing before it can still become a secret.
        const text = `${pieces.join('')}\n`;
        const chunks: string[] = [];
        let from = 0;
        for (const length of cuts) {
          chunks.push(text.slice(from, from + length));
          from += length;
        }
        chunks.push(text.slice(from));
        const masked = maskChunks(chunks, secrets);
        const atOnce = maskChunks([text], secrets);
        expect(masked).toBe(atOnce);
        expect(atOnce).toBe(maskSlowly(text, secrets));
      }),
      { numRuns: 2000 },
    );
  });

  it('holds back only what may become a secret', () => {
    const masker = createMasker(['secret-value']);
    expect(Buffer.from(masker.push(Buffer.from('Password: '))).toString()).toBe('Password: ');
    expect(Buffer.from(masker.push(Buffer.from('hello secr'))).toString()).toBe('hello ');
    expect(Buffer.from(masker.push(Buffer.from('ets'))).toString()).toBe('secrets'.slice(0, 6));
    expect(PATTERN_BYTES_MAX).toBeLessThan(1024);
  });

  it('does not use the bytes of a chunk after the call', () => {
    const masker = createMasker(['secret-value']);
    const chunk = Buffer.from('hello secret-');
    masker.push(chunk);
    chunk.fill('x');
    expect(Buffer.from(masker.push(Buffer.from('value'))).toString()).toBe('***');
  });

  it('masks a secret that a gap or the end cuts off', () => {
    const masker = createMasker(['secret-value']);
    masker.push(Buffer.from('hello secret-v'));
    expect(Buffer.from(masker.gap()).toString()).toBe('***');
    masker.push(Buffer.from('alue and more'));
    masker.push(Buffer.from(' sec'));
    expect(Buffer.from(masker.end()).toString()).toBe('alue and more sec');
  });

  it('masks the end of a secret that a gap cuts off, wherever and in whichever form', () => {
    for (const form of secretForms([SECRET])) {
      const bytes = Buffer.from(form);
      for (let cut = 1; cut < bytes.length; cut += 1) {
        const masker = createMasker([SECRET]);
        const told: Uint8Array[] = [
          masker.push(Buffer.from('x')),
          masker.push(bytes.subarray(0, cut)),
        ];
        told.push(masker.gap());
        for (const byte of bytes.subarray(cut)) told.push(masker.push(Uint8Array.of(byte)));
        told.push(masker.push(Buffer.from('\n')), masker.end());
        const rest = bytes.length - cut;
        const masked = Buffer.concat(told).toString('latin1');
        if (cut >= 6) expect(masked).not.toContain(bytes.subarray(0, cut).toString('latin1'));
        if (rest >= 6) expect(masked).not.toContain(bytes.subarray(cut).toString('latin1'));
      }
    }
  });

  it('goes on as ever after the end of a secret that a gap cut off', () => {
    const masker = createMasker(['secret-value']);
    masker.gap();
    const said = ['value', ' secret-value ', 'secret-va', 'lue', ' end', '.'.repeat(600)]
      .map((text) => Buffer.from(masker.push(Buffer.from(text))).toString())
      .join('');
    expect(said + Buffer.from(masker.end()).toString()).toBe(`value *** *** end${'.'.repeat(600)}`);
    masker.gap();
    const [first, rest] = [masker.push(Buffer.from('t-value secret-value')), masker.end()];
    expect(Buffer.concat([first, rest]).toString()).toBe('*** ***');
  });

  it('hands the bytes through when there is no secret', () => {
    const bytes = Buffer.from('anything');
    expect(createMasker([]).push(bytes)).toBe(bytes);
    expect(createMasker(['']).push(bytes)).toBe(bytes);
  });
});

/** The rule, said as simply as possible: what overlaps becomes one mask, what only touches two. */
function maskSlowly(text: string, secrets: readonly string[]): string {
  const isMasked = Array.from(text, () => false);
  const starts = new Set<number>();
  for (const form of secretForms(secrets)) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
      starts.add(at);
      isMasked.fill(true, at, at + form.length);
    }
  }
  let out = '';
  let until = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (isMasked[index] !== true) {
      out += text.charAt(index);
      continue;
    }
    if (starts.has(index) && index >= until) out += '***';
    if (starts.has(index)) {
      for (const form of secretForms(secrets)) {
        if (text.startsWith(form, index)) until = Math.max(until, index + form.length);
      }
    }
  }
  return out;
}
