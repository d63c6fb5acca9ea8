import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideGates,
  readGateMemory,
  writeGateMemory,
} from '../../../src/domain/gates/decide-gates.ts';
import type { Gate, Gates, Observed } from '../../../src/domain/gates/gate.ts';

const NOW = Temporal.Instant.from('2026-11-02T08:00:00Z');
const LATER = NOW.add({ hours: 1 });

function files(name: string): Gate {
  return { kind: 'files', pattern: `/${name}` };
}

function gatesOf(count: number, onError: Gates['onError'] = 'run'): Gates {
  const others = Array.from({ length: count - 1 }, (_, index) => files(`other ${index}`));
  return { gates: [files('first'), ...others], onError };
}

const value = (text: string): Observed => ({ kind: 'value', value: text });
const FAILED: Observed = { kind: 'failed', message: 'It may not be read.' };
const NOTHING_KNOWN = new Map();

const observed: fc.Arbitrary<Observed> = fc.oneof(
  fc.constantFrom('a', 'b').map(value),
  fc.constant<Observed>({ kind: 'open' }),
  fc.constant<Observed>({ kind: 'closed' }),
  fc.constant(FAILED),
);

describe('gates', () => {
  it('let a run go when one of them has changed or was never seen, and skip it when none has', () => {
    const gates = gatesOf(2);
    const first = decideGates(gates, [value('a'), value('b')], NOTHING_KNOWN, NOW);
    if (first.kind !== 'pass') throw new Error(first.kind);
    const known = readGateMemory(writeGateMemory(first.memory));
    expect(known).toEqual(first.memory);
    expect(decideGates(gates, [value('a'), value('b')], known, LATER)).toEqual({
      kind: 'skip',
      why: 'What is in /first is the same since 2026-11-02T08:00:00Z; What is in /other 0 is the same since 2026-11-02T08:00:00Z.',
    });
    const changed = decideGates(gates, [value('a'), value('c')], known, LATER);
    expect(changed).toMatchObject({ kind: 'pass', why: 'What is in /other 0 has changed.' });
    if (changed.kind !== 'pass') return;
    expect([...changed.memory.values()]).toEqual([
      { value: 'a', since: NOW },
      { value: 'c', since: LATER },
    ]);
  });

  it('forget what a gate was that is written otherwise now', () => {
    const first = decideGates(gatesOf(1), [value('a')], NOTHING_KNOWN, NOW);
    if (first.kind !== 'pass') throw new Error(first.kind);
    const other = { gates: [files('elsewhere')], onError: 'run' } as const;
    expect(decideGates(other, [value('a')], first.memory, LATER)).toMatchObject({ kind: 'pass' });
  });

  it('go by what a gate says itself, and keep nothing of it', () => {
    const open = decideGates(gatesOf(1), [{ kind: 'open' }], NOTHING_KNOWN, NOW);
    expect(open).toMatchObject({ kind: 'pass', memory: new Map() });
    expect(decideGates(gatesOf(1), [{ kind: 'closed' }], NOTHING_KNOWN, NOW)).toMatchObject({
      kind: 'skip',
      why: 'What is in /first says that there is nothing to do.',
    });
  });

  it('that cannot be looked at let a run go or fail, as the task says, and keep what was known', () => {
    const known = new Map([[JSON.stringify(files('first')), { value: 'a', since: NOW }]]);
    const message = 'What is in /first could not be looked at: It may not be read.';
    expect(decideGates(gatesOf(1), [FAILED], known, LATER)).toEqual({
      kind: 'pass',
      why: `${message} So it ran to be safe.`,
      memory: known,
    });
    expect(decideGates(gatesOf(1, 'fail'), [FAILED], known, LATER)).toEqual({
      kind: 'fail',
      message,
    });
  });

  it('skip a run only when every one was looked at and none has changed', () => {
    fc.assert(
      fc.property(
        fc.array(observed, { minLength: 1, maxLength: 4 }),
        fc.array(observed, { minLength: 4, maxLength: 4 }),
        fc.constantFrom('run', 'fail'),
        (looks, before, onError) => {
          const gates = gatesOf(looks.length, onError);
          const known = new Map(
            gates.gates.flatMap((gate, index) => {
              const seen = before[index];
              if (seen?.kind !== 'value') return [];
              return [[JSON.stringify(gate), { value: seen.value, since: NOW }] as const];
            }),
          );
          const decision = decideGates(gates, looks, known, LATER);
          const failed = looks.some(({ kind }) => kind === 'failed');
          const changed = looks.some((look, index) => {
            const seen = before[index];
            const isKnown = seen?.kind === 'value' && look.kind === 'value';
            return (
              look.kind === 'open' ||
              (look.kind === 'value' && !(isKnown && seen.value === look.value))
            );
          });
          const expected =
            failed && onError === 'fail' ? 'fail' : changed || failed ? 'pass' : 'skip';
          expect(decision.kind).toBe(expected);
        },
      ),
    );
  });
});
