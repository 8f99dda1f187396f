import { createSecretKey } from 'node:crypto';
import { verifyWebhookSignature } from '@tollgate/primer-client';
import type { Answer } from './answer.types.ts';
import type { MatrixRow } from './matrix.types.ts';
import type { Stage } from './stage.ts';
import type { Delivery, WebhookListener } from './webhook-listener.ts';

/** The first webhook of a payment comes within moments; "retries after about 10 seconds". */
const FIRST_WITHIN_MS = 60_000;
const RETRY_AFTER_MS = 15_000;
const RETRY_WITHIN_MS = 60_000;

/** What only who receives the webhooks can tell. */
export const WEBHOOK_QUESTIONS: readonly MatrixRow[] = [
  {
    call: 'createPayment',
    expected: undefined,
    when: 'a webhook that is answered 500: is its retry signed anew?',
    ask: async (stage) => {
      const webhooks = stage.need('webhooks');
      const [answer, first, second] = await refuseOnce(stage, webhooks);
      const same = second.body.equals(first.body) && second.signature === first.signature;
      return {
        ...answer,
        note: same ? 'byte for byte the same' : `signed anew (${describeDifference(first, second)})`,
      };
    },
  },
  {
    call: 'createPayment',
    expected: undefined,
    when: 'how webhooks are signed',
    ask: async (stage) => {
      const webhooks = stage.need('webhooks');
      const primary = createSecretKey(stage.need('webhookSecret'), 'utf8');
      const answer = await stage.ask(await stage.newPaymentRequest());
      const [delivery] = await webhooks.waitFor(idOf(answer), 1, FIRST_WITHIN_MS);
      const isVerified = verifyWebhookSignature({
        rawBody: delivery?.body ?? Buffer.of(),
        primary: delivery?.signature,
        secrets: { primary },
      });
      return { ...answer, note: isVerified ? 'base64 of HMAC-SHA256' : 'not as base64 of HMAC-SHA256' };
    },
  },
];

/** Makes a payment, refuses its first webhook and waits for the next try. */
async function refuseOnce(stage: Stage, webhooks: WebhookListener): Promise<[Answer, Delivery, Delivery]> {
  webhooks.refuseFirst(true);
  try {
    const answer = await stage.ask(await stage.newPaymentRequest());
    await webhooks.waitFor(idOf(answer), 1, FIRST_WITHIN_MS);
    if (stage.options.operatorToken !== undefined) await stage.letTimePass(RETRY_AFTER_MS);
    const [first, second] = await webhooks.waitFor(idOf(answer), 2, RETRY_WITHIN_MS);
    return [answer, first!, second!];
  } finally {
    webhooks.refuseFirst(false);
  }
}

function idOf({ body }: Answer): string {
  return (body as { readonly id?: string } | undefined)?.id ?? '';
}

/** Which of the fields at the top differ. */
function describeDifference(first: Delivery, second: Delivery): string {
  const [one, other] = [first, second].map(({ body }) => JSON.parse(body.toString('utf8')) as Record<string, unknown>);
  const names = Object.keys(one ?? {}).filter((name) => JSON.stringify(one?.[name]) !== JSON.stringify(other?.[name]));
  return names.length === 0 ? 'the same content' : `other: ${names.join(', ')}`;
}
