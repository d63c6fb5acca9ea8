import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idSuffix, isRunId, isTaskId } from '../../src/domain/id.ts';

const ZEROS = new Uint8Array(10);
const ONES = new Uint8Array(10).fill(0xff);

describe('idSuffix', () => {
  it('is a UUIDv7: its time, its version and its variant are where they belong', () => {
    expect(idSuffix(0, ZEROS)).toBe('0000000000e008000000000000');
    const value = numberOf(idSuffix(1_793_606_400_000, ONES));
    expect(value >> 80n).toBe(1_793_606_400_000n);
    expect((value >> 76n) & 0xfn).toBe(7n);
    expect((value >> 62n) & 3n).toBe(2n);
    expect(value & 0x3fffffffffffffffn).toBe(0x3fffffffffffffffn);
  });

  it('sorts by time, whatever the random part', () => {
    const times = fc.nat(2 ** 40);
    const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(times, times, random, random, (one, other, a, b) => {
        fc.pre(one < other);
        expect(idSuffix(one, a) < idSuffix(other, b)).toBe(true);
        expect(isTaskId(`task_${idSuffix(one, a)}`)).toBe(true);
        expect(isRunId(`run_${idSuffix(one, a)}`)).toBe(true);
      }),
    );
  });

  it('differs when a random bit differs that is not the version or the variant', () => {
    const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(random, fc.integer({ min: 3, max: 9 }), (bytes, index) => {
        const changed = Uint8Array.from(bytes, (byte, place) =>
          place === index ? byte ^ 1 : byte,
        );
        expect(idSuffix(1, changed)).not.toBe(idSuffix(1, bytes));
      }),
    );
  });
});

describe('isTaskId', () => {
  const good = idSuffix(1_793_606_400_000, ONES);
  it.each([
    ['another prefix', `run_${good}`],
    ['no prefix', good],
    ['too short', `task_${good.slice(1)}`],
    ['too long', `task_${good}0`],
    ['capitals', `task_${good.toUpperCase()}`],
    ['a letter outside the alphabet', `task_${good.slice(0, 25)}u`],
    ['more than 128 bits', `task_8${good.slice(1)}`],
    ['a line break behind', `task_${good}\n`],
  ])('refuses %s', (_name, text) => {
    expect(isTaskId(text)).toBe(false);
  });
});

function numberOf(suffix: string): bigint {
  let value = 0n;
  for (const letter of suffix)
    value = (value << 5n) | BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(letter));
  return value;
}
