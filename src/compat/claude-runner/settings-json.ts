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

/** Variables that the daemon keeps as secrets of this profile. */
export const SECRET_VARIABLES: readonly string[] = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'];

/** Those of them that are set. */
export function profileSecretsIn(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SECRET_VARIABLES.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
  );
}

/**
 * Settings of a daemon that has to be started, as variables: the port of the older system when one of its
 * transports with a port was asked for, and its two variables for the dashboard when both are there.
 */
export function daemonVariablesIn({
  MCP_TRANSPORT: transport = '',
  DASHBOARD_USERNAME: username = '',
  DASHBOARD_PASSWORD: password = '',
}: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return {
    ...(TRANSPORTS_WITH_PORT.includes(transport) ? { CARILLON_CLAUDE_RUNNER_PORT: PORT } : {}),
    ...(username === '' || password === ''
      ? {}
      : { CARILLON_DASHBOARD_USERNAME: username, CARILLON_DASHBOARD_PASSWORD: password }),
  };
}

const TRANSPORTS_WITH_PORT: readonly string[] = ['sse', 'both'];
const PORT = '8080';

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
