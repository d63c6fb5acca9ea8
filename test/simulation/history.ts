import fc from 'fast-check';
import { NO_BUDGET, type Budget } from '../../src/domain/budget/budget.ts';
import type { CatchUpMode, OverlapPolicy } from '../../src/domain/policies.ts';
import type { Behaviour, Kill } from './process.ts';

/** What a history begins with. */
export type TaskPlan = {
  readonly intervalMs: number;
  readonly catchUp: CatchUpMode;
  readonly windowMs: number;
  readonly spreadMs: number;
  readonly overlap: OverlapPolicy;
  readonly concurrency: number | undefined;
  readonly attemptsMax: number;
  readonly retriesLost: boolean;
  readonly timeoutMs: number;
  readonly deadlineMs: number | undefined;
  /** Absent for a task that runs a command. */
  readonly agent: Budget | undefined;
};

/** Something that happens; numbers name processes, tasks and runs modulo how many there are. */
export type HistoryEvent =
  | { readonly kind: 'advance'; readonly ms: number }
  /** The laptop sleeps: the wall clock moves, the monotonic one does not. Steps back are clocks set. */
  | { readonly kind: 'step'; readonly ms: number }
  | { readonly kind: 'kill'; readonly process: number; readonly at: Kill }
  | { readonly kind: 'freeze'; readonly process: number; readonly ms: number }
  | { readonly kind: 'start'; readonly process: number }
  | { readonly kind: 'pause' | 'resume' | 'delete'; readonly task: number }
  | { readonly kind: 'edit'; readonly task: number; readonly intervalMs: number }
  | { readonly kind: 'run'; readonly task: number; readonly key: number | undefined }
  | { readonly kind: 'cancel'; readonly run: number };

export type History = {
  readonly processes: number;
  readonly tasks: readonly TaskPlan[];
  readonly behaviours: readonly Behaviour[];
  readonly events: readonly HistoryEvent[];
};

const HOUR_MS = 3_600_000;

// None divides an hour, so that an occurrence an hour off is never another one.
const INTERVALS_MS = [1_100, 1_700, 7_000, 13_000, 61_000, 60 * 24 * HOUR_MS + 11];

const budget: fc.Arbitrary<Budget> = fc
  .record({
    tokensPerRun: fc.constantFrom(undefined, 50),
    tokensPerDay: fc.constantFrom(undefined, 60, 100),
    onLimit: fc.constantFrom<Budget['onLimit']>('skip', 'wait'),
  })
  .map((bounds) => ({ ...NO_BUDGET, ...bounds }));

const taskPlan: fc.Arbitrary<TaskPlan> = fc.record({
  agent: fc.option(budget, { nil: undefined, freq: 2 }),
  intervalMs: fc.constantFrom(...INTERVALS_MS),
  catchUp: fc.constantFrom<CatchUpMode>('none', 'latest', 'all'),
  windowMs: fc.constantFrom(65_000, 90_000, 24 * HOUR_MS),
  spreadMs: fc.constantFrom(0, 2_000),
  overlap: fc.constantFrom<OverlapPolicy>('skip', 'queue_one', 'queue_all', 'replace', 'allow'),
  concurrency: fc.constantFrom(undefined, undefined, 2),
  attemptsMax: fc.constantFrom(1, 1, 3),
  retriesLost: fc.boolean(),
  timeoutMs: fc.constantFrom(1_000, 2_500),
  deadlineMs: fc.constantFrom(undefined, undefined, 1_500),
});

const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Behaviour>({ kind: 'succeed' }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('fail' as const), isRetryable: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      ms: fc.constantFrom(200, 900, 2_000),
      isDetached: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Behaviour>({ kind: 'hang' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('use' as const),
      tokens: fc.constantFrom(10, 40, 120),
      ms: fc.constantFrom(0, 300),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('limit' as const),
      ms: fc.constantFrom(undefined, 900, 5_000),
    }),
  },
);

const small = fc.nat(5);

const event: fc.Arbitrary<HistoryEvent> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      ms: fc.integer({ min: 1, max: 2_500 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      ms: fc.constantFrom(-2 * HOUR_MS, -4_000, 5_000, 45_000, 130_000, HOUR_MS, 25 * HOUR_MS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      process: small,
      at: fc.record({
        call: fc.nat(20),
        when: fc.constantFrom<Kill['when']>('before', 'after'),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('freeze' as const),
      process: small,
      ms: fc.constantFrom(500, 4_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), process: small }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'pause' as const,
        'resume' as const,
        'resume' as const,
        'delete' as const,
      ),
      task: small,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      task: small,
      intervalMs: fc.constantFrom(...INTERVALS_MS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      task: small,
      key: fc.option(fc.nat(2), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), run: small }) },
);

/** Short histories: what breaks, breaks within a few steps, and many short ones see more than few long ones. */
export const anyHistory: fc.Arbitrary<History> = fc.record({
  processes: fc.constantFrom(1, 1, 2, 3),
  tasks: fc.array(taskPlan, { minLength: 1, maxLength: 2 }),
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 4 }),
  events: fc.array(event, { minLength: 2, maxLength: 12 }),
});
