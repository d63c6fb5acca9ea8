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
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return 'none';
  const text = JSON.stringify(value);
  return `\`${typeof value === 'object' ? text : text.replaceAll('"', '')}\``;
}
