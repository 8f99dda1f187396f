import 'reflect-metadata';

import { boot } from './boot.ts';
import { RiskModule } from './risk.module.ts';

await boot('risk', RiskModule);
