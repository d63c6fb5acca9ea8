// Counts the tasks of a store again and again until there are enough: node read-tasks.ts <file> <enough>
import 'temporal-polyfill/global';
import { openSqliteStore } from '../../../src/store/sqlite/open-sqlite-store.ts';
import { recordingAnnouncer } from '../../support/announcer.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { setClock } from '../../support/set-clock.ts';

const [file = '', enough = '0'] = process.argv.slice(2);
const ports = { clock: setClock(), announcer: recordingAnnouncer(), log: quietLog() };
const store = await openSqliteStore({ ...ports, file });
process.stdout.write('open\n');
for (let count = 0; count < Number(enough);) {
  const found = (await store.countStates('all')).tasks.active;
  if (found < count) throw new Error('A task is gone.');
  count = found;
  await new Promise((resolve) => setTimeout(resolve, 1));
}
await store.close();
process.stdout.write('enough\n');
