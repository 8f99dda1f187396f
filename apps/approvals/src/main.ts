import 'reflect-metadata';
import { runService } from '@tollgate/platform';
import { toApprovalProblem } from './approvals/approval-problem.policy.ts';
import { readApprovalsConfig } from './approvals.config.ts';
import { ApprovalsModule } from './approvals.module.ts';

await runService(() => {
  const settings = readApprovalsConfig();
  return {
    service: 'approvals',
    module: ApprovalsModule.forRoot(settings),
    host: settings.HOST,
    port: settings.APPROVALS_PORT,
    answerProblem: toApprovalProblem,
    openApi: {
      title: 'Tollgate approvals',
      description:
        "Paygentic's approvals API, and what Tollgate adds to it: attempts and commands that wait for a person.",
    },
  };
});
