import { expect, it } from '@jest/globals';
import { isUnattended, watchAttention } from './attention.store.ts';

it('takes a person to be there for a minute after they have touched the page', () => {
  expect(isUnattended()).toBe(true);
  const page = new EventTarget();
  watchAttention(page);
  expect(isUnattended()).toBe(false);
  expect(isUnattended(performance.now() + 70_000)).toBe(true);
  page.dispatchEvent(new Event('keydown'));
  expect(isUnattended(performance.now() + 50_000)).toBe(false);
});
