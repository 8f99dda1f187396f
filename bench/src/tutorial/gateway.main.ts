import 'reflect-metadata';

import { boot } from './boot.ts';
import { GatewayModule } from './gateway.module.ts';

await boot('gateway', GatewayModule);
