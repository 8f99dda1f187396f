import { describe, expect, it } from '@jest/globals';
import { DOCUMENTED_ANSWERS, DOCUMENTED_ERRORS, toDocumentedErrorId } from './documented-answers.ts';
import { PRIMER_CALLS } from './primer-call.types.ts';

describe('the list of documented answers', () => {
  it('has a success and no answer twice for every call', () => {
    expect(Object.keys(DOCUMENTED_ANSWERS)).toEqual(Object.keys(PRIMER_CALLS));
    for (const answers of Object.values(DOCUMENTED_ANSWERS)) {
      const texts = answers.map((answer) => JSON.stringify(answer));
      expect(texts).toContain('{"status":200}');
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  it('says of every documented error, and of no other, what became of the call', () => {
    const listed = Object.values(DOCUMENTED_ANSWERS).flatMap((answers) =>
      answers.flatMap((answer) => ('errorId' in answer ? [answer.errorId] : [])),
    );
    expect(Object.keys(DOCUMENTED_ERRORS).toSorted()).toEqual([...new Set(listed)].toSorted());
  });

  it('tells a documented error id from any other text', () => {
    expect(toDocumentedErrorId('PaymentAttemptExpired')).toBe('PaymentAttemptExpired');
    expect(toDocumentedErrorId('SomethingNew')).toBeUndefined();
    expect(toDocumentedErrorId('toString')).toBeUndefined();
    expect(toDocumentedErrorId(undefined)).toBeUndefined();
  });
});
