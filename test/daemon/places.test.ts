import { describe, expect, it } from 'vitest';
import { expandPath, placesFor, type Machine } from '../../src/installation/places.ts';

const linux: Machine = { platform: 'linux', environment: {}, home: '/home/ada', cwd: '/srv' };

describe('the data folder and the configuration file', () => {
  it.each([
    [
      'linux',
      '/home/ada',
      {},
      '/home/ada/.local/share/carillon',
      '/home/ada/.config/carillon/config.json',
    ],
    [
      'linux',
      '/home/ada',
      { XDG_DATA_HOME: '/x/data', XDG_CONFIG_HOME: '/x/config' },
      '/x/data/carillon',
      '/x/config/carillon/config.json',
    ],
    [
      'linux',
      '/home/ada',
      { XDG_DATA_HOME: 'relative', XDG_CONFIG_HOME: '' },
      '/home/ada/.local/share/carillon',
      '/home/ada/.config/carillon/config.json',
    ],
    [
      'darwin',
      '/Users/ada',
      {},
      '/Users/ada/Library/Application Support/Carillon',
      '/Users/ada/Library/Application Support/Carillon/config.json',
    ],
    [
      'win32',
      'C:\\Users\\ada',
      { LOCALAPPDATA: 'D:\\Local', APPDATA: 'D:\\Roaming' },
      'D:\\Local\\Carillon',
      'D:\\Roaming\\Carillon\\config.json',
    ],
    [
      'win32',
      'C:\\Users\\ada',
      {},
      'C:\\Users\\ada\\AppData\\Local\\Carillon',
      'C:\\Users\\ada\\AppData\\Roaming\\Carillon\\config.json',
    ],
  ] as const)(
    'follow the conventions of %s, home %s, %o',
    (platform, home, environment, dataFolder, configFile) => {
      expect(placesFor({}, { platform, home, environment, cwd: home })).toEqual({
        dataFolder,
        configFile,
      });
    },
  );

  it('are together where the data folder was named', () => {
    const machine = { ...linux, environment: { CARILLON_DATA: '/srv/carillon' } };
    expect(placesFor({}, machine)).toEqual({
      dataFolder: '/srv/carillon',
      configFile: '/srv/carillon/config.json',
    });
    expect(placesFor({ data: 'here' }, machine).dataFolder).toBe('/srv/here');
  });

  it('may be named apart', () => {
    const machine = { ...linux, environment: { CARILLON_CONFIG: '~/c.json' } };
    expect(placesFor({ data: '~/d' }, machine)).toEqual({
      dataFolder: '/home/ada/d',
      configFile: '/home/ada/c.json',
    });
    expect(placesFor({ config: '/flag.json' }, machine).configFile).toBe('/flag.json');
  });

  it.each([
    ['~', '/home/ada'],
    ['~/x', '/home/ada/x'],
    ['~bob/x', '/srv/~bob/x'],
    ['x/../y', '/srv/y'],
    ['/abs', '/abs'],
  ])('expand %j to %j', (path, expanded) => {
    expect(expandPath(path, linux)).toBe(expanded);
  });
});
