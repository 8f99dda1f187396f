import type { SignInWays } from '@tollgate/contracts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Button, FieldError, Form, Input, Label, TextField } from 'react-aria-components';
import { useQuery } from '@tanstack/react-query';
import { ApiProblem, ask } from '../api/api.client.ts';
import { useSignIn } from './session.tsx';

/** What the way back from the company's provider says in its address. */
const REFUSALS: Readonly<Record<string, string>> = {
  oidc: 'Your company’s account does not open this. Ask whoever manages people here.',
  'oidc-unavailable': 'Your company’s sign-in page cannot be reached. Try again in a moment.',
};

/** The way in: e-mail address and password, or the company's provider where there is one. */
export function SignIn(): ReactNode {
  const signIn = useSignIn();
  const [problem, setProblem] = useState(REFUSALS[new URLSearchParams(window.location.search).get('refused') ?? '']);
  const ways = useQuery({ queryKey: ['session', 'ways'], queryFn: () => ask<SignInWays>('GET', '/session/ways') });
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(textOf(fields, 'email'), textOf(fields, 'password'));
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };

  return (
    <main className="lonely">
      <Form className="card sign-in" onSubmit={(event) => void submit(event)}>
        <h1>
          <span className="mark" aria-hidden="true" />
          Tollgate
        </h1>
        <p className="quiet">Sign in to review payments and to look after the rules.</p>
        {problem !== undefined && (
          <p role="alert" className="notice bad">
            {problem}
          </p>
        )}
        <TextField name="email" type="email" isRequired autoComplete="username">
          <Label>E-mail</Label>
          <Input />
          <FieldError />
        </TextField>
        <TextField name="password" type="password" isRequired autoComplete="current-password">
          <Label>Password</Label>
          <Input />
          <FieldError />
        </TextField>
        <Button type="submit" className="button primary" isDisabled={isBusy}>
          {isBusy ? 'Signing in …' : 'Sign in'}
        </Button>
        {ways.data?.oidc === true && (
          // A whole new page: the company's provider shows its own.
          <a className="button" href="/oidc/sign-in">
            Sign in with your company’s account
          </a>
        )}
      </Form>
    </main>
  );
}

function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

function explain(error: unknown): string {
  if (!(error instanceof ApiProblem)) return String(error);
  if (error.status === 401) return 'E-mail and password do not fit together.';
  if (error.status === 429) return 'Too many tries. Wait a minute, then try again.';
  return error.message;
}
