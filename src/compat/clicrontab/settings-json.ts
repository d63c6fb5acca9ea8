import type { JsonObject } from '../../domain/json.ts';
import { CLICRONTAB_DEFAULTS, type ClicrontabSettings, type PromptEngine } from './settings.ts';

/** What of the settings a surface needs; the token never travels. */
export type SurfaceSettings = Pick<ClicrontabSettings, 'usesUtc' | 'engine'>;

const ARGUMENTS_MAX = 1_000;

/** For the handshake between the client's process and the daemon. */
export function settingsToJson({ usesUtc, engine }: SurfaceSettings): JsonObject {
  return {
    usesUtc,
    engine: engine.name,
    ...(engine.kind === 'command' ? { argv: engine.argv } : {}),
  };
}

/** The inverse, with the default wherever something is absent or of another kind. */
export function settingsFromJson({ usesUtc, engine, argv }: JsonObject): SurfaceSettings {
  return {
    usesUtc: usesUtc === true,
    engine: typeof engine === 'string' ? engineFrom(engine, argv) : CLICRONTAB_DEFAULTS.engine,
  };
}

function engineFrom(name: string, given: unknown): PromptEngine {
  const words: readonly unknown[] = Array.isArray(given) ? given.slice(0, ARGUMENTS_MAX) : [];
  const [program, ...rest] = words.filter((word) => typeof word === 'string');
  return program === undefined
    ? { kind: 'agent', name }
    : { kind: 'command', name, argv: [program, ...rest] };
}
