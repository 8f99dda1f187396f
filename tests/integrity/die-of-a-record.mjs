// Loaded into a service by NODE_OPTIONS: the process dies at the moment its handler brings a certain order into the
// database, as one does that runs out of memory over a record. The value is compared whole, so that a dead letter, which
// holds the order's id within a text, can be written.
import process from 'node:process';

import pg from 'pg';

const deadlyOrder = process.env.DEADLY_ORDER;
const { value: query } = Object.getOwnPropertyDescriptor(pg.Client.prototype, 'query');

pg.Client.prototype.query = function (...args) {
  const values = args[0]?.values ?? args[1];
  if (Array.isArray(values) && values.some((column) => Array.isArray(column) && column.includes(deadlyOrder))) {
    process.kill(process.pid, 'SIGKILL');
  }
  return query.apply(this, args);
};
