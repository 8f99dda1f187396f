import 'reflect-metadata';
import { runService } from '@tollgate/platform';
import { readLedgerConfig } from './ledger.config.ts';
import { LedgerModule } from './ledger.module.ts';

await runService(() => {
  const settings = readLedgerConfig();
  return {
    service: 'ledger',
    module: LedgerModule.forRoot(settings),
    host: settings.HOST,
    port: settings.LEDGER_PORT,
    openApi: { title: 'Tollgate ledger', description: 'Takes webhooks and keeps the books. Reads are for operators.' },
  };
});
