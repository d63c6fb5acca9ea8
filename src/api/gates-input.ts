import { z } from 'zod';
import { GATES_MAX, type Gate, type Gates } from '../domain/gates/gate.ts';
import { Refusal } from '../domain/refusal.ts';
import { grantedValues, toValues } from './granted-input.ts';
import { listedAs } from './json-schema.ts';

const gateInput = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    url: z.string(),
    headers: grantedValues,
    watch: z.enum(['page', 'status', 'json']).optional(),
    path: z.string().max(500).optional(),
  }),
  z.strictObject({ kind: z.literal('files'), pattern: z.string() }),
  z.strictObject({
    kind: z.literal('git'),
    directory: z.string(),
    ref: z.string().optional(),
    remote: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('command'),
    argv: z.array(z.string()).min(1),
    cwd: z.string().optional(),
    watch: z.enum(['output', 'exit_code']).optional(),
  }),
]);

export const gatesShape = {
  gates: listedAs(z.array(gateInput).max(GATES_MAX).optional(), {
    type: 'array',
    items: { type: 'object' },
    description:
      'skip runs while none of these has changed: {kind: http, url, watch: page|status|json, path}, {kind: files, pattern}, {kind: git, directory, ref, remote}, {kind: command, argv, watch: output|exit_code}; [] removes them',
  }),
  gate_error: z.enum(['run', 'fail']).optional().describe('when a gate fails; default run'),
};

/** `off` removes them. Absent when nothing is said about gates. */
export function toGates(input: {
  readonly gates?: readonly z.output<typeof gateInput>[] | undefined;
  readonly gate_error?: Gates['onError'] | undefined;
}): Gates | 'off' | undefined {
  const { gates, gate_error: onError } = input;
  if (gates === undefined) {
    if (onError === undefined) return undefined;
    throw new Refusal('invalid', '"gate_error" goes with "gates". Write all gates beside it.');
  }
  const [first, ...others] = gates.map(toGate);
  return first === undefined ? 'off' : { gates: [first, ...others], onError: onError ?? 'run' };
}

function toGate(input: z.output<typeof gateInput>): Gate {
  switch (input.kind) {
    case 'http': {
      const watch = input.watch ?? (input.path === undefined ? 'page' : 'json');
      if (input.path !== undefined && watch !== 'json') {
        throw new Refusal('invalid', 'A gate with a "path" watches "json". Leave one of them out.');
      }
      const headers = toValues(input.headers, 'gates.headers');
      return { kind: 'http', url: input.url, headers, watch, path: input.path };
    }
    case 'files':
      return input;
    case 'git':
      return { ...input, ref: input.ref ?? 'HEAD', remote: input.remote };
    case 'command': {
      const [program = '', ...args] = input.argv;
      const { kind, cwd, watch = 'output' } = input;
      return { kind, argv: [program, ...args], cwd, watch };
    }
  }
}
