import 'reflect-metadata';

import { boot } from './boot.ts';
import { IntakeModule } from './intake.module.ts';

await boot('intake', IntakeModule);
