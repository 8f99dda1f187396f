import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RuleSetAnswer } from '@tollgate/contracts';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { Button, FileTrigger, Input, Label, TextArea, TextField } from 'react-aria-components';
import { Link } from 'wouter';
import { ApiProblem } from '../api/api.client.ts';
import { explainError, Notice } from '../layout/page-parts.tsx';
import { type DraftProblem, findDraftProblems, toLineRange } from './draft-problem.policy.ts';
import { draftRuleSet } from './rules.client.ts';

/** Below what the services take in as one body, with room for what JSON escapes; a longer one goes by file and command. Characters. */
const DOCUMENT_LENGTH_MAX = 200_000;
/** The service's own limit. Characters. */
const NOTE_LENGTH_MAX = 500;

/** Takes a document in, typed, pasted or from a file; what is wrong with it is said by line and rule. */
export function DraftForm({ onDrafted }: { onDrafted: () => void }): ReactNode {
  const client = useQueryClient();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const draft = useMutation({
    mutationFn: draftRuleSet,
    onSuccess: () => {
      setText('');
      setNote('');
      onDrafted();
    },
    // Whatever came of it is read from the service: the answer may be lost and the draft be there.
    onSettled: () => client.invalidateQueries({ queryKey: ['rules', 'sets'] }),
  });
  const open = useMutation({ mutationFn: readDocument, onSuccess: setText });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    draft.mutate({ document: text, ...(note.trim() === '' ? {} : { note: note.trim() }) });
  };
  const showLine = (line: number): void => {
    const { from, to } = toLineRange(area.current?.value ?? '', line);
    area.current?.focus();
    area.current?.setSelectionRange(from, to);
  };

  return (
    <form onSubmit={send} aria-label="A new draft" className="stack">
      <TextField value={text} onChange={setText} isInvalid={draft.isError} validationBehavior="aria">
        <Label>
          Document <span className="quiet">(YAML or JSON)</span>
        </Label>
        <TextArea ref={area} className="document" rows={14} wrap="off" spellCheck={false} />
      </TextField>
      <TextField value={note} onChange={setNote} maxLength={NOTE_LENGTH_MAX}>
        <Label>
          Note <span className="quiet">(kept in the record of who did what)</span>
        </Label>
        <Input />
      </TextField>
      <div className="actions">
        <Button type="submit" className="button primary" isDisabled={text.trim() === '' || draft.isPending}>
          Take it in as a draft
        </Button>
        <FileTrigger
          acceptedFileTypes={['.yaml', '.yml', '.json']}
          onSelect={(files) => files?.[0] !== undefined && open.mutate(files[0])}
        >
          <Button className="button">Open a file</Button>
        </FileTrigger>
      </div>
      {open.error !== null && <Notice kind="bad">The file was not opened: {explainError(open.error)}</Notice>}
      {draft.error !== null && (
        <Refusal error={draft.error} document={draft.variables?.document ?? ''} onShowLine={showLine} />
      )}
      {draft.data !== undefined && <TakenIn set={draft.data} />}
    </form>
  );
}

/** @throws Error for what is too long to be a rule set, or cannot be read */
async function readDocument(file: File): Promise<string> {
  const text = file.size > DOCUMENT_LENGTH_MAX * 4 ? undefined : await file.text();
  if (text === undefined || text.length > DOCUMENT_LENGTH_MAX) throw new Error('it is too long to be a rule set.');
  return text;
}

/** Nothing was changed by it. */
function Refusal({
  error,
  document,
  onShowLine,
}: {
  error: Error;
  /** As it was sent: the lines are counted in it. */
  document: string;
  onShowLine: (line: number) => void;
}): ReactNode {
  const problems = error instanceof ApiProblem ? findDraftProblems(error.body) : [];
  if (problems.length === 0) return <Notice kind="bad">It was not taken in: {explainError(error)}</Notice>;
  return (
    <Notice kind="bad">
      <strong>It was not taken in.</strong> What is wrong with it:
      <ol className="changes" aria-label="Problems of the document">
        {problems.map((problem, index) => (
          <li key={index}>
            <Problem problem={problem} document={document} onShowLine={onShowLine} />
          </li>
        ))}
      </ol>
    </Notice>
  );
}

function Problem({
  problem: { line, where, message },
  document,
  onShowLine,
}: {
  problem: DraftProblem;
  document: string;
  onShowLine: (line: number) => void;
}): ReactNode {
  if (line === undefined) return message;
  const { from, to } = toLineRange(document, line);
  return (
    <>
      <Button className="button small" onPress={() => onShowLine(line)}>
        Line {line}
      </Button>{' '}
      {where !== '' && <strong>{where}: </strong>}
      {message}
      <code className="note">{document.slice(from, to).trim()}</code>
    </>
  );
}

/** The same content is the same set, whoever sends it: it may be further than a draft already. */
function TakenIn({ set: { name, version, status } }: { set: RuleSetAnswer }): ReactNode {
  return (
    <Notice kind={status === 'draft' ? 'good' : 'info'}>
      <strong>
        {name} {version.slice(0, 12)}
      </strong>{' '}
      {status === 'draft' ? 'is a draft: nothing is decided by it yet.' : `was there already: it is ${status}.`}{' '}
      <Link href="/rules/backtests">Try it on what was decided</Link>
    </Notice>
  );
}
