import type { ReactNode } from 'react';
import { Badge, Facts, WideTable } from '../layout/page-parts.tsx';
import { featuresOf, hitsOf, partOf, type ShownValue, toShownSnapshot } from './snapshot.policy.ts';

/** What the hash of an approval is of: the order, the card, why it waits, and all that the rules saw. */
export function SnapshotView({
  snapshot,
  hitsTitle = 'Why it waits',
}: {
  snapshot: Readonly<Record<string, unknown>>;
  /** What the rules that hit are an answer to. */
  hitsTitle?: string;
}): ReactNode {
  const features = toShownSnapshot(featuresOf(snapshot));
  const hits = hitsOf(snapshot);
  const shownApart = new Set(['order', 'card', 'rules', 'features']);
  const rest = toShownSnapshot(Object.fromEntries(Object.entries(snapshot).filter(([name]) => !shownApart.has(name))));
  return (
    <>
      <div className="columns">
        <FactsCard title="Order" values={toShownSnapshot(partOf(snapshot, 'order'))} />
        <FactsCard title="Card" values={cardOf(snapshot, features)} />
      </div>
      <section className="card">
        <h3>{hitsTitle}</h3>
        {hits.length === 0 ? (
          <p className="quiet">No rule hit.</p>
        ) : (
          <ul className="plain-list">
            {hits.map(({ rule, decision, reason }) => (
              <li key={rule}>
                <Badge>{decision}</Badge> <strong>{rule}</strong> <span className="quiet">{reason}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      {features.length > 0 && (
        <section className="card">
          <h3>What the rules saw</h3>
          <WideTable label="Features">
            <thead>
              <tr>
                <th scope="col">Feature</th>
                <th scope="col">Value</th>
              </tr>
            </thead>
            <tbody>
              {features.map(({ name, text }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="value">{text}</td>
                </tr>
              ))}
            </tbody>
          </WideTable>
        </section>
      )}
      <FactsCard title="Also part of what you decide" values={rest} />
    </>
  );
}

function FactsCard({ title, values }: { title: string; values: readonly ShownValue[] }): ReactNode {
  if (values.length === 0) return null;
  return (
    <section className="card">
      <h3>{title}</h3>
      <Facts rows={values.map(({ name, text }) => [name, text])} />
    </section>
  );
}

/** The card as the snapshot has it apart, else as the features tell it. */
function cardOf(snapshot: unknown, features: readonly ShownValue[]): ShownValue[] {
  const apart = toShownSnapshot(partOf(snapshot, 'card'));
  if (apart.length > 0) return apart;
  return features
    .filter(({ name }) => name.startsWith('card.'))
    .map(({ name, text }) => ({ name: name.slice('card.'.length), text }));
}
