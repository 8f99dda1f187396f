import 'reflect-metadata';

import { boot } from './boot.ts';
import { LedgerModule } from './ledger.module.ts';

await boot('ledger', LedgerModule);
