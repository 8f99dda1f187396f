import { type FormEvent, type ReactNode, useState } from 'react';
import { Button, FieldError, Form, Input, Label, TextField } from 'react-aria-components';
import { ApiProblem } from '../api/api.client.ts';
import { useSignIn } from './session.tsx';

/** The way in: e-mail address and password. */
export function SignIn(): ReactNode {
  const signIn = useSignIn();
  const [problem, setProblem] = useState<string>();
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
