import { describe, expect, it } from 'vitest';
import { judgeExit } from '../../../src/executors/command/judge-exit.ts';
import { parsePs, processesOf } from '../../../src/executors/command/processes.ts';
import { parseStatus, signalOf } from '../../../src/executors/command/wrapper.ts';

const MARK = 'run_01kabcdefghjkmnpqrstvwxyz0/1';
const OUTPUT = { durationMs: 5, outputBytes: 7, outputIsCut: false };

describe('status file', () => {
  it.each([
    ['', undefined, undefined, false],
    ['pid 12', undefined, undefined, false],
    ['pid 12\n', 12, undefined, false],
    ['pid 12\nexit 1', 12, undefined, false],
    ['pid 12\nexit 137\n', 12, 137, false],
    ['pid 12\nexit 0\ndrained\n', 12, 0, true],
    ['pid x\nexit -1\n', undefined, undefined, false],
  ])('counts whole lines only: %j', (text, pid, exit, isDrained) => {
    expect(parseStatus(text)).toEqual({ pid, exit, isDrained });
  });

  it('names signals by the shell’s convention', () => {
    expect([137, 143, 134, 1, 127, 128, 255].map(signalOf)).toEqual([
      'SIGKILL',
      'SIGTERM',
      'SIGABRT',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('processes of an attempt', () => {
  const entry = (
    pid: number,
    parent: number,
    group: number,
    mark?: string,
  ): { pid: number; parent: number; group: number; mark: string | undefined } => ({
    pid,
    parent,
    group,
    mark,
  });

  it('are those with its mark or in its group, and their descendants', () => {
    const all = [
      entry(10, 1, 10, MARK),
      entry(11, 10, 10),
      entry(12, 1, 12, MARK),
      entry(13, 12, 13),
      entry(14, 13, 14),
      entry(20, 1, 20),
    ];
    expect(processesOf(MARK, 10, all)).toEqual([10, 11, 12, 13, 14]);
    expect(processesOf(MARK, undefined, all)).toEqual([10, 12, 11, 13, 14]);
  });

  it('are never those of another attempt, the first process or ourselves', () => {
    const other = MARK.replace('/1', '/2');
    const all = [
      entry(1, 0, 10, MARK),
      entry(process.pid, 1, 10, MARK),
      entry(10, 1, 10, other),
      entry(11, 10, 11, other),
      entry(12, 1, 12, MARK),
    ];
    expect(processesOf(MARK, 10, all)).toEqual([12]);
  });

  it('are read from ps where there is no /proc', () => {
    expect(parsePs('    1     0     1 Ss\n  42     1    42 S+\n  43    42    42 Z\n')).toEqual([
      entry(1, 0, 1),
      entry(42, 1, 42),
    ]);
  });
});

describe('judging an exit', () => {
  it.each([
    ['cancelled', { kind: 'cancelled' }],
    ['timed_out', { kind: 'timed_out' }],
    ['deadline', { kind: 'failed', reason: 'deadline', retryable: false }],
    ['budget', { kind: 'failed', reason: 'budget', retryable: false }],
    [undefined, { kind: 'succeeded' }],
  ] as const)('lets a stop (%s) decide, however the command ended', (stop, outcome) => {
    expect(judgeExit({ kind: 'status', status: 0 }, stop, OUTPUT)).toMatchObject({
      ...outcome,
      result: { exitCode: 0, ...OUTPUT },
    });
  });
});
