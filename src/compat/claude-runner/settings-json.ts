import type { JsonObject } from '../../domain/json.ts';

/** What the older system's variables say to a surface. */
export type RunnerSettings = {
  /** Before `/webhook/…` in every address that is shown; the daemon's own when absent. */
  readonly publicUrl: string | undefined;
};

/** What every run may use, as the older system's default has it. */
export const ALLOWED_TOOLS: readonly string[] = [
  'WebSearch',
  'WebFetch',
  'Read',
  'Write',
  'Edit',
  'Bash',
];

/** For the handshake between the client's process and the daemon. */
export function settingsToJson(
  environment: Readonly<Record<string, string | undefined>>,
): JsonObject {
  const { PUBLIC_URL: publicUrl } = environment;
  return publicUrl === undefined || publicUrl === '' ? {} : { publicUrl };
}

/** The inverse; an address that cannot be read is left aside. */
export function settingsFromJson({ publicUrl }: JsonObject): RunnerSettings {
  const isUrl = typeof publicUrl === 'string' && URL.canParse(publicUrl);
  return { publicUrl: isUrl ? publicUrl.replace(/\/+$/, '') : undefined };
}
