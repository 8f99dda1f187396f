import 'reflect-metadata';
import { runService } from '@tollgate/platform';
import { readRiskConfig } from './risk.config.ts';
import { RiskModule } from './risk.module.ts';

await runService(() => {
  const settings = readRiskConfig();
  return {
    service: 'risk',
    module: RiskModule.forRoot(settings),
    host: settings.HOST,
    port: settings.RISK_PORT,
    openApi: { title: 'Tollgate risk', description: 'Decides payment attempts by rules. For operators.' },
  };
});
