import { z } from 'zod';
import { outsideId } from '../ids.ts';
import { operatorNote } from './incidents.ts';

const instant = z.iso.datetime({ offset: true });

/** `POST /v1/kill-switch/on` and `/off` */
export const killSwitchBody = z.strictObject({
  merchantId: outsideId.optional().meta({ description: 'Absent: the switch of all merchants' }),
  ...operatorNote,
});
export type KillSwitchBody = z.output<typeof killSwitchBody>;

/** The kill switches that are on: `GET /v1/kill-switch`. */
export const killSwitchAnswer = z
  .object({
    on: z.array(
      z.object({
        merchantId: outsideId.nullable().meta({ description: 'Null: all merchants' }),
        stoppedAt: instant,
        effectiveBy: instant.meta({ description: 'From then on no process starts an approve' }),
        by: z.string(),
        note: z.string(),
      }),
    ),
  })
  .meta({ id: 'KillSwitch' });
export type KillSwitchAnswer = z.infer<typeof killSwitchAnswer>;

export const killSwitchExample: KillSwitchAnswer = {
  on: [
    {
      merchantId: 'demo-shop',
      stoppedAt: '2026-11-21T09:00:00.210Z',
      effectiveBy: '2026-11-21T09:00:05.210Z',
      by: 'Ann of payments',
      note: 'The shop sells at yesterday’s prices',
    },
  ],
};
