// Says how opening a store ends: node open-store.ts <file>
import 'temporal-polyfill/global';
import { Refusal } from '../../../src/domain/refusal.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open-sqlite-store.ts';
import { recordingAnnouncer } from '../../support/announcer.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { setClock } from '../../support/set-clock.ts';

const [file = ''] = process.argv.slice(2);
const ports = { clock: setClock(), announcer: recordingAnnouncer(), log: quietLog() };
try {
  const store = await openSqliteStore({ ...ports, file });
  await store.close();
  process.stdout.write('opened\n');
} catch (error) {
  process.stdout.write(
    error instanceof Refusal ? `${error.code}: ${error.message}\n` : `${String(error)}\n`,
  );
}
