import { join, posix, win32 } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Machine = {
  readonly platform: NodeJS.Platform;
  readonly environment: Environment;
  /** Home directory of the user. */
  readonly home: string;
  readonly cwd: string;
};

/** Where a daemon keeps its things. */
export type Places = {
  readonly dataFolder: string;
  readonly configFile: string;
};

export type PlaceFlags = {
  readonly data?: string | undefined;
  readonly config?: string | undefined;
};

/**
 * The data folder and the configuration file: flag, then environment, then the platform's
 * convention. A data folder that was named is self-contained: its configuration lies in it.
 */
export function placesFor(flags: PlaceFlags, machine: Machine): Places {
  const named = filled(flags.data) ?? filled(machine.environment['CARILLON_DATA']);
  const config = filled(flags.config) ?? filled(machine.environment['CARILLON_CONFIG']);
  const conventional = conventionalPlaces(machine);
  const dataFolder = named === undefined ? conventional.dataFolder : expandPath(named, machine);
  return {
    dataFolder,
    configFile:
      config !== undefined
        ? expandPath(config, machine)
        : named === undefined
          ? conventional.configFile
          : join(dataFolder, CONFIG_NAME),
  };
}

const CONFIG_NAME = 'config.json';

function conventionalPlaces({ platform, environment, home }: Machine): Places {
  if (platform === 'darwin') {
    const folder = posix.join(home, 'Library', 'Application Support', 'Carillon');
    return { dataFolder: folder, configFile: posix.join(folder, CONFIG_NAME) };
  }
  if (platform === 'win32') {
    const local = filled(environment['LOCALAPPDATA']) ?? win32.join(home, 'AppData', 'Local');
    const roaming = filled(environment['APPDATA']) ?? win32.join(home, 'AppData', 'Roaming');
    return {
      dataFolder: win32.join(local, 'Carillon'),
      configFile: win32.join(roaming, 'Carillon', CONFIG_NAME),
    };
  }
  // The XDG specification says that a relative path in its variables is to be ignored.
  const data = absolute(environment['XDG_DATA_HOME']) ?? posix.join(home, '.local', 'share');
  const config = absolute(environment['XDG_CONFIG_HOME']) ?? posix.join(home, '.config');
  return {
    dataFolder: posix.join(data, 'carillon'),
    configFile: posix.join(config, 'carillon', CONFIG_NAME),
  };
}

/** An absolute path. `~` is expanded here, because MCP clients start programs without a shell. */
export function expandPath(path: string, machine: Machine): string {
  const style = machine.platform === 'win32' ? win32 : posix;
  if (path === '~') return machine.home;
  if (path.startsWith('~/') || (machine.platform === 'win32' && path.startsWith('~\\'))) {
    return style.join(machine.home, path.slice(2));
  }
  return style.resolve(machine.cwd, path);
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}

function absolute(text: string | undefined): string | undefined {
  return text !== undefined && posix.isAbsolute(text) ? text : undefined;
}
