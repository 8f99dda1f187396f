import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Button, FieldError, Form, Input, Label, TextField } from 'react-aria-components';
import { useLocation } from 'wouter';
import { ApiProblem, ask } from '../api/api.client.ts';

const PASSWORD_LENGTH_MIN = 12;

/** Where an invitation's link leads: the invited person chooses a password, and is signed in. */
export function AcceptInvitation(): ReactNode {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  // In the fragment, which no server sees; it is read once, when the form is sent.
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';

  const accept = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const password = new FormData(event.currentTarget).get('password');
    setBusy(true);
    setProblem(undefined);
    try {
      await ask('POST', '/invitations/accept', { token, password });
      navigate('/review', { replace: true });
      await client.invalidateQueries();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.message : String(error));
      setBusy(false);
    }
  };

  return (
    <main className="lonely">
      <Form className="card sign-in" onSubmit={(event) => void accept(event)}>
        <h1>Welcome to Tollgate</h1>
        <p className="quiet">You have been invited. Choose a password of at least {PASSWORD_LENGTH_MIN} characters.</p>
        {problem !== undefined && (
          <p role="alert" className="notice bad">
            {problem}
          </p>
        )}
        <TextField
          name="password"
          type="password"
          isRequired
          minLength={PASSWORD_LENGTH_MIN}
          autoComplete="new-password"
        >
          <Label>Password</Label>
          <Input />
          <FieldError />
        </TextField>
        <Button type="submit" className="button primary" isDisabled={isBusy}>
          {isBusy ? 'Just a moment …' : 'Accept'}
        </Button>
      </Form>
    </main>
  );
}
