import { describe, expect, it } from 'vitest';
import { foreignTo, isLoopback } from '../../src/http/guard.ts';

const PORT = 4141;
const base = { origin: undefined, fetchSite: undefined, port: PORT };

describe('foreignTo', () => {
  it.each(['localhost:4141', '127.0.0.1:4141', '127.8.9.1:4141', '[::1]:4141', 'LOCALHOST:4141'])(
    'lets the Host %s pass',
    (host) => {
      expect(foreignTo({ ...base, host }, [])).toBeUndefined();
    },
  );

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:4141',
    'localhost',
    'localhost:80',
    'localhost:4142',
    'localhost.evil.example:4141',
    '127.0.0.1.evil.example:4141',
    'user@localhost:4141',
    'localhost:4141/x',
    'localhost:4141#',
    '0.0.0.0:4141',
    '[::]:4141',
    '192.168.0.1:4141',
    'localhost:99999',
    'local host:4141',
  ])('turns the Host %j away', (host) => {
    expect(foreignTo({ ...base, host }, [])).toBe('host');
  });

  it('lets allowed names pass, with the port when one was named', () => {
    const allowed = ['Box.example', 'other.example:8443'];
    expect(foreignTo({ ...base, host: 'box.example:1' }, allowed)).toBeUndefined();
    expect(foreignTo({ ...base, host: 'other.example:8443' }, allowed)).toBeUndefined();
    expect(foreignTo({ ...base, host: 'other.example' }, allowed)).toBe('host');
    expect(
      foreignTo({ ...base, host: 'box.example', origin: 'https://box.example' }, allowed),
    ).toBeUndefined();
  });

  it.each([
    'null',
    'http://evil.example',
    'http://localhost',
    'http://localhost:3000',
    'https://localhost:4142',
    'file://',
    'chrome-extension://abc',
    '',
  ])('turns the Origin %j away', (origin) => {
    expect(foreignTo({ ...base, host: 'localhost:4141', origin }, [])).toBe('origin');
  });

  it('lets its own pages pass', () => {
    const host = 'localhost:4141';
    expect(foreignTo({ ...base, host, origin: 'http://localhost:4141' }, [])).toBeUndefined();
    expect(foreignTo({ ...base, host, origin: 'http://127.0.0.1:4141' }, [])).toBeUndefined();
    expect(foreignTo({ ...base, host, fetchSite: 'same-origin' }, [])).toBeUndefined();
    expect(foreignTo({ ...base, host, fetchSite: 'none' }, [])).toBeUndefined();
  });

  it.each(['cross-site', 'same-site'])(
    'turns away what a browser says is %s, although it names no origin',
    (fetchSite) => {
      expect(foreignTo({ ...base, host: 'localhost:4141', fetchSite }, [])).toBe('origin');
    },
  );
});

describe('isLoopback', () => {
  it('knows no other machine', () => {
    expect(['localhost', '127.0.0.1', '[::1]'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '127.0.0.01', '127.0.0.1.example', 'localhost.', ''].some(isLoopback)).toBe(
      false,
    );
  });
});
