import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Backtests } from './backtests.tsx';
import { RuleSets } from './rule-sets.tsx';
import { Shadows } from './shadows.tsx';

const TABS = [
  { name: 'sets', title: 'Rule sets', content: RuleSets },
  { name: 'shadows', title: 'Shadows', content: Shadows },
  { name: 'backtests', title: 'Backtests', content: Backtests },
] as const;

/** Rule sets, how shadows differ, and what candidates would have done. */
export function RulesPage({ tab }: { tab: string | undefined }): ReactNode {
  const open = TABS.find(({ name }) => name === tab) ?? TABS[0];
  const Content = open.content;
  return (
    <section className="page" aria-labelledby="rules-title">
      <h1 id="rules-title">Rules</h1>
      <nav className="tabs" aria-label="Parts of the rules">
        {TABS.map(({ name, title }) => (
          <Link key={name} href={`/rules/${name}`} aria-current={name === open.name ? 'page' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <Content />
    </section>
  );
}
