import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Trouble } from '../layout/page-parts.tsx';
import { featuresOf, partOf } from '../review/snapshot.policy.ts';
import { AttemptTable } from './attempt-table.tsx';
import { searchAttempts } from './attempts.client.ts';

const SHOWN_MAX = 10;

/**
 * What the same customer did before, at the same merchant: another shop's customer of this id is somebody else. Read
 * beside the snapshot: it is not part of what the hash is of.
 */
export function EarlierAttempts({
  snapshot,
  merchantId,
  exceptId,
}: {
  snapshot: unknown;
  merchantId: string;
  exceptId: string;
}): ReactNode {
  const customerId = [partOf(snapshot, 'order')['customerId'], featuresOf(snapshot)['customer.id']].find(
    (each) => typeof each === 'string',
  );
  const { data, error } = useQuery({
    queryKey: ['attempts', 'of-customer', merchantId, customerId],
    queryFn: () => searchAttempts({ merchantId, customerId: String(customerId), limit: SHOWN_MAX + 1 }),
    enabled: customerId !== undefined,
  });
  const earlier = (data?.data ?? []).filter(({ paymentAttemptId }) => paymentAttemptId !== exceptId);
  return (
    <section className="card">
      <h3>The customer’s other attempts</h3>
      <Trouble error={error} what="They" />
      {customerId === undefined && <p className="quiet">The order names no customer.</p>}
      {data !== undefined && earlier.length === 0 && <p className="quiet">None.</p>}
      {earlier.length > 0 && <AttemptTable attempts={earlier.slice(0, SHOWN_MAX)} />}
    </section>
  );
}
