import type { Gate, Gates, Observed } from './gate.ts';

/** What gates were seen to be before, by the gate as it was written. */
export type GateMemory = ReadonlyMap<string, GateValue>;

type GateValue = {
  readonly value: string;
  /** When a run that ended well was first let go for it. */
  readonly since: Temporal.Instant;
};

export type GateDecision =
  | {
      readonly kind: 'pass';
      readonly why: string;
      /** To be kept when the run has ended well. */
      readonly memory: GateMemory;
    }
  | { readonly kind: 'skip'; readonly why: string }
  | { readonly kind: 'fail'; readonly message: string };

/** Whether a run goes, when its gates have been looked at in their order. */
export function decideGates(
  { gates, onError }: Gates,
  observed: readonly Observed[],
  before: GateMemory,
  now: Temporal.Instant,
): GateDecision {
  const looks = gates.map((gate, index): Look => {
    const seen = observed[index] ?? { kind: 'failed', message: 'It was not looked at.' };
    return { gate, seen, before: before.get(keyOf(gate)) };
  });
  const failures = looks.flatMap(({ gate, seen }) =>
    seen.kind === 'failed' ? [`${sayGate(gate)} could not be looked at: ${seen.message}`] : [],
  );
  const memory = new Map(looks.flatMap((look) => remembered(look, now)));
  if (failures.length > 0 && onError === 'fail')
    return { kind: 'fail', message: failures.join(' ') };
  const reasons = looks.flatMap(whyPass);
  if (reasons.length > 0) return { kind: 'pass', why: `${reasons.join('; ')}.`, memory };
  if (failures.length > 0) {
    return { kind: 'pass', why: `${failures.join(' ')} So it ran to be safe.`, memory };
  }
  return { kind: 'skip', why: `${looks.map(saySame).join('; ')}.` };
}

type Look = {
  readonly gate: Gate;
  readonly seen: Observed;
  readonly before: GateValue | undefined;
};

function whyPass({ gate, seen, before }: Look): readonly string[] {
  switch (seen.kind) {
    case 'open':
      return [`${sayGate(gate)} says that there is something to do`];
    case 'value':
      if (before === undefined) return [`${sayGate(gate)} was not seen before`];
      return before.value === seen.value ? [] : [`${sayGate(gate)} has changed`];
    case 'closed':
    case 'failed':
      return [];
  }
}

function saySame({ gate, before }: Look): string {
  return before === undefined
    ? `${sayGate(gate)} says that there is nothing to do`
    : `${sayGate(gate)} is the same since ${before.since.toString({ smallestUnit: 'second' })}`;
}

/** A gate that could not be looked at keeps what is known of it. */
function remembered({ gate, seen, before }: Look, now: Temporal.Instant) {
  if (seen.kind !== 'value') {
    return before === undefined || seen.kind !== 'failed' ? [] : [[keyOf(gate), before] as const];
  }
  const isSame = before?.value === seen.value;
  return [[keyOf(gate), isSame ? before : { value: seen.value, since: now }] as const];
}

/** An edited gate is another one. */
function keyOf(gate: Gate): string {
  return JSON.stringify(gate);
}

function sayGate(gate: Gate): string {
  switch (gate.kind) {
    case 'http':
      return `What ${gate.url} answers`;
    case 'files':
      return `What is in ${gate.pattern}`;
    case 'git':
      return `${gate.ref} of ${gate.remote ?? gate.directory}`;
    case 'command':
      return `The command ${JSON.stringify(gate.argv.join(' '))}`;
  }
}

/** As it is kept between runs. */
export function writeGateMemory(memory: GateMemory): string {
  return JSON.stringify([...memory]);
}

export function readGateMemory(text: string | undefined): GateMemory {
  const entries = JSON.parse(text ?? '[]') as readonly (readonly [
    string,
    { readonly value: string; readonly since: string },
  ])[];
  return new Map(
    entries.map(([key, { value, since }]) => [key, { value, since: Temporal.Instant.from(since) }]),
  );
}
