import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, type Config, type ConfigOrigin, type SettingName } from './config.ts';
import { daemonFiles, type DaemonFiles } from '../installation/daemon-files.ts';
import { expandPath, placesFor, type Machine, type PlaceFlags } from '../installation/places.ts';

/** Where the master key of the secrets is. */
export type MasterKeyPlace = {
  readonly file: string;
  /** A credential is handed to the daemon, which neither makes nor changes it. */
  readonly isReadOnly: boolean;
  readonly previousFile: string | undefined;
};

/** Everything a daemon is opened with. */
export type Setup = {
  readonly machine: Machine;
  readonly files: DaemonFiles;
  readonly masterKey: MasterKeyPlace;
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
    files,
    masterKey: masterKeyPlace(config, files, machine),
  };
}

/** Name of the credential in `LoadCredential=` of the unit. */
const KEY_CREDENTIAL = 'carillon-master-key';

/** The file that was configured, else the credential that systemd handed over, else the data folder's own. */
function masterKeyPlace(config: Config, files: DaemonFiles, machine: Machine): MasterKeyPlace {
  const previous = config.previous_key_file;
  const previousFile = previous === '' ? undefined : expandPath(previous, machine);
  if (config.key_file !== '') {
    return { file: expandPath(config.key_file, machine), isReadOnly: false, previousFile };
  }
  const credentials = machine.environment['CREDENTIALS_DIRECTORY'] ?? '';
  const credential = join(credentials, KEY_CREDENTIAL);
  return credentials !== '' && existsSync(credential)
    ? { file: credential, isReadOnly: true, previousFile }
    : { file: files.keyFile, isReadOnly: false, previousFile };
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
