/** One line of the table: what was measured, ours, the other in the same run, and their ratio. */
export type Row = {
  readonly what: string;
  readonly ours: string;
  readonly other: string;
  readonly ratio: number | undefined;
  readonly aim: Aim | undefined;
};

/** What the figure should be, in words, and whether it was so in this run. */
type Aim = { readonly says: string; readonly isMet: boolean };

/** The rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  return [
    '| what | Carillon | beside it | ratio | aim |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(lineOf),
  ].join('\n');
}

export function atMost(value: number, bound: number, unit = ''): Aim {
  return { says: `≤ ${bound}${unit}`, isMet: value <= bound };
}

export function atLeast(value: number, bound: number): Aim {
  return { says: `≥ ${bound}`, isMet: value >= bound };
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

export function mib(kib: number): string {
  return `${(kib / 1024).toFixed(0)} MiB`;
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

function lineOf({ what, ours, other, ratio, aim }: Row): string {
  const verdict = aim === undefined ? '–' : `${aim.says}${aim.isMet ? '' : ' **missed**'}`;
  return `| ${what} | ${ours} | ${other} | ${ratio === undefined ? '–' : ratio.toFixed(2)} | ${verdict} |`;
}
