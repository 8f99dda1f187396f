import 'reflect-metadata';
import { runService } from '@tollgate/platform';
import { readIntakeConfig } from './intake.config.ts';
import { IntakeModule } from './intake.module.ts';

await runService(() => {
  const settings = readIntakeConfig();
  return {
    service: 'intake',
    module: IntakeModule.forRoot(settings),
    host: settings.HOST,
    port: settings.INTAKE_PORT,
    openApi: {
      title: 'Tollgate intake',
      description: "Takes payment attempts from shops' back ends, answers with their outcome, keeps their deadlines.",
    },
  };
});
