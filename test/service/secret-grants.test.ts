import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandAction } from '../../src/domain/action.ts';
import { owner } from '../../src/domain/principal.ts';
import { draft, ECHO, openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const NOTHING = { tasks: [], servers: [], hosts: [] };
const WITH_TOKEN: CommandAction = { ...ECHO, env: { T: { kind: 'secret', secret: 'TOKEN' } } };

describe('the uses of secrets', () => {
  it('are told by task, for secrets that are set and for those that are not', async () => {
    await bench.services.setSecret('SET', 'a value for the tasks');
    const env = {
      A: { kind: 'secret', secret: 'SET' },
      B: { kind: 'secret', secret: 'MISSING' },
    } as const;
    await bench.services.createTask(draft({ name: 'one', action: { ...ECHO, env } }));
    await bench.services.createTask(draft({ name: 'two', action: { ...ECHO, env: { A: env.A } } }));
    const uses = await bench.services.listSecretUses();
    const told = uses.map(({ name, isSet, tasks }) => [
      name,
      isSet,
      tasks.map(({ definition }) => definition.name).toSorted(),
    ]);
    expect(told).toEqual([
      ['MISSING', false, ['one']],
      ['SET', true, ['one', 'two']],
    ]);
  });
});

describe('a secret that names its tasks', () => {
  beforeEach(async () => {
    const grants = { ...NOTHING, tasks: ['backup'] };
    await bench.services.setSecret('TOKEN', 'a value for one', grants);
  });

  it('is refused to others when they are made, and says how a person widens it', async () => {
    await bench.services.createTask(draft({ name: 'backup', action: WITH_TOKEN }));
    await expect(
      bench.services.createTask(draft({ name: 'other', action: WITH_TOKEN })),
    ).rejects.toMatchObject({
      code: 'forbidden',
      message:
        'The task "other" may not use the secret "TOKEN", because it is granted to others only.',
    });
  });

  it('is refused to others when they are changed or renamed', async () => {
    const { task } = await bench.services.createTask(draft({ name: 'other' }));
    await expect(bench.services.updateTask(task.id, { action: WITH_TOKEN })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await bench.services.updateTask(task.id, { action: WITH_TOKEN, name: 'backup' });
    await expect(bench.services.updateTask(task.id, { name: 'other' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('is widened by a grant and narrowed by taking it back, but never left open', async () => {
    const more = { ...NOTHING, tasks: ['other'] };
    await bench.services.grantSecret('TOKEN', more);
    await bench.services.createTask(draft({ name: 'other', action: WITH_TOKEN }));
    const { grants } = await bench.services.revokeSecret('TOKEN', {
      ...NOTHING,
      tasks: ['backup'],
    });
    expect(grants).toEqual(more);
    await expect(bench.services.revokeSecret('TOKEN', more)).rejects.toThrow('open to every one');
    expect((await bench.services.listSecrets())[0]?.grants).toEqual(more);
  });

  it('keeps its grants when only its value is set', async () => {
    await bench.services.setSecret('TOKEN', 'another value');
    expect((await bench.services.listSecrets())[0]?.grants.tasks).toEqual(['backup']);
  });
});

describe('grants', () => {
  it('are for administrators alone', async () => {
    await bench.services.setSecret('TOKEN', 'a value');
    const writer = bench.as({ ...owner(undefined), scopes: ['tasks:read', 'tasks:write'] });
    for (const ask of [
      () => writer.grantSecret('TOKEN', NOTHING),
      () => writer.revokeSecret('TOKEN', NOTHING),
      () => writer.rotateSecrets('data'),
      () => writer.rotateSecrets('master'),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it('refuse what is no host, and secrets that are not there', async () => {
    await bench.services.setSecret('TOKEN', 'a value');
    const hosts = { ...NOTHING, hosts: ['https://example.org/'] };
    await expect(bench.services.grantSecret('TOKEN', hosts)).rejects.toThrow('is not a host');
    await expect(bench.services.setSecret('B', 'x', hosts)).rejects.toThrow('is not a host');
    await expect(bench.services.grantSecret('NONE', NOTHING)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('come with warnings about weak values, which do not quote them', async () => {
    const warnings = await bench.services.setSecret('WEAK', 'hunter');
    expect(warnings.length).toBe(1);
    expect(warnings.join()).not.toContain('hunter');
  });
});
