import { flagOf, SETTING_NAMES, type SettingName } from '../daemon/config.ts';

export type ServeFlags = Readonly<Record<string, unknown>>;

/** The flags of `serve` and `up` as settings, as typed. */
export function serveSettings(flags: ServeFlags): Partial<Record<SettingName, string>> {
  const settings: Partial<Record<SettingName, string>> = {};
  for (const name of SETTING_NAMES) {
    const value = flags[camelCase(name)];
    if (typeof value === 'string') settings[name] = value;
  }
  // Commander says `true` for every `--no-auth` that was not given.
  if (flags['auth'] === false) settings.auth = 'false';
  if (flags['acceptPermissionBypass'] === true) settings.accept_permission_bypass = 'true';
  return settings;
}

/** The same flags as words, to hand on to `serve` in another process. */
export function serveWords(flags: ServeFlags): readonly string[] {
  return Object.entries(serveSettings(flags)).flatMap(([name, value]) => {
    if (name === 'auth') return ['--no-auth'];
    const flag = flagOf(name as SettingName);
    return name === 'accept_permission_bypass' ? [flag] : [flag, value];
  });
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
