import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import { Link, useLocation } from 'wouter';
import { useSession } from '../session/session.tsx';
import { ThemeChoice } from './theme-choice.tsx';

const PLACES = [
  { to: '/review', title: 'Review', scope: 'approvals:read' },
  { to: '/attempts', title: 'Attempts', scope: 'attempts:read' },
  { to: '/rules', title: 'Rules', scope: 'risk:read' },
  { to: '/overview', title: 'Overview', scope: 'operations:read' },
] as const;

/** The frame of every page: where one can go, who one is, and the way out. */
export function Shell({ children }: { children: ReactNode }): ReactNode {
  const { person, may, signOut } = useSession();
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const place = location.split('/', 2)[1] ?? '';
  useEffect(() => {
    document.title = `${PLACES.find(({ to }) => to === `/${place}`)?.title ?? 'Console'} · Tollgate`;
  }, [place]);

  return (
    <>
      <a className="skip" href="#main" onClick={() => main.current?.focus()}>
        Skip to the content
      </a>
      <header className="bar">
        <Link href="/review" className="brand">
          <span className="mark" aria-hidden="true" />
          Tollgate
        </Link>
        <nav aria-label="Pages">
          {PLACES.filter(({ scope }) => may(scope)).map(({ to, title }) => (
            <Link key={to} href={to} aria-current={to === `/${place}` ? 'page' : undefined}>
              {title}
            </Link>
          ))}
        </nav>
        <div className="who">
          <ThemeChoice />
          <span className="name" title={person.email}>
            {person.displayName} <span className="quiet">{person.role}</span>
          </span>
          <Button className="button small" onPress={() => void signOut()}>
            Sign out
          </Button>
        </div>
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {children}
      </main>
    </>
  );
}
