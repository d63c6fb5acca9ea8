import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Compare } from '../../../src/domain/difference/compare.ts';
import { DIFFERENCE_CHARS_MAX } from '../../../src/domain/difference/compare.ts';
import { diffLines } from '../../../src/domain/difference/diff-lines.ts';
import {
  findDifference,
  readCompared,
  writeCompared,
} from '../../../src/domain/difference/find-difference.ts';

const MONDAY = Temporal.Instant.from('2026-11-02T08:00:00Z');
const TUESDAY = MONDAY.add({ hours: 24 });
const WEDNESDAY = MONDAY.add({ hours: 48 });

const TEXT: Compare = { kind: 'text' };
const ITEMS: Compare = { kind: 'items', path: undefined, identity: undefined };

/** The difference between results of runs on successive days; the last one is told. */
function between(by: Compare, ...results: readonly string[]) {
  let kept: string | undefined;
  let found = findDifference('', by, undefined, MONDAY).difference;
  for (const [day, result] of results.entries()) {
    const now = MONDAY.add({ hours: 24 * day });
    const { difference, compared } = findDifference(result, by, readCompared(kept), now);
    kept = writeCompared(compared);
    found = difference;
  }
  return found;
}

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });

describe('the lines of a difference', () => {
  it('make the one text of the other, whatever both are', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const found = diffLines(before, after);
        const without = (kind: string) =>
          found.filter((line) => line.kind !== kind).map(({ text }) => text);
        expect(without('added')).toEqual(before);
        expect(without('removed')).toEqual(after);
      }),
    );
  });

  it('hold nothing that was kept when one text is a part of the other', () => {
    fc.assert(
      fc.property(lines, fc.subarray('abcdefgh'.split('')), (_some, part) => {
        const whole = 'abcdefgh'.split('');
        const changed = diffLines(whole, part).filter(({ kind }) => kind !== 'kept');
        expect(changed).toHaveLength(whole.length - part.length);
      }),
    );
  });

  it('are all lines when the texts are too long to be compared', () => {
    const before = Array.from({ length: 3_000 }, (_, index) => `a${index}`);
    const after = before.map((line) => `b${line}`);
    expect(diffLines(before, after)).toHaveLength(6_000);
  });
});

describe('the difference between results', () => {
  it('is the first one, then same since the run that came to it, then what changed', () => {
    expect(between(TEXT, 'one')).toEqual({ kind: 'first' });
    expect(between(TEXT, 'one', 'one  \r\n')).toEqual({ kind: 'same', since: MONDAY });
    expect(between(TEXT, 'one', 'one', 'one')).toEqual({ kind: 'same', since: MONDAY });
    expect(between(TEXT, 'a\nb\nc', 'a\nx\nc')).toEqual({
      kind: 'changed',
      since: MONDAY,
      added: 1,
      removed: 1,
      text: '- b\n+ x',
      isCut: false,
    });
    expect(between(TEXT, 'a', 'b', 'a')).toMatchObject({ kind: 'changed', since: TUESDAY });
    expect(between(TEXT, 'a', 'b', 'b', 'b')).toEqual({ kind: 'same', since: TUESDAY });
  });

  it('is none for equal results, and never none for others, by each way of comparing', () => {
    const ways: readonly Compare[] = [TEXT, ITEMS, { kind: 'json', path: '' }];
    fc.assert(
      fc.property(
        fc.constantFrom(...ways),
        fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
        (by, one, other) => {
          const results = [
            JSON.stringify(one.toSorted((a, b) => a - b)),
            JSON.stringify(other.toSorted((a, b) => a - b)),
          ];
          const isSame = results[0] === results[1];
          expect(between(by, ...results).kind).toBe(isSame ? 'same' : 'changed');
        },
      ),
    );
  });

  it('by a value in JSON looks at that value alone, whatever the order of keys', () => {
    const by: Compare = { kind: 'json', path: 'status.level' };
    expect(
      between(
        by,
        '{"status":{"level":{"a":1,"b":2}},"at":1}',
        '{"at":2,"status":{"level":{"b":2,"a":1}}}',
      ).kind,
    ).toBe('same');
    expect(
      between(by, '{"status":{"level":1}}', '```json\n{"status":{"level":2}}\n```'),
    ).toMatchObject({ text: '- 1\n+ 2' });
    expect(between(by, '{"status":{"level":1}}', '{}')).toMatchObject({ text: '- 1\n+ null' });
    expect(between(by, 'no JSON', 'no JSON').kind).toBe('same');
  });

  it('by items tells which are new and which have gone, by their identity', () => {
    const by: Compare = { kind: 'items', path: 'issues', identity: 'id' };
    const before = '{"issues":[{"id":1,"n":1},{"id":2}]}';
    const after = '{"issues":[{"id":3,"title":"new\\none"},{"id":1,"n":7}]}';
    expect(between(by, before, after)).toMatchObject({
      added: 1,
      removed: 1,
      text: '+ {"id":3,"title":"new\\none"}\n- {"id":2}',
    });
    expect(between(ITEMS, 'b\na\n', 'a\n\n  b')).toMatchObject({ kind: 'same' });
    expect(between(ITEMS, 'a', 'a\nb')).toMatchObject({ text: '+ b', added: 1, removed: 0 });
  });

  it('is not told after the rule has changed, and is cut at its bound', () => {
    const first = findDifference('a', TEXT, undefined, MONDAY).compared;
    expect(findDifference('b', ITEMS, first, WEDNESDAY).difference).toEqual({ kind: 'first' });
    const long = Array.from({ length: 9_000 }, (_, index) => `line ${index}`).join('\n');
    const found = findDifference(long, TEXT, first, WEDNESDAY).difference;
    expect(found).toMatchObject({ kind: 'changed', isCut: true, added: 9_000 });
    expect(found.kind === 'changed' && found.text.length).toBe(DIFFERENCE_CHARS_MAX);
  });
});
