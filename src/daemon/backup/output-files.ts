import { readdirSync } from 'node:fs';

/** Kept output is one folder of runs in each of few, with a few files for each attempt. */
const OUTPUT_PATH = /^[a-z0-9]{1,26}\/run_[a-z0-9]{1,40}\/a\d{1,6}\.[a-z]{1,8}$/;

/** Names below the folder of kept output, with slashes. Other files that lie there are none of ours. */
export function* listOutputFiles(folder: string): Iterable<string> {
  for (const shard of namesIn(folder)) {
    for (const run of namesIn(`${folder}/${shard}`)) {
      for (const name of namesIn(`${folder}/${shard}/${run}`)) {
        const path = `${shard}/${run}/${name}`;
        if (isOutputPath(path)) yield path;
      }
    }
  }
}

/** Whether a name out of a backup may be written. */
export function isOutputPath(path: string): boolean {
  return OUTPUT_PATH.test(path);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
