import { Controller } from '@nestjs/common';
import { ApprovalChanged, type ApprovalChangedData } from '@tollgate/contracts';
import { OnBroadcast, type ReceivedEvent } from '@tollgate/messaging';
import { ApprovalStreams } from './approval-streams.service.ts';

/** Steps of any instance, for those who watch the queue at this one. */
@Controller()
export class HearApprovalsConsumer {
  constructor(private readonly streams: ApprovalStreams) {}

  @OnBroadcast(ApprovalChanged)
  hear(events: ReadonlyArray<ReceivedEvent<ApprovalChangedData>>): Promise<void> {
    return this.streams.tell(events.map(({ data }) => data));
  }
}
