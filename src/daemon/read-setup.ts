import { readFileSync } from 'node:fs';
import { readConfig, type Config, type ConfigOrigin, type SettingName } from './config.ts';
import { daemonFiles, type DaemonFiles } from '../installation/daemon-files.ts';
import { expandPath, placesFor, type Machine, type PlaceFlags } from '../installation/places.ts';

/** Everything a daemon is opened with. */
export type Setup = {
  readonly machine: Machine;
  readonly files: DaemonFiles;
  readonly config: Config;
  readonly origins: Readonly<Record<SettingName, ConfigOrigin>>;
};

/** Reads the configuration, once. Refuses what it cannot mean. */
export function readSetup(
  places: PlaceFlags,
  settings: Readonly<Partial<Record<SettingName, string>>>,
  machine: Machine,
): Setup {
  const { dataFolder, configFile } = placesFor(places, machine);
  const file = readIfThere(configFile);
  const { config, origins } = readConfig({
    file: file === undefined ? undefined : { path: configFile, text: file },
    environment: machine.environment,
    flags: settings,
  });
  const files = daemonFiles(dataFolder);
  return {
    machine,
    config,
    origins,
    files:
      config.key_file === '' ? files : { ...files, keyFile: expandPath(config.key_file, machine) },
  };
}

function readIfThere(file: string): string | undefined {
  try {
    // Some editors begin a file with a byte order mark.
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
