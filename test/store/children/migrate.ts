// Brings a database through many steps: node migrate.ts <file>
import { DatabaseSync } from 'node:sqlite';
import { migrate } from '../../../src/store/sqlite/migrate.ts';
import { MANY_STEPS } from './many-steps.ts';

const [file = ''] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec('pragma journal_mode = wal; pragma synchronous = full');
process.stdout.write('begun\n');
await migrate(database, MANY_STEPS);
process.stdout.write('done\n');
