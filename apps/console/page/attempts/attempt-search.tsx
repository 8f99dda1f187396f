import { useQuery } from '@tanstack/react-query';
import type { AttemptSummary } from '@tollgate/contracts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Button, Input, Label, SearchField } from 'react-aria-components';
import { useLocation, useSearchParams } from 'wouter';
import { Trouble } from '../layout/page-parts.tsx';
import { toAttemptHref } from './attempt-address.policy.ts';
import { AttemptTable } from './attempt-table.tsx';
import { searchAttempts } from './attempts.client.ts';

const SHOWN_MAX = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NEWEST_EVERY_MS = 5_000;

/** Finds attempts by their id, their order or their customer; without a term it shows the newest. */
export function AttemptSearch(): ReactNode {
  const [parameters, setParameters] = useSearchParams();
  const [, navigate] = useLocation();
  const term = parameters.get('q') ?? '';
  const [typed, setTyped] = useState(term);
  const { data, error } = useQuery({
    queryKey: ['attempts', 'search', term],
    queryFn: () => (term === '' ? findNewest() : findByTerm(term)),
    refetchInterval: term === '' ? NEWEST_EVERY_MS : false,
  });

  const search = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = typed.trim();
    if (UUID.test(wanted)) navigate(toAttemptHref({ paymentAttemptId: wanted.toLowerCase() }));
    else setParameters(wanted === '' ? {} : { q: wanted });
  };

  return (
    <section className="page" aria-labelledby="attempts-title">
      <h1 id="attempts-title">Attempts</h1>
      <form className="search" role="search" onSubmit={search}>
        <SearchField value={typed} onChange={setTyped} className="grow">
          <Label>Attempt id, order or customer</Label>
          <Input />
        </SearchField>
        <Button type="submit" className="button primary">
          Search
        </Button>
      </form>
      <Trouble error={error} what="Attempts" />
      <h2>{term === '' ? 'The newest' : `Found for “${term}”`}</h2>
      {data === undefined && error === null && <p aria-busy="true">Reading …</p>}
      {data?.data.length === 0 && (
        <p className="quiet" role="status">
          {term === '' ? 'There are no attempts yet.' : 'No attempt has this id, order or customer.'}
        </p>
      )}
      {data !== undefined && data.data.length > 0 && <AttemptTable attempts={data.data} showsMerchant />}
      {data?.isMore && term !== '' && <p className="quiet">There are more: the newest are shown.</p>}
    </section>
  );
}

interface Found {
  readonly data: readonly AttemptSummary[];
  /** Older ones are not shown. */
  readonly isMore: boolean;
}

async function findNewest(): Promise<Found> {
  const { data, nextCursor } = await searchAttempts({ limit: SHOWN_MAX });
  return { data, isMore: nextCursor !== null };
}

/** One term may name an order and a customer, of several merchants: an attempt found twice is shown once. */
async function findByTerm(term: string): Promise<Found> {
  const answers = await Promise.all([
    searchAttempts({ orderId: term, limit: SHOWN_MAX }),
    searchAttempts({ customerId: term, limit: SHOWN_MAX }),
  ]);
  const found = new Map(answers.flatMap(({ data }) => data).map((each) => [toAttemptHref(each), each]));
  return {
    data: [...found.values()].toSorted((one, other) => other.receivedAt.localeCompare(one.receivedAt)),
    isMore: answers.some(({ nextCursor }) => nextCursor !== null),
  };
}
