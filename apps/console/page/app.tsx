import type { ReactNode } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { AttemptPage } from './attempts/attempt-page.tsx';
import { AttemptSearch } from './attempts/attempt-search.tsx';
import { Shell } from './layout/shell.tsx';
import { Overview } from './overview/overview.tsx';
import { ReviewPage } from './review/review-page.tsx';
import { RulesPage } from './rules/rules-page.tsx';
import { AcceptInvitation } from './session/accept-invitation.tsx';
import { SessionGate } from './session/session.tsx';
import { SignIn } from './session/sign-in.tsx';

/** Which address shows what. */
export function App(): ReactNode {
  return (
    <Switch>
      <Route path="/invitation">
        <AcceptInvitation />
      </Route>
      <Route>
        <SignedIn />
      </Route>
    </Switch>
  );
}

function SignedIn(): ReactNode {
  return (
    <SessionGate otherwise={<SignIn />}>
      <Shell>
        <Switch>
          <Route path="/review/:id?">{({ id }) => <ReviewPage selectedId={id} />}</Route>
          <Route path="/attempts">
            <AttemptSearch />
          </Route>
          <Route path="/attempts/:id">{({ id }) => <AttemptPage paymentAttemptId={id} />}</Route>
          <Route path="/rules/:tab?">{({ tab }) => <RulesPage tab={tab} />}</Route>
          <Route path="/overview">
            <Overview />
          </Route>
          <Route>
            <Redirect to="/review" replace />
          </Route>
        </Switch>
      </Shell>
    </SessionGate>
  );
}
