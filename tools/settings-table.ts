import { SETTINGS } from '../src/daemon/config.ts';

/** The rows of the table in `docs/configuration.md`. */
export function settingRows(): readonly string[] {
  return Object.entries(SETTINGS).map(([name, setting]) => {
    const variable = `CARILLON_${name.toUpperCase()}`;
    return `| \`${name}\` | \`${variable}\` | ${tellDefault(setting.default)} | ${setting.bound} | ${setting.sentence} |`;
  });
}

function tellDefault(value: unknown): string {
  if (value === '') return '–';
  return typeof value === 'object' ? 'none' : `\`${JSON.stringify(value).replaceAll('"', '')}\``;
}
