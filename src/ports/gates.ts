import type { Gate, Observed } from '../domain/gates/gate.ts';

/** Looks at what may have changed, within a bound of its own. */
export type GateWatcher = {
  /**
   * Never throws for what the world does.
   *
   * @param grants values of the secrets that the gate names, by name.
   */
  observe(gate: Gate, grants: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Observed>;
};
