import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ApprovalAnswer } from '@tollgate/contracts';
import { type ReactNode, useEffect, useState } from 'react';
import { Button, Label, TextArea, TextField } from 'react-aria-components';
import { ApiProblem } from '../api/api.client.ts';
import { formatTime } from '../format/time.policy.ts';
import { Notice } from '../layout/page-parts.tsx';
import { useSession } from '../session/session.tsx';
import { changeApproval } from './use-approvals.ts';

/** Paygentic's own limit of a note. Characters. */
const NOTE_LENGTH_MAX = 2000;

/** Claim, approve or reject with a note, by mouse or by keyboard. */
export function DecisionForm({ approval }: { approval: ApprovalAnswer }): ReactNode {
  const client = useQueryClient();
  const { person } = useSession();
  const [note, setNote] = useState('');
  const change = useMutation({
    mutationFn: (wanted: Parameters<typeof changeApproval>[1]) => changeApproval(approval.id, wanted),
    // Whatever came of it is read from the service, never assumed here.
    onSettled: () => client.invalidateQueries({ queryKey: ['approvals'] }),
  });
  const { claim } = approval.tollgate;
  const isMine = claim?.by === person.email;
  const isTaken = claim !== null && !isMine;
  // A claim keeps others from approving, never from rejecting.
  const may = { approved: !change.isPending && !isTaken, rejected: !change.isPending };
  const decide = (decision: 'approved' | 'rejected'): void => {
    if (!may[decision]) return;
    change.mutate({
      decision,
      note: note.trim() === '' ? null : note.trim(),
      dataSnapshotHash: approval.dataSnapshotHash,
    });
  };
  useDecisionKeys(decide);

  return (
    <section className="card decision" aria-label="Decision">
      {change.error !== null && (
        <Refusal error={change.error} isOfClaim={change.variables !== undefined && 'claim' in change.variables} />
      )}
      {isTaken && (
        <Notice kind="info">
          <strong>{claim.by} has claimed it</strong>: until {formatTime(claim.until).slice(0, 8)} at the latest, or
          until it is given back, nobody else can approve it. Anybody can reject it.
        </Notice>
      )}
      <TextField value={note} onChange={setNote} maxLength={NOTE_LENGTH_MAX}>
        <Label>
          Note <span className="quiet">(kept with the decision)</span>
        </Label>
        <TextArea rows={2} />
      </TextField>
      <div className="actions">
        <Button
          className="button good"
          isDisabled={!may.approved}
          onPress={() => decide('approved')}
          aria-keyshortcuts="Alt+Shift+A"
        >
          Approve
        </Button>
        <Button
          className="button bad"
          isDisabled={!may.rejected}
          onPress={() => decide('rejected')}
          aria-keyshortcuts="Alt+Shift+R"
        >
          Reject
        </Button>
        <Button className="button" isDisabled={!may.approved} onPress={() => change.mutate({ claim: !isMine })}>
          {isMine ? 'Give back' : 'Claim'}
        </Button>
        <span className="quiet keys">
          <kbd>Alt+Shift+A</kbd> approves, <kbd>Alt+Shift+R</kbd> rejects
        </span>
      </div>
    </section>
  );
}

/**
 * Alt+Shift+A and Alt+Shift+R, wherever the focus is. With two modifiers they are no keys that somebody dictates or types
 * by accident (WCAG 2.1.4).
 */
function useDecisionKeys(decide: (decision: 'approved' | 'rejected') => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!event.altKey || !event.shiftKey || event.repeat) return;
      if (event.code !== 'KeyA' && event.code !== 'KeyR') return;
      event.preventDefault();
      decide(event.code === 'KeyA' ? 'approved' : 'rejected');
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [decide]);
}

/** What a refused decision means for the person: nothing was decided by them, or it is not known. */
function Refusal({ error, isOfClaim }: { error: Error; isOfClaim: boolean }): ReactNode {
  if (!(error instanceof ApiProblem)) return <Notice kind="bad">{String(error)}</Notice>;
  if (error.isInDoubt && !isOfClaim) {
    return (
      <Notice kind="warn">
        <strong>It is not known whether your decision arrived.</strong> What you see here is read from the service;
        decide again only while it still asks you to.
      </Notice>
    );
  }
  if (error.code === 'APPROVAL_STALE') {
    return (
      <Notice kind="warn">
        <strong>The data had changed before your decision arrived.</strong> Nothing was decided: look at the new data.
      </Notice>
    );
  }
  return (
    <Notice kind="bad">
      <strong>{isOfClaim ? 'The claim did not change.' : 'Not decided by you.'}</strong> {error.message}
    </Notice>
  );
}
