import type { JsonObject } from '../../domain/json.ts';
import { MCP_SCHEDULER_DEFAULTS, type McpSchedulerSettings } from './settings.ts';

/** Variables that the daemon keeps as secrets of this profile. */
export const SECRET_VARIABLES: readonly string[] = ['OPENAI_API_KEY'];

/** The key of the model provider, apart from the settings: it goes to the vault and nowhere else. */
export function profileSecretsOf({
  openaiApiKey,
}: McpSchedulerSettings): Readonly<Record<string, string>> {
  return openaiApiKey === undefined ? {} : { OPENAI_API_KEY: openaiApiKey };
}

/** What of the settings a surface needs. */
export type SurfaceSettings = Pick<
  McpSchedulerSettings,
  'name' | 'version' | 'checkIntervalS' | 'executionTimeoutS' | 'aiModel' | 'usesAwsQModel'
>;

/** For the handshake between the client's process and the daemon. */
export function settingsToJson(settings: SurfaceSettings): JsonObject {
  const { name, version, checkIntervalS, executionTimeoutS, aiModel, usesAwsQModel } = settings;
  return { name, version, checkIntervalS, executionTimeoutS, aiModel, usesAwsQModel };
}

/** The inverse, with the default wherever something is absent or of another kind. */
export function settingsFromJson(json: JsonObject): SurfaceSettings {
  const defaults = MCP_SCHEDULER_DEFAULTS;
  return {
    name: textAt(json, 'name') ?? defaults.name,
    version: textAt(json, 'version') ?? defaults.version,
    checkIntervalS: secondsAt(json, 'checkIntervalS') ?? defaults.checkIntervalS,
    executionTimeoutS: secondsAt(json, 'executionTimeoutS') ?? defaults.executionTimeoutS,
    aiModel: textAt(json, 'aiModel') ?? defaults.aiModel,
    usesAwsQModel: json['usesAwsQModel'] === true,
  };
}

const TEXT_CHARS_MAX = 200;
const SECONDS_MAX = 604_800;

function textAt(json: JsonObject, key: string): string | undefined {
  const value = json[key];
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_CHARS_MAX) : undefined;
}

function secondsAt(json: JsonObject, key: string): number | undefined {
  const value = json[key];
  const isSeconds = typeof value === 'number' && Number.isInteger(value) && value >= 1;
  return isSeconds ? Math.min(value, SECONDS_MAX) : undefined;
}
