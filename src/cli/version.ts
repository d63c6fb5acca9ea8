import { packageVersion } from '../installation/package.ts';
import { answer, type Context } from './context.ts';
import { sheet } from './table.ts';

/** `carillon version`. */
export function sayVersion(context: Context): void {
  const facts = {
    version: packageVersion(),
    node: process.versions.node,
    tzdata: process.versions['tz'] ?? null,
    sqlite: process.versions['sqlite'] ?? null,
    platform: `${process.platform}-${process.arch}`,
  };
  answer(context, facts, () =>
    sheet([
      ['carillon', facts.version],
      ['node', facts.node],
      ['time zones', facts.tzdata ?? undefined],
      ['sqlite', facts.sqlite ?? undefined],
      ['platform', facts.platform],
    ]),
  );
}
