// Holds the write lock of a database: node hold-lock.ts <file> <ms>
import { DatabaseSync } from 'node:sqlite';

const [file = '', ms = '0'] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec('begin exclusive');
process.stdout.write('locked\n');
setTimeout(() => {
  database.exec('rollback');
  database.close();
}, Number(ms));
