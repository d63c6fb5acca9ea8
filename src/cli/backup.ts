import { resolve } from 'node:path';
import { backUp } from '../daemon/backup/back-up.ts';
import { restore } from '../daemon/backup/restore.ts';
import { daemonFiles } from '../installation/daemon-files.ts';
import { packageVersion } from '../installation/package.ts';
import { answer, type Context } from './context.ts';

/** `carillon backup`: works on the data folder itself, with and without a daemon. */
export function writeBackup(
  context: Context,
  file: string,
  flags: { readonly output?: boolean; readonly force?: boolean },
): void {
  const report = backUp(
    daemonFiles(context.places.dataFolder),
    resolve(context.machine.cwd, file),
    packageVersion(),
    Temporal.Now.instant(),
    { withoutOutput: flags.output === false, replaces: flags.force === true },
  );
  answer(
    context,
    {
      file: report.file,
      bytes: report.bytes,
      tasks: report.tasks,
      runs: report.runs,
      output_files: report.outputFiles,
      left_out: report.leftOut,
    },
    () =>
      [
        `Wrote ${report.file}: ${String(report.bytes)} bytes, ${String(report.tasks)} tasks, ${String(report.runs)} runs, ${String(report.outputFiles)} files of output.`,
        ...(report.leftOut === 0
          ? []
          : [`Too large, so left out: ${String(report.leftOut)} files of output.`]),
        'The master key of the secrets is not in it. Keep a copy of the key somewhere else.',
      ].join('\n'),
  );
}

/** `carillon restore`. */
export function readBackup(
  context: Context,
  file: string,
  flags: { readonly force?: boolean },
): void {
  const report = restore(
    daemonFiles(context.places.dataFolder),
    resolve(context.machine.cwd, file),
    Temporal.Now.instant(),
    flags.force === true,
  );
  answer(
    context,
    {
      folder: report.folder,
      made_at: report.madeAt.toString(),
      made_by: report.madeBy,
      output_files: report.outputFiles,
      kept_aside: report.keptAside ?? null,
    },
    () =>
      [
        `Restored ${report.folder} as it was at ${report.madeAt.toString()}; files of output: ${String(report.outputFiles)}.`,
        ...(report.keptAside === undefined
          ? []
          : [`What was there before is in ${report.keptAside}.`]),
        'Secrets need the master key they were sealed with: keys/master.key, unless it is configured.',
      ].join('\n'),
  );
}
