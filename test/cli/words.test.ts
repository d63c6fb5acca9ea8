import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/cli/plain-text.ts';
import { namedValue, query } from '../../src/cli/read-flags.ts';
import { requestIdIn } from '../../src/cli/request-id.ts';
import { sayDuration, sayTime } from '../../src/cli/say-time.ts';
import { sheet, table } from '../../src/cli/table.ts';

describe('a table', () => {
  it('has columns as wide as what stands in them', () => {
    expect(
      table(
        ['A', 'LONG'],
        [
          ['abc', 'd'],
          ['e', ''],
        ],
      ),
    ).toBe('A    LONG\nabc  d\ne');
  });

  it('gives wide characters two columns', () => {
    expect(
      table(
        ['N', 'X'],
        [
          ['日本', '1'],
          ['ab', '2'],
        ],
      ),
    ).toBe('N     X\n日本  1\nab    2');
  });

  it('lets no text from outside move the cursor, break the line or turn it around', () => {
    expect(table(['N'], [['a\u001b[31m\nb\u202ec']])).toBe('N\na [31m b c');
    expect(plainText('tab\there')).toBe('tab here');
  });

  it('cuts a cell that would fill the screen', () => {
    expect(table(['N'], [['x'.repeat(100)]]).split('\n')[1]).toBe(`${'x'.repeat(59)}…`);
  });

  it('leaves out facts that are not known', () => {
    expect(
      sheet([
        ['one', '1'],
        ['three', undefined],
        ['four', '4'],
      ]),
    ).toBe('one   1\nfour  4');
  });
});

describe('a time', () => {
  const now = Temporal.Instant.from('2026-11-21T08:00:00Z');

  it('is told by the clock of its zone, with a countdown', () => {
    expect(sayTime('2026-11-23T09:00:00+01:00', 'Europe/Berlin', now)).toBe(
      'Mon 2026-11-23 09:00 (in 2d)',
    );
    expect(sayTime(null, 'Europe/Berlin', now)).toBe('–');
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_500, '1.5 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h 0 min'],
  ])('of %d ms took %s', (ms, words) => {
    expect(sayDuration(ms)).toBe(words);
  });
});

describe('a flag', () => {
  it('is cut at its first separator', () => {
    expect(namedValue('--env', 'A=b=c', '=')).toEqual(['A', 'b=c']);
    expect(namedValue('--header', 'Accept:  x: y', ':')).toEqual(['Accept', 'x: y']);
  });

  it.each(['=b', 'nothing', ''])('is refused as %j', (text) => {
    expect(() => namedValue('--env', text, '=')).toThrow('--env must be name=value');
  });

  it('becomes a part of a query only when it was given', () => {
    expect(query({ a: 'x y', b: undefined, c: ['1', '2'] })).toBe('?a=x+y&c=1&c=2');
    expect(query({ a: undefined })).toBe('');
  });
});

describe('the id of the first request', () => {
  it.each([
    ['{"method":"x","id":0}\n', 0],
    ['{"method":"x","id":"a"}\n', 'a'],
    ['garbage\n{"method":"n"}\n{"method":"x","id":2}\n{"method":"x","id":3}\n', 2],
    ['{"id":1,"result":{}}\n', undefined],
    ['{"method":"x","id":1}', undefined],
    ['null\n[]\n', undefined],
  ])('in %j is %j', (text, id) => {
    expect(requestIdIn(text)).toBe(id);
  });
});
